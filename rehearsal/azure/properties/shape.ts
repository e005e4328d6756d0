import { isObject, type Json, type JsonObject, put } from "./json";

/**
 * How the SDK's property names lie over an ARM body. azure-native takes what ARM nests under `properties` up one
 * level, at the top and in nested sub-resources, and leaves it alone in a few types (Recovery Services).
 */
export interface Shape {
  /** Names that stay beside `properties` in ARM; absent: nothing is flattened, both sides are alike. */
  readonly envelope?: ReadonlySet<string>;
  /** Names that ARM keeps one level deeper, and in what: the SDK has them beside the rest. */
  readonly containers?: Readonly<Record<string, string>>;
  /** SDK names of properties that ARM calls otherwise, here at this level. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Sub-resources inside, by their dotted SDK path (arrays are looked through). A function, since they recur. */
  readonly nested?: Readonly<Record<string, () => Shape>>;
}

const trackedResource = [
  "id",
  "name",
  "type",
  "location",
  "tags",
  "sku",
  "identity",
  "zones",
  "kind",
  "plan",
  "placement",
  "extendedLocation",
  "managedBy",
  "managedByExtended",
  "etag",
  "eTag",
  "systemData",
];

export const topLevelEnvelope: ReadonlySet<string> = new Set(trackedResource);
export const nestedEnvelope: ReadonlySet<string> = new Set([...trackedResource].filter((name) => name !== "kind"));

type Direction = (value: JsonObject, shape: Shape) => JsonObject;

/** User-assigned identities are a list of ids in the SDK's inputs and a map by id in ARM. */
const identityList = "userAssignedIdentities";

function inside(value: Json, path: string, shape: Shape, convert: Direction): Json {
  if (convert === toArm && path.endsWith(`.${identityList}`) && Array.isArray(value))
    return Object.fromEntries(value.map((id) => [String(id), {}]));
  if (Array.isArray(value)) return value.map((item) => inside(item, path, shape, convert));
  if (!isObject(value)) return value;
  const nested = shape.nested?.[path];
  if (nested) return convert(value, nested());
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, inside(item, `${path}.${key}`, shape, convert)]),
  );
}

/** The ARM body for SDK properties (without those that belong into the path). */
export function toArm(sdk: JsonObject, shape: Shape): JsonObject {
  const body: JsonObject = {};
  const properties: JsonObject = {};
  for (const [name, value] of Object.entries(sdk)) {
    const converted = inside(value, name, shape, toArm);
    const container = shape.containers?.[name];
    const called = shape.renamed?.[name] ?? name;
    if (container !== undefined) put(properties, `${container}.${name}`, converted);
    else if (shape.envelope && !shape.envelope.has(name)) properties[called] = converted;
    else body[called] = converted;
  }
  if (Object.keys(properties).length > 0) body.properties = properties;
  return body;
}

function namedAsInSdk(arm: JsonObject, { envelope, renamed }: Shape): JsonObject {
  if (renamed === undefined) return arm;
  const names = new Map(Object.entries(renamed).map(([sdk, called]) => [called, sdk]));
  const rename = (value: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(value).map(([name, item]) => [names.get(name) ?? name, item]));
  if (!envelope) return rename(arm);
  return isObject(arm.properties) ? { ...arm, properties: rename(arm.properties) } : arm;
}

/** The SDK properties of an ARM body. */
export function toSdk(arm: JsonObject, shape: Shape): JsonObject {
  const { properties, ...envelope } = namedAsInSdk(arm, shape);
  const flat: JsonObject =
    shape.envelope && isObject(properties)
      ? { ...envelope, ...properties }
      : properties === undefined
        ? envelope
        : { ...envelope, properties };
  for (const container of new Set(Object.values(shape.containers ?? {}))) {
    const contained = flat[container];
    delete flat[container];
    if (isObject(contained)) Object.assign(flat, contained);
  }
  return Object.fromEntries(Object.entries(flat).map(([name, value]) => [name, inside(value, name, shape, toSdk)]));
}
