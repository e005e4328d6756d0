import { generationSecretNames, secretNames, settingsSchema } from "./schema";
import { secretProblems } from "./secrets";
import type { Problem } from "./settings";
import { validate } from "./validate";

/** The configuration of a stack as texts -> settings as written. Knows neither Pulumi nor files. */

/** Where the settings of this library's own program stand, whatever the project is called. */
export const settingsNamespace = "entra-connect";

/** What the engine knows of the stack's configuration in one namespace. */
export interface Configuration {
  /** Plain texts; objects and arrays as JSON. Secret values too: they are looked at here and never handed on. */
  readonly values: Readonly<Record<string, string>>;
  isSecret(name: string): boolean;
  /** Of an object of secrets: the names of those entries that are plain texts all the same. */
  plainEntries?(name: string): readonly string[];
  /**
   * Everything in the namespace is ours, so that an unknown key is a mistake. In a namespace that a larger program
   * has for itself, keys that are not ours are none of our business.
   */
  readonly allOurs: boolean;
}

const known: Readonly<Record<string, { readonly type: string; readonly required?: readonly string[] } | undefined>> =
  settingsSchema.properties;
const requiredAtTop: ReadonlySet<string> = new Set(settingsSchema.required);
const isByGeneration = (name: string): boolean => (generationSecretNames as readonly string[]).includes(name);
export const isEmpty = (text: string): boolean => text === "" || text === "{}";
const isSecretName = (name: string): boolean => (secretNames as readonly string[]).includes(name);

/** YAML makes a time of a day that is not in quotes, and the engine hands it on in this form. */
const dayOfYaml = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?: 00:00:00 \+0000 UTC|T00:00:00Z)$/;

function readJson(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === "string" ? value.replace(dayOfYaml, "$1") : value,
  ) as unknown;
}

type Read =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable" };

/** One text of the configuration -> the value that was written. */
function readValue(name: string, text: string): Read {
  const type = known[name]?.type;
  if (type === "string") return text === "" ? { kind: "absent" } : { kind: "value", value: text };
  if (type === "integer") return { kind: "value", value: /^-?[0-9]+$/.test(text) ? Number(text) : text };
  // An object of an earlier release is read too, so that it can be told what it is now.
  if (type === undefined && !/^[{[]/.test(text)) return { kind: "value", value: text };
  // The empty default of Pulumi.yaml for an object that has parts which must be written.
  if (text === "{}" && known[name]?.required !== undefined && !requiredAtTop.has(name)) return { kind: "absent" };
  try {
    return { kind: "value", value: readJson(text) };
  } catch {
    return { kind: "unreadable" };
  }
}

/** Texts of the configuration -> the settings as written. Says what cannot be read; knows nothing of their meaning. */
export function parseConfiguration({ values, isSecret, plainEntries = () => [], allOurs }: Configuration): {
  readonly written: Record<string, unknown>;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const written: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(values)) {
    if (isSecretName(name)) {
      // Pulumi.yaml has an empty default for the keys that not everybody needs.
      if (!isEmpty(text) && !isSecret(name))
        problems.push({
          path: name,
          problem: "stands in the settings file in plain text",
          write: `pulumi config set --secret ${isByGeneration(name) ? `--path ${settingsNamespace}:${name}.<N>` : name}, and change the value: it has been readable`,
        });
      else if (isByGeneration(name))
        for (const entry of plainEntries(name))
          problems.push({
            path: `${name}.${entry}`,
            problem: "stands in the settings file in plain text",
            write: `pulumi config set --secret --path ${settingsNamespace}:${name}.${entry}, and change the value: it has been readable`,
          });
      continue;
    }
    if (!allOurs && known[name] === undefined) continue;
    if (isSecret(name)) {
      problems.push({
        path: name,
        problem: `holds a secret value; only ${secretNames.join(", ")} are secrets, everything else would end in the state as plain text`,
        write: "the value without --secret",
      });
      continue;
    }
    const read = readValue(name, text);
    if (read.kind === "value") written[name] = read.value;
    else if (read.kind === "unreadable")
      problems.push({
        path: name,
        problem: `is ${JSON.stringify(text)}, which is not an object`,
        write: "an indented object, as in Pulumi.prod.yaml",
      });
  }
  return { written, problems };
}

export const partOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;

/** In YAML a file is given by its path; the component itself may be given the content. */
export function pathProblems(written: unknown): readonly Problem[] {
  const generations = partOf(written, "generations");
  if (typeof generations !== "object" || generations === null) return [];
  return Object.entries(generations).flatMap(([number, block]) =>
    (["installer", "settingsFile"] as const).flatMap((file) => {
      const pinned = partOf(partOf(block, "connect"), file);
      return typeof pinned !== "object" || pinned === null || partOf(pinned, "path") !== undefined
        ? []
        : [
            {
              path: `generations.${number}.connect.${file}.path`,
              problem: "is missing",
              write: "the path of the file, relative to the folder of Pulumi.yaml",
            },
          ];
    }),
  );
}

/**
 * What makes a configuration unfit for arguments of the component, and beside it whatever else can be told before
 * anything is looked up. Where only values are wrong there is no problem here: the component judges them together with
 * what depends on the generations that exist, so that everything is told at once.
 */
export function configurationProblems(configuration: Configuration, today: Date): readonly Problem[] {
  const { written, problems } = parseConfiguration(configuration);
  const validated = validate(written, { today });
  const unfit = [
    ...pathProblems(written),
    ...secretProblems(configuration.values, partOf(written.access, "jumpHost") !== undefined),
  ];
  const misshapen = validated.kind === "invalid" && validated.misshapen;
  if (!misshapen && problems.length === 0 && unfit.length === 0) return [];
  // What could not be read is missing for the schema; once is enough.
  const unread = new Set(problems.map(({ path }) => path));
  return [
    ...problems,
    ...(validated.kind === "invalid" ? validated.problems : []).filter(({ path }) => !unread.has(path)),
    ...unfit,
  ];
}
