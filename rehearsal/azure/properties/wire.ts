import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isObject, type Json, type JsonObject } from "./json";

/**
 * Property maps as the engine sends them. An unknown value is a well-known string; a secret is an object with a
 * well-known key. (Pulumi's wire format, sdk/go/common/resource/plugin/rpc.go.)
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

type Path = readonly (string | number)[];

export interface Decoded {
  /** Without secret marks and without nulls. */
  readonly value: JsonObject;
  /** Where the innermost secrets are. */
  readonly secrets: readonly Path[];
}

export function decode(struct: Struct | undefined): Decoded {
  const secrets: Path[] = [];
  const plain = (value: unknown, path: Path, insideSecret: boolean): { value: Json | undefined; secret: boolean } => {
    if (value === null || value === undefined) return { value: undefined, secret: false };
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      return { value, secret: false };
    if (Array.isArray(value)) {
      let secret = false;
      const items = value.map((item, index) => {
        const inner = plain(item, [...path, index], insideSecret);
        secret ||= inner.secret;
        return inner.value ?? null;
      });
      return { value: items, secret };
    }
    if (typeof value !== "object") return { value: undefined, secret: false };
    const entries = Object.entries(value);
    const mark = entries.find(([key]) => key === signatureKey)?.[1];
    if (mark === secretSignature) {
      const inner = plain(entries.find(([key]) => key === "value")?.[1], path, true);
      if (!inner.secret) secrets.push(path);
      return { value: inner.value, secret: true };
    }
    let secret = false;
    const result: JsonObject = {};
    for (const [key, item] of entries) {
      const inner = plain(item, [...path, key], insideSecret);
      secret ||= inner.secret;
      if (inner.value !== undefined) result[key] = inner.value;
    }
    return { value: result, secret };
  };
  const { value } = plain(struct?.toJavaScript() ?? {}, [], false);
  return { value: isObject(value) ? value : {}, secrets };
}

/**
 * Marks values as secret again: the innermost ones, and around each its whole top-level property, which is what the
 * engine itself does for a provider like azure-native that does not handle secrets.
 */
export function encode(value: JsonObject, secrets: readonly Path[] = []): Struct {
  const inner = new Set(secrets.map((path) => JSON.stringify(path)));
  const outer = new Set(secrets.map((path) => path[0]));
  const mark = (item: Json, path: Path): Json => {
    const marked = Array.isArray(item)
      ? item.map((entry, index) => mark(entry, [...path, index]))
      : isObject(item)
        ? Object.fromEntries(Object.entries(item).map(([key, entry]) => [key, mark(entry, [...path, key])]))
        : item;
    const wrapped = inner.has(JSON.stringify(path)) ? secret(marked) : marked;
    return path.length === 1 && outer.has(path[0]) && !inner.has(JSON.stringify(path)) ? secret(wrapped) : wrapped;
  };
  const marked = mark(value, []);
  return Struct.fromJavaScript(isObject(marked) ? marked : {});
}

/** Outputs: a top-level property is secret as a whole where the input of that name held a secret. */
export function encodeOutputs(outputs: JsonObject, inputSecrets: readonly Path[]): Struct {
  const names = new Set(inputSecrets.map((path) => path[0]));
  return encode(
    outputs,
    Object.keys(outputs)
      .filter((name) => names.has(name))
      .map((name) => [name]),
  );
}

export function secret(value: Json): JsonObject {
  return { [signatureKey]: secretSignature, value };
}

export function isUnknown(value: Json | undefined): boolean {
  return value === unknownValue;
}

export function containsUnknown(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (isObject(value)) return Object.values(value).some(containsUnknown);
  return isUnknown(value);
}
