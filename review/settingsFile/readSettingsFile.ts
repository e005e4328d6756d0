/**
 * The settings file of the wizard (`Applied-` or `Exported-SynchronizationPolicy-*.json`) as far as anything is known of
 * it: when, where and by which build it was made, its directories with their filters, its rules. Pure: bytes or text in,
 * typed content or a refusal out. The file itself is never changed, only read.
 *
 *     const reading = readSettingsFile(bytes, { name: "settings.json" });
 *     if (reading.kind === "read") reading.content.directories … reading.content.configuration.rules …
 *
 * Known keys: facts/entra-connect.md 5.1 (reconstructed from MigrateSettings.ps1 and public parsers; no complete sample is
 * public). What is not known is kept in `unknown`, what is known by name and not understood is named in `notUnderstood`.
 * No word of the file is in a refusal: it is sensitive.
 */
import { readSettings, type ServerConfiguration, type SynchronizationRule } from "../configuration";
import { deeperThan, type Instant, isJsonObject, type JsonObject, limits, memberOf, readInstant } from "../evidence";
import { BadInput, type Json } from "../verdict";
import { type Decoded, decoded } from "./decode";
import { objectOf, textOf } from "./members";

export interface SettingsFileContent {
  /** `policyMetadata.type`, as written; `migration` is refused. */
  readonly type?: string;
  /** `policyMetadata.timeCreated`, as written. */
  readonly madeAt?: string;
  /** The same as an instant, where it is one for certain. */
  readonly made?: Instant;
  /** `policyMetadata.azureADConnectVersion`: build of the wizard that made it. */
  readonly build?: string;
  /** `deploymentMetadata.hostName`: the server that it was made on, usually with its domain. */
  readonly hostName?: string;
  /** `deploymentMetadata`, informational: the import sets none of it. */
  readonly serviceAccount?: string;
  readonly database?: { readonly server: string; readonly instance?: string; readonly name?: string };
  /** How many connectors the server had, where the file says it (newer builds). */
  readonly connectorCount?: number;
  /** Active Directory connectors in the order of the file. */
  readonly directories: readonly DirectoryInFile[];
  /** The same as the part of a configuration that it is: connectors, partitions with containers, rules. */
  readonly configuration: ServerConfiguration;
  readonly customRules: readonly SynchronizationRule[];
  readonly standardRules: readonly SynchronizationRule[];
  /** Every value whose key has no known meaning, by its path. */
  readonly unknown: readonly { readonly path: string; readonly value: string }[];
  /** Paths of known keys with something in them that is not understood: what is in them cannot be judged. */
  readonly notUnderstood: readonly string[];
}

export interface DirectoryInFile {
  /** `friendlyName`, else the forest. */
  readonly name: string;
  /** `fullyQualifiedDomainName`. */
  readonly forest?: string;
  readonly partitions: readonly {
    readonly name: string;
    readonly inclusions: readonly string[];
    readonly exclusions: readonly string[];
  }[];
}

/** Why a file is not used, in words for a problem; `write` says what to use instead. */
export interface SettingsFileRefusal {
  readonly kind: "refused";
  readonly why: "empty" | "too-large" | "not-text" | "not-json" | "cut-short" | "not-a-settings-file" | "migrated";
  readonly problem: string;
  readonly write: string;
}

export type SettingsFileReading =
  | { readonly kind: "read"; readonly content: SettingsFileContent }
  | SettingsFileRefusal;

export const freshExport =
  "a settings file exported by the wizard of the active server (View or export current configuration), copied as it is";

/**
 * @param file bytes as they are (UTF-8 or UTF-16, with or without a byte order mark), or text that is decoded already
 * @param options.name the file's own name, where it is known: `MigratedPolicy.json` is told by it too
 */
export function readSettingsFile(
  file: Uint8Array | string,
  { name }: { readonly name?: string } = {},
): SettingsFileReading {
  const base = name?.split(/[\\/]/).at(-1) ?? "";
  if (/^MigratedPolicy\.json$/i.test(base)) return migrated(`is called ${base}`);
  const text = decoded(file);
  if (text.kind !== "text") return { ...text, kind: "refused", write: freshExport };
  const parsed = parse(text);
  if (parsed.kind === "refused") return parsed;
  const { document } = parsed;
  const metadata = objectOf(memberOf(document, "policyMetadata"));
  if (/^migration$/i.test(textOf(memberOf(metadata, "type")) ?? "")) return migrated("is of the type migration");
  try {
    return { kind: "read", content: contentOf(document, base) };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return {
      kind: "refused",
      why: "not-a-settings-file",
      problem: `does not look like a settings file: it has no ${missingParts(document).join(" and no ")}`,
      write: freshExport,
    };
  }
}

