/** What file managers leave in every folder they touch; never evidence. */
export function isLitter(path: string): boolean {
  const parts = path.split("/");
  const name = parts.at(-1) ?? "";
  return (
    parts.includes("__MACOSX") ||
    /^(\.DS_Store|\.localized|desktop\.ini|Thumbs\.db|ehthumbs\.db)$/iu.test(name) ||
    name.startsWith("._")
  );
}
