/**
 * The form in which Azure's published resource types (bicep's types.json) are kept in the package: only the types that
 * have rules here, no descriptions, one entry for each shape, referred to by its place.
 */
export interface PublishedTypes {
  readonly source: string;
  /** Place of a body by `<resource type>@<API version>`, in small letters. */
  readonly bodies: Readonly<Record<string, number>>;
  readonly shapes: readonly Shape[];
}

export type Shape =
  | { readonly kind: "object"; readonly properties: Properties; readonly others?: number }
  /** One of several objects; which one is said by the property `by`. */
  | {
      readonly kind: "chosen";
      readonly by: string;
      readonly properties: Properties;
      readonly branches: Readonly<Record<string, number>>;
    }
  | { readonly kind: "list"; readonly of: number }
  | { readonly kind: "one of"; readonly values: readonly string[] }
  /** A text of which the API names only what it knows: what is none of these is taken, unless it is one of them misspelt. */
  | { readonly kind: "known"; readonly values: readonly string[] }
  | { readonly kind: "text"; readonly shortest?: number; readonly longest?: number; readonly pattern?: string }
  | { readonly kind: "number"; readonly least?: number; readonly most?: number }
  | { readonly kind: "truth" }
  | { readonly kind: "anything" };

/** Place of each property's shape; a name that ends in `!` is required. Undefined place -1: Azure fills it, not judged. */
export type Properties = Readonly<Record<string, number>>;

export const filledByAzure = -1;
