/** What the simulated wizard takes from a settings file: its directories with their filters, and its custom rules. */

export interface ImportedPolicy {
  readonly directories: readonly ImportedDirectory[];
  readonly rules: readonly ImportedRule[];
}

export interface ImportedDirectory {
  readonly name: string;
  readonly partitions: readonly {
    readonly name: string;
    readonly inclusions: string[];
    readonly exclusions: string[];
  }[];
}

export interface ImportedRule {
  readonly name: string;
  /** Name of the directory whose connector it belongs to; undefined for the Entra connector. */
  readonly directory: string | undefined;
  readonly direction: "Inbound" | "Outbound";
  readonly precedence: number;
}

/** Everything of a domain, as a wizard without a settings file selects it. */
export function wholeDomain(domain: string): ImportedDirectory {
  const name = domain
    .split(".")
    .map((part) => `DC=${part}`)
    .join(",");
  return { name: domain, partitions: [{ name, inclusions: [name], exclusions: [] }] };
}

/** Undefined where the text is no such file, or names no directory. */
export function readPolicy(text: Buffer): ImportedPolicy | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text.toString("utf8").replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
  const directories = listIn(document, "onpremisesDirectoryPolicy");
  if (directories.length === 0) return undefined;
  const named = directories.map((directory) => ({
    directory,
    name: textIn(directory, "friendlyName") || textIn(directory, "fullyQualifiedDomainName"),
  }));
  return {
    directories: named.map(({ directory, name }) => ({
      name,
      partitions: listIn(directory, "partitionFilters").map((filter) => ({
        name: textIn(filter, "distinguishedName"),
        inclusions: listIn(filter, "containerInclusions").map(String),
        exclusions: listIn(filter, "containerExclusions").map(String),
      })),
    })),
    rules: [
      ...named.flatMap(({ directory, name }) => rulesOf(directory, name)),
      ...rulesOf(member(document, "azureDirectoryPolicy"), undefined),
    ],
  };
}

function rulesOf(policy: unknown, directory: string | undefined): ImportedRule[] {
  return listIn(policy, "customSynchronizationRules").map((rule) => ({
    name: textIn(rule, "name"),
    directory,
    direction: /^out/i.test(textIn(rule, "direction")) ? "Outbound" : "Inbound",
    precedence: Number(member(rule, "precedence") ?? 0),
  }));
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const wanted = name.toLowerCase();
  return Object.entries(value).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

function listIn(value: unknown, name: string): unknown[] {
  const list = member(value, name);
  if (list === undefined || list === null) return [];
  return Array.isArray(list) ? list : [list];
}

function textIn(value: unknown, name: string): string {
  const text = member(value, name);
  return typeof text === "string" ? text : "";
}
