/** What an element of an export file is, by where it stands. */
export type Place =
  | "document"
  | "objects"
  | "object"
  | "ma-name"
  | "ma-id"
  | "export-delta-operation"
  | "connector"
  | "export"
  | "sent"
  | "import"
  | "import-error"
  | "error"
  | "error-part"
  | "error-text"
  | "delta"
  | "primary-objectclass"
  | "anchor"
  | "objectclass"
  | "oc-value"
  | "attr"
  | "dn-attr"
  | "value"
  | "dn-value"
  | "dn"
  | "dn-anchor"
  | "hologram"
  | "entry"
  | "held"
  | "held-value"
  | "held-reference"
  | "held-dn";

/** Their text is wanted. */
export const textPlaces: ReadonlySet<Place> = new Set<Place>([
  "ma-name",
  "ma-id",
  "connector",
  "export-delta-operation",
  "primary-objectclass",
  "anchor",
  "oc-value",
  "value",
  "dn-value",
  "dn",
  "dn-anchor",
  "error-text",
  "held-value",
  "held-dn",
]);