function migrated(how: string): SettingsFileRefusal {
  return {
    kind: "refused",
    why: "migrated",
    problem: `${how}: MigrateSettings.ps1 made it, and the wizard imports it only together with the whole folder around it (Exported-ServerConfiguration-…), not by itself`,
    write: freshExport,
  };
}

type Parsed = { readonly kind: "parsed"; readonly document: JsonObject } | SettingsFileRefusal;

function parse({ text }: Extract<Decoded, { kind: "text" }>): Parsed {
  const refused = (why: SettingsFileRefusal["why"], problem: string): Parsed => ({
    kind: "refused",
    why,
    problem,
    write: freshExport,
  });
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch (error) {
    // The parser's own words would quote the file.
    return /^(Unexpected end|Unterminated)/i.test((error as Error).message)
      ? refused("cut-short", "is not JSON: it ends in the middle, so it was not copied whole")
      : refused("not-json", "is not JSON");
  }
  if (deeperThan(document, limits.jsonDepth))
    return refused("not-json", "is nested deeper than any file of Entra Connect");
  if (!isJsonObject(document)) return refused("not-a-settings-file", notASettingsFile);
  return { kind: "parsed", document };
}

const required = ["policyMetadata", "onpremisesDirectoryPolicy", "azureDirectoryPolicy"] as const;
const notASettingsFile = `does not look like a settings file: it has no ${required.join(" and no ")}`;

/** A key that is there with a value of another kind is missing too, as what it should be. */
function missingParts(document: JsonObject): readonly string[] {
  const missing = required.filter((key) => {
    const value = memberOf(document, key);
    return !(isJsonObject(value) || Array.isArray(value));
  });
  return missing.length === 0 ? ["directory and rule lists that can be read"] : missing;
}

function contentOf(document: JsonObject, source: string): SettingsFileContent {
  const { configuration, rest } = readSettings({
    kind: "settings-file",
    source,
    document,
    file: { path: source, name: source, bytes: Buffer.alloc(0) },
  });
  const metadata = objectOf(memberOf(document, "policyMetadata"));
  const deployment = objectOf(memberOf(document, "deploymentMetadata"));
  const madeAt = textOf(memberOf(metadata, "timeCreated"));
  const connectors = memberOf(deployment, "connectorIds");
  const server = textOf(memberOf(deployment, "databaseServer"));
  return {
    type: textOf(memberOf(metadata, "type")),
    madeAt,
    made: madeAt === undefined ? undefined : readInstant(madeAt),
    build: configuration.version,
    hostName: configuration.serverName,
    serviceAccount: textOf(memberOf(deployment, "serviceAccount")),
    database:
      server === undefined
        ? undefined
        : {
            server,
            instance: textOf(memberOf(deployment, "databaseInstance")),
            name: textOf(memberOf(deployment, "databaseName")),
          },
    connectorCount: Array.isArray(connectors) ? connectors.length : undefined,
    directories: configuration.connectors
      .filter(({ kind }) => kind === "active-directory")
      .map(({ name, partitions, connectivity }) => ({
        name,
        forest: connectivity.find(({ path }) => path === "forest-name")?.value,
        partitions,
      })),
    configuration,
    customRules: configuration.rules.filter(({ standard }) => !standard),
    standardRules: configuration.rules.filter(({ standard }) => standard),
    unknown: rest.filter(({ path }) => !/^(policyMetadata|deploymentMetadata)\//i.test(path)),
    notUnderstood: [
      ...new Set([...rest, ...restOfRules(configuration)].flatMap(({ path, value }) => known(path, value))),
    ],
  };
}

/** A rule's own leftovers, under its name. */
function restOfRules({ rules }: ServerConfiguration) {
  return rules.flatMap(({ name, rest }) => rest.map(({ path, value }) => ({ path: `rule[${name}]/${path}`, value })));
}

const knownLists =
  /(^|\/)(partitionFilters|containerInclusions|containerExclusions|standardSynchronizationRules|customSynchronizationRules|attributeMappings)(?=[/[]|$)/i;

/** The path up to the known key, where its value is left over and says something. */
function known(path: string, value: string): readonly string[] {
  const found = knownLists.exec(path);
  if (found === null || ["null", "[]", "{}", ""].includes(value)) return [];
  return [path.slice(0, found.index + found[0].length)];
}
