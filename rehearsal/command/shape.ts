/**
 * The inputs and outputs of the plugin's resources as the genuine one declares them: field names, what is required,
 * what is secret, which defaults, and the names of the Go types, which stand in its error texts.
 */

export type Shape =
  | { readonly kind: "string"; readonly goName: string }
  | { readonly kind: "number" }
  | { readonly kind: "integer" }
  | { readonly kind: "boolean" }
  | { readonly kind: "any" }
  | { readonly kind: "list"; readonly element: Shape }
  | { readonly kind: "map"; readonly element: Shape }
  | { readonly kind: "assetOrArchive" }
  | ObjectShape;

export interface ObjectShape {
  readonly kind: "object";
  /** Go package and name, for example `remote` and `Connection`. */
  readonly goPackage: string;
  readonly goName: string;
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly secret: boolean;
  /** A plain Go value, not a pointer: present in every answer, as zero value where it was not given. */
  readonly always: boolean;
  readonly byDefault?: string | number;
  /** A change of the whole field asks for a replacement. */
  readonly replaces: boolean;
}

export function goTypeName(shape: Shape): string {
  switch (shape.kind) {
    case "string":
      return shape.goName;
    case "number":
      return "float64";
    case "integer":
      return "int";
    case "boolean":
      return "bool";
    case "any":
      return "interface {}";
    case "list":
      return `[]${goTypeName(shape.element)}`;
    case "map":
      return `map[string]${goTypeName(shape.element)}`;
    case "assetOrArchive":
      return "types.AssetOrArchive";
    case "object":
      return `${shape.goPackage}.${shape.goName}`;
  }
}

const string: Shape = { kind: "string", goName: "string" };
const integer: Shape = { kind: "integer" };
const boolean: Shape = { kind: "boolean" };
const strings: Shape = { kind: "list", element: string };

function optional(name: string, shape: Shape, more: Partial<Field> = {}): Field {
  return { name, shape, required: false, secret: false, always: false, replaces: false, ...more };
}

function required(name: string, shape: Shape, more: Partial<Field> = {}): Field {
  return { ...optional(name, shape), required: true, ...more };
}

const object = (goPackage: string, goName: string, fields: readonly Field[]): ObjectShape => ({
  kind: "object",
  goPackage,
  goName,
  fields,
});

const login: readonly Field[] = [
  optional("user", string, { byDefault: "root" }),
  optional("password", string, { secret: true }),
  required("host", string),
  optional("port", { kind: "number" }, { byDefault: 22 }),
  optional("privateKey", string, { secret: true }),
  optional("privateKeyPassword", string, { secret: true }),
  optional("agentSocketPath", string),
  optional("dialErrorLimit", integer, { byDefault: 10 }),
  optional("perDialTimeout", integer, { byDefault: 15 }),
  optional("hostKey", string),
];

export const proxyConnection = object("remote", "ProxyConnection", login);
export const connection = object("remote", "Connection", [...login, optional("proxy", proxyConnection)]);

const triggers = optional("triggers", { kind: "list", element: { kind: "any" } }, { replaces: true });
const commands: readonly Field[] = [
  triggers,
  optional("create", string),
  optional("update", string),
  optional("delete", string),
];
const secretConnection = required("connection", connection, { secret: true });
const results: readonly Field[] = [
  required("stdout", string, { always: true }),
  required("stderr", string, { always: true }),
];

const remoteCommand: readonly Field[] = [
  ...commands,
  optional("stdin", string),
  optional("logging", { kind: "string", goName: "remote.Logging" }),
  secretConnection,
  optional("environment", { kind: "map", element: string }),
  optional("addPreviousOutputInEnv", boolean),
];

const copyToRemote: readonly Field[] = [
  secretConnection,
  triggers,
  required("source", { kind: "assetOrArchive" }, { always: true }),
  required("remotePath", string, { always: true }),
];

const copyFile: readonly Field[] = [
  secretConnection,
  { ...triggers, replaces: false },
  required("localPath", string, { always: true }),
  required("remotePath", string, { always: true }),
];

const localCommand: readonly Field[] = [
  ...commands,
  optional("stdin", string),
  optional("logging", { kind: "string", goName: "local.Logging" }),
  optional("interpreter", strings),
  optional("dir", string),
  optional("environment", { kind: "map", element: string }),
  optional("assetPaths", strings),
  optional("archivePaths", strings),
  optional("addPreviousOutputInEnv", boolean),
];

export type ResourceKind = "remote:Command" | "remote:CopyToRemote" | "remote:CopyFile" | "local:Command";

export interface ResourceShape {
  readonly kind: ResourceKind;
  readonly inputs: ObjectShape;
  readonly outputs: ObjectShape;
}

const resource = (
  kind: ResourceKind,
  name: string,
  inputs: readonly Field[],
  more: readonly Field[],
): ResourceShape => {
  const goPackage = kind.startsWith("local") ? "local" : "remote";
  return {
    kind,
    inputs: object(goPackage, `${name}Inputs`, inputs),
    outputs: object(goPackage, `${name}Outputs`, [...inputs, ...more]),
  };
};

const found: readonly Field[] = [
  optional("assets", { kind: "map", element: { kind: "assetOrArchive" } }),
  optional("archive", { kind: "any" }),
];

export const resources: ReadonlyMap<string, ResourceShape> = new Map(
  [
    resource("remote:Command", "Command", remoteCommand, results),
    resource("remote:CopyToRemote", "CopyToRemote", copyToRemote, []),
    resource("remote:CopyFile", "CopyFile", copyFile, []),
    resource("local:Command", "Command", localCommand, [...results, ...found]),
  ].map((shape) => [shape.kind, shape]),
);
