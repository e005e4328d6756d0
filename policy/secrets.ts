import { createRequire } from "node:module";

/**
 * Which inputs are secrets. The engine says so with each value, but `@pulumi/policy` takes the marks off before a policy
 * is asked, and has no way to ask for them. So its reading of a request is listened to, and the marks are kept beside
 * what it gives out. It is not in its types: held by a test on the real engine, for exactly the version that is pinned.
 * Where it does not work any more, `hiding` says undefined, and nothing is judged that needs it.
 */
interface Reader {
  deserializeProperties(properties: { toJavaScript(): unknown }, keepSecrets: boolean): object;
}

const marked = new WeakMap<object, unknown>();

export function listenForSecrets(): void {
  const reader = createRequire(__filename)("@pulumi/policy/deserialize") as Reader;
  const read = reader.deserializeProperties;
  reader.deserializeProperties = (properties, keepSecrets) => {
    const values = read(properties, keepSecrets);
    marked.set(values, properties.toJavaScript());
    return values;
  };
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** The same values, secrets as `[secret]`; undefined where nothing was heard of them. */
export function hiding(props: object): Record<string, unknown> | undefined {
  // What a policy is given is a proxy of what was read; it names its target by this.
  const target = (props as { readonly __getSpecialProxyTarget?: object }).__getSpecialProxyTarget ?? props;
  const heard = marked.get(target);
  return heard === undefined ? undefined : (hidden(heard) as Record<string, unknown>);
}

function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden);
  if (typeof value !== "object" || value === null) return value;
  const record = value as Readonly<Record<string, unknown>>;
  if (record[signature] === secretSignature) return "[secret]";
  return Object.fromEntries(Object.entries(record).map(([key, inner]) => [key, hidden(inner)]));
}
