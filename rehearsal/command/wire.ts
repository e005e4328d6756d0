import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { ArchiveContent, AssetContent, Content, Property, PropertyMap } from "./property";
import { isOutputValue, list, map, nullProperty, numeric, plain, secret, text, unknown } from "./property";

/** The marks that turn a plain JSON object on the wire into something else (pulumi, sdk: resource signatures). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = {
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  secret: "1b47061264138c4ac30d75fd1eb44270",
  reference: "5cf8f73096256a8f31e491e813e4eb8e",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
} as const;

export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** One per type: boolean, number, string, list, asset, archive, object. They all become one kind of unknown. */
const unknownTexts = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  unknownText,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Reads a property map; nulls are dropped except inside lists. Throws on a malformed signature. */
export function readStruct(struct: Struct | undefined): PropertyMap {
  if (struct === undefined) return new Map();
  return readObject(struct.toJavaScript() as { [key: string]: Json });
}

function readObject(object: { readonly [key: string]: Json }): PropertyMap {
  const entries = new Map<string, Property>();
  for (const key of Object.keys(object).sort()) {
    const value = readValue(key, object[key] ?? null);
    if (value.kind !== "null" || value.secret) entries.set(key, value);
  }
  return entries;
}

function readValue(key: string, value: Json): Property {
  if (value === null) return nullProperty;
  if (typeof value === "boolean") return plain({ kind: "boolean", value });
  if (typeof value === "number") return numeric(value);
  if (typeof value === "string") return unknownTexts.has(value) ? unknown() : text(value);
  if (isList(value)) return list(value.map((item) => readValue(key, item)));
  const entries = readObject(value);
  const signature = entries.get(signatureKey);
  if (signature === undefined) return map(entries);
  return readSigned(key, signature.kind === "string" ? signature.value : "", entries);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function readSigned(key: string, signature: string, entries: PropertyMap): Property {
  switch (signature) {
    case signatures.asset:
      return plain({ kind: "asset", asset: readAsset(entries) });
    case signatures.archive:
      return plain({ kind: "archive", archive: readArchive(entries) });
    case signatures.secret: {
      const value = entries.get("value");
      if (value === undefined) throw new Error(`malformed RPC secret: missing value for "${key}"`);
      return secret(value);
    }
    case signatures.reference: {
      const urn = entries.get("urn");
      if (urn?.kind !== "string") throw new Error(`malformed resource reference for "${key}": missing urn`);
      const id = entries.has("id") ? field(entries, "id") : undefined;
      return plain({ kind: "reference", urn: urn.value, id, packageVersion: field(entries, "packageVersion") });
    }
    case signatures.output: {
      const value = entries.get("value") ?? unknown();
      const marked = entries.get("secret");
      const dependencies = entries.get("dependencies");
      return {
        ...value,
        secret: value.secret || (marked?.kind === "boolean" && marked.value),
        dependencies:
          dependencies?.kind === "list"
            ? dependencies.items.flatMap((item) => (item.kind === "string" ? [item.value] : []))
            : [],
      };
    }
    default:
      throw new Error(`unrecognized signature '${signature}' in property map for "${key}"`);
  }
}

function field(entries: PropertyMap, name: string): string {
  const value = entries.get(name);
  return value?.kind === "string" ? value.value : "";
}

function readAsset(entries: PropertyMap): AssetContent {
  return {
    hash: field(entries, "hash"),
    text: field(entries, "text"),
    path: field(entries, "path"),
    uri: field(entries, "uri"),
  };
}

function readArchive(entries: PropertyMap): ArchiveContent {
  const assets = entries.get("assets");
  return {
    hash: field(entries, "hash"),
    path: field(entries, "path"),
    uri: field(entries, "uri"),
    assets: assets?.kind === "map" ? assets.entries : new Map(),
  };
}

/** Writes a property map; nulls are dropped except inside lists. */
export function writeStruct(properties: PropertyMap): Struct {
  return Struct.fromJavaScript(writeObject(properties) as Parameters<typeof Struct.fromJavaScript>[0]);
}

function writeObject(properties: PropertyMap): { [key: string]: Json } {
  const object: { [key: string]: Json } = {};
  for (const [key, value] of properties) {
    const written = writeValue(value);
    if (written !== null) object[key] = written;
  }
  return object;
}

function writeValue(value: Property): Json {
  if (isOutputValue(value)) {
    return signed(signatures.output, {
      value: value.kind === "unknown" ? null : writeContent(value),
      secret: value.secret ? true : null,
      dependencies: value.dependencies.length > 0 ? value.dependencies : null,
    });
  }
  if (value.secret) return signed(signatures.secret, { value: writeContent(value) });
  return writeContent(value);
}

function signed(signature: string, fields: { readonly [key: string]: Json }): Json {
  const present = Object.entries(fields).filter(([, value]) => value !== null);
  return { [signatureKey]: signature, ...Object.fromEntries(present) };
}

function writeContent(content: Content): Json {
  switch (content.kind) {
    case "null":
      return null;
    case "boolean":
    case "number":
    case "string":
      return content.value;
    case "unknown":
      return unknownText;
    case "list":
      return content.items.map(writeValue);
    case "map":
      return writeObject(content.entries);
    case "asset":
      return signed(signatures.asset, filled({ ...content.asset }));
    case "archive": {
      const { assets, ...fields } = content.archive;
      return signed(signatures.archive, { ...filled(fields), assets: assets.size > 0 ? writeObject(assets) : null });
    }
    case "reference":
      return signed(signatures.reference, {
        urn: content.urn,
        id: content.id ?? null,
        packageVersion: content.packageVersion === "" ? null : content.packageVersion,
      });
  }
}

function filled(fields: { readonly [key: string]: string }): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value === "" ? null : value]));
}

/**
 * An asset or archive as the plugin answers with it: an object that still bears the signature, with every field
 * present, the empty ones too (facts: Check, assets).
 */
export function spelledOut(value: Property): Property {
  const fields = (signature: string, content: { readonly [key: string]: string }): Map<string, Property> =>
    new Map([[signatureKey, text(signature)], ...Object.entries(content).map(([k, v]) => [k, text(v)] as const)]);
  if (value.kind === "asset") return map(fields(signatures.asset, { ...value.asset }));
  if (value.kind === "archive") {
    const { assets, ...rest } = value.archive;
    const entries = fields(signatures.archive, rest);
    entries.set("assets", map(new Map([...assets].map(([key, member]) => [key, spelledOut(member)]))));
    return map(entries);
  }
  return value;
}
