import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ArchiveContent, AssetContent, Property, PropertyMap } from "./property";
import { hasValue } from "./property";

/**
 * Deep equality of two values, marks included: the same value plain and secret differ. Assets are equal when their
 * hashes are, whatever their path or kind. `dependencies` decides whether what they depend on counts.
 */
export function equal(a: Property, b: Property, compare: { readonly dependencies: boolean }): boolean {
  if (a.secret !== b.secret) return false;
  if (compare.dependencies && a.dependencies.join("\n") !== b.dependencies.join("\n")) return false;
  switch (a.kind) {
    case "null":
    case "unknown":
      return b.kind === a.kind;
    case "boolean":
    case "number":
    case "string":
      return b.kind === a.kind && b.value === a.value;
    case "list":
      return (
        b.kind === "list" &&
        b.items.length === a.items.length &&
        a.items.every((item, index) => {
          const other = b.items[index];
          return other !== undefined && equal(item, other, compare);
        })
      );
    case "map":
      return b.kind === "map" && equalMaps(a.entries, b.entries, compare);
    case "asset":
      return b.kind === "asset" && sameHash(assetHash(a.asset), assetHash(b.asset));
    case "archive":
      return b.kind === "archive" && sameHash(archiveHash(a.archive), archiveHash(b.archive));
    case "reference":
      return b.kind === "reference" && b.urn === a.urn && (b.id ?? "") === (a.id ?? "");
  }
}

function equalMaps(a: PropertyMap, b: PropertyMap, compare: { readonly dependencies: boolean }): boolean {
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined ? hasValue(value) : !equal(value, other, compare)) return false;
  }
  return [...b].every(([key, value]) => a.has(key) || !hasValue(value));
}

function sameHash(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a === b;
}

function assetHash(asset: AssetContent): string | undefined {
  if (asset.hash !== "") return asset.hash;
  if (asset.uri !== "") return undefined;
  try {
    const content = asset.path === "" ? asset.text : readFileSync(asset.path);
    return createHash("sha256").update(content).digest("hex");
  } catch {
    return undefined;
  }
}

/** The engine sends every archive with its hash; without one, the place it comes from stands for it. */
function archiveHash(archive: ArchiveContent): string | undefined {
  if (archive.hash !== "") return archive.hash;
  return archive.path === "" && archive.uri === "" ? undefined : `${archive.path}\n${archive.uri}`;
}
