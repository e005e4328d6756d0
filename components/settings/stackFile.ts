import { type Configuration, parseConfiguration, settingsNamespace } from "./parseConfiguration";
import { plainEntries } from "./plainEntries";
import type { Problem, Settings } from "./settings";
import { validate } from "./validate";

/**
 * Settings as they stand in `Pulumi.<stack>.yaml`, read without Pulumi and without anybody's secrets: a value that is
 * encrypted is known by its place and never decrypted.
 */

type Yaml = Readonly<Record<string, unknown>>;

const isYaml = (value: unknown): value is Yaml => typeof value === "object" && value !== null && !Array.isArray(value);
const yamlAt = (value: unknown, key: string): Yaml => {
  const found = isYaml(value) ? value[key] : undefined;
  return isYaml(found) ? found : {};
};

/** `{ secure: … }`, at any depth: the engine takes all of it for a secret. */
function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (!isYaml(value)) return false;
  return (
    (Object.keys(value).length === 1 && typeof value.secure === "string") || Object.values(value).some(holdsSecret)
  );
}

/** What Pulumi.yaml gives where the stack says nothing. */
function declaredValue(declaration: unknown): unknown {
  return isYaml(declaration) ? (declaration.value ?? declaration.default) : declaration;
}

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function configurationOf(stackFile: unknown, projectFile: unknown): Configuration {
  const project = isYaml(projectFile) && typeof projectFile.name === "string" ? projectFile.name : "";
  const full = (key: string): string => (key.includes(":") ? key : `${project}:${key}`);
  const declared = Object.entries(yamlAt(projectFile, "config")).map(
    ([key, each]) => [full(key), declaredValue(each)] as const,
  );
  const given = Object.entries(yamlAt(stackFile, "config")).map(([key, each]) => [full(key), each] as const);
  const ours = new Map(
    [...declared, ...given].flatMap(([key, value]) =>
      key.startsWith(`${settingsNamespace}:`) && value !== undefined && value !== null
        ? [[key.slice(settingsNamespace.length + 1), value] as const]
        : [],
    ),
  );
  const secret = new Set([...ours].flatMap(([name, value]) => (holdsSecret(value) ? [name] : [])));
  return {
    values: Object.fromEntries([...ours].map(([name, value]) => [name, secret.has(name) ? "[secret]" : asText(value)])),
    isSecret: (name) => secret.has(name),
    plainEntries: (name) => plainEntries(ours.get(name)),
    allOurs: true,
  };
}

export type StackFileReading =
  | { readonly kind: "read"; readonly settings: Settings; readonly notes: readonly string[] }
  | { readonly kind: "wrong"; readonly problems: readonly Problem[] }
  | { readonly kind: "foreign" };

/**
 * @param stackFile Pulumi.<stack>.yaml, parsed
 * @param projectFile Pulumi.yaml beside it, parsed; undefined where there is none
 * @param today the day on which versions and exceptions are judged
 */
export function readStackFile(stackFile: unknown, projectFile: unknown, today: Date): StackFileReading {
  const configuration = configurationOf(stackFile, projectFile);
  if (Object.keys(configuration.values).length === 0) return { kind: "foreign" };
  const { written, problems } = parseConfiguration(configuration);
  const validated = validate(written, { today });
  const unread = new Set(problems.map(({ path }) => path));
  const wrong = [
    ...problems,
    ...(validated.kind === "invalid" ? validated.problems.filter(({ path }) => !unread.has(path)) : []),
  ];
  if (wrong.length > 0 || validated.kind === "invalid") return { kind: "wrong", problems: wrong };
  const environment = isYaml(stackFile) && stackFile.environment !== undefined;
  return {
    kind: "read",
    settings: validated.settings,
    notes: environment
      ? ["Settings from Pulumi ESC (environment) are not read: what they change is not in this table."]
      : [],
  };
}
