/**
 * What Azure takes as tags: 50 on a resource, names of 512 characters (128 on a storage account) without some
 * characters and compared without regard to letter case, values of 256 (azure-docs, tag-resources.md and
 * resource-name-rules.md).
 */
export const mostTags = 50;
const longestTagName = 512;
/** Their resource type in small letters. */
export const shorterTagNames: Readonly<Record<string, number>> = { "microsoft.storage/storageaccounts": 128 };
export const longestTagValue = 256;
export const reservedTagCharacters = ["<", ">", "%", "&", "\\", "?", "/"] as const;
const reservedPrefix = /^(microsoft|azure|windows)/i;

export type TagProblem =
  | { readonly kind: "too many"; readonly count: number }
  | { readonly kind: "no name" }
  | { readonly kind: "character"; readonly name: string; readonly character: string }
  | { readonly kind: "long name"; readonly name: string; readonly longest: number }
  | { readonly kind: "reserved name"; readonly name: string }
  | { readonly kind: "twin"; readonly name: string; readonly other: string }
  | { readonly kind: "long value"; readonly name: string; readonly length: number };

export function tagProblems(
  tags: Readonly<Record<string, string>>,
  { most = mostTags, longestName = longestTagName }: { readonly most?: number; readonly longestName?: number } = {},
): readonly TagProblem[] {
  const names = Object.keys(tags);
  const problems: TagProblem[] = names.length > most ? [{ kind: "too many", count: names.length }] : [];
  const seen = new Map<string, string>();
  for (const name of names) {
    const character = reservedTagCharacters.find((each) => name.includes(each));
    const other = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    if (name.trim() === "") problems.push({ kind: "no name" });
    else if (character !== undefined) problems.push({ kind: "character", name, character });
    else if (name.length > longestName) problems.push({ kind: "long name", name, longest: longestName });
    else if (reservedPrefix.test(name)) problems.push({ kind: "reserved name", name });
    else if (other !== undefined) problems.push({ kind: "twin", name, other });
    const length = tags[name]?.length ?? 0;
    if (length > longestTagValue) problems.push({ kind: "long value", name, length });
  }
  return problems;
}
