import { type Check, problem } from "../context";

/** `OU=Tier0,DC=corp,DC=contoso,DC=com` -> `corp.contoso.com`; a comma behind a backslash is a letter of a name. */
function domainIn(distinguishedName: string): string {
  return distinguishedName
    .split(/(?<!\\),/)
    .flatMap((part) => /^\s*DC=(.+)$/i.exec(part)?.[1]?.trim() ?? [])
    .join(".");
}

export const organizationalUnits: Check = {
  concern: "the computer account is made in the domain that the server is joined to",
  runs: "always",
  judge: ({ domain: { name, join } }) => {
    if (join.organizationalUnit === undefined) return [];
    const found = domainIn(join.organizationalUnit);
    if (found.toLowerCase() === name.toLowerCase()) return [];
    const parts = name
      .split(".")
      .map((part) => `DC=${part}`)
      .join(",");
    return [
      problem(
        "domain.join.organizationalUnit",
        `is in ${found === "" ? "no domain" : `the domain ${found}`}; domain.name is ${name}`,
        `a distinguished name that ends with ${parts}`,
      ),
    ];
  },
};
