/**
 * Property values as they pass between engine and plugin. Every value can be secret and can name the resources it
 * depends on; the kind says what it holds. This is the normal form that the genuine plugin's framework uses: a secret
 * inside a secret, or an unknown inside an output value, cannot be expressed.
 */

export interface AssetContent {
  readonly hash: string;
  readonly text: string;
  readonly path: string;
  readonly uri: string;
}

export interface ArchiveContent {
  readonly hash: string;
  readonly path: string;
  readonly uri: string;
  readonly assets: ReadonlyMap<string, Property>;
}

export type PropertyMap = ReadonlyMap<string, Property>;

export type Content =
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "list"; readonly items: readonly Property[] }
  | { readonly kind: "map"; readonly entries: PropertyMap }
  | { readonly kind: "asset"; readonly asset: AssetContent }
  | { readonly kind: "archive"; readonly archive: ArchiveContent }
  | { readonly kind: "reference"; readonly urn: string; readonly id?: string; readonly packageVersion: string }
  /** `placeholder`: the zero value of the expected type, where the type is known. */
  | { readonly kind: "unknown"; readonly placeholder?: Property };

export type Property = Content & { readonly secret: boolean; readonly dependencies: readonly string[] };

const none: readonly string[] = [];

export function plain(content: Content): Property {
  return { ...content, secret: false, dependencies: none };
}

export const nullProperty: Property = plain({ kind: "null" });
export const text = (value: string): Property => plain({ kind: "string", value });
export const numeric = (value: number): Property => plain({ kind: "number", value });
export const list = (items: readonly Property[]): Property => plain({ kind: "list", items });
export const map = (entries: PropertyMap): Property => plain({ kind: "map", entries });
export const unknown = (placeholder?: Property): Property => plain({ kind: "unknown", placeholder });

export function secret(value: Property): Property {
  return { ...value, secret: true };
}

/**
 * On the wire these travel as output values: what has dependencies, and what is secret and unknown at once. Several
 * of the framework's rules treat that form apart from plain values.
 */
export function isOutputValue(value: Property): boolean {
  return value.dependencies.length > 0 || (value.secret && value.kind === "unknown");
}

/** False for null and for output values that are unknown. */
export function hasValue(value: Property): boolean {
  if (isOutputValue(value)) return value.kind !== "unknown";
  return value.kind !== "null" || value.secret;
}

export function containsSecrets(value: Property): boolean {
  if (value.secret) return true;
  switch (value.kind) {
    case "list":
      return value.items.some(containsSecrets);
    case "map":
      return [...value.entries.values()].some(containsSecrets);
    default:
      return false;
  }
}
