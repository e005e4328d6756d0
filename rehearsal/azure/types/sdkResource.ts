import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the installed azure-native SDK says of one resource: the only description of every type that is at hand. */
export interface SdkResource {
  readonly apiVersion: string;
  readonly inputs: readonly string[];
  readonly required: readonly string[];
  /** Names of the response's properties. */
  readonly outputs: readonly string[];
}

const known = new Map<string, SdkResource | undefined>();
let folder: string | undefined;

/** Reads the class file of `azure-native:<module>:<Resource>`; undefined if the SDK has no such resource. */
export function sdkResource(module: string, resource: string): SdkResource | undefined {
  const token = `azure-native:${module}:${resource}`;
  if (known.has(token)) return known.get(token);
  const found = read(module, resource, token);
  known.set(token, found);
  return found;
}

function read(module: string, resource: string, token: string): SdkResource | undefined {
  folder ??= dirname(require.resolve("@pulumi/azure-native/package.json"));
  const moduleFolder = join(folder, module);
  if (!/^\w+$/.test(module) || !/^\w+$/.test(resource) || !existsSync(moduleFolder)) return undefined;
  // Class files begin with a lower-case letter; a leading acronym is lower-cased as a whole (ipgroup.js).
  const file = readdirSync(moduleFolder).find((name) => name.toLowerCase() === `${resource.toLowerCase()}.js`);
  if (file === undefined) return undefined;
  const text = readFileSync(join(moduleFolder, file), "utf8");
  if (!text.includes(`__pulumiType = '${token}'`)) return undefined;
  const [, constructed = "", existing = ""] =
    /if \(!opts\.id\) \{([\s\S]*?)\n {8}else \{([\s\S]*?)\n {8}\}/.exec(text) ?? [];
  return {
    apiVersion: /Azure REST API version ([\w-]+)\./.exec(text)?.[1] ?? "",
    inputs: all(constructed, /resourceInputs\["(\w+)"\] = (?!undefined \/\*out)/g),
    required: all(constructed, /Missing required property '(\w+)'/g),
    outputs: all(existing, /resourceInputs\["(\w+)"\] = undefined/g),
  };
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}
