/** What one server would do to one object, as the `delta` of a pending export says it. */

export const operations = ["none", "add", "update", "replace", "delete", "delete-add", "obsolete"] as const;
export type Operation = (typeof operations)[number];
/** Operations that change something when exported. */
export const pendingOperations = operations.filter((operation) => operation !== "none");
export type PendingOperation = Exclude<Operation, "none">;

export const isOperation = (text: string): text is Operation => (operations as readonly string[]).includes(text);
/** The object is gone afterwards, or was gone for a moment. */
export const removes = (operation: Operation): boolean =>
  operation === "delete" || operation === "delete-add" || operation === "obsolete";

/** Attributes of a hologram that let a person recognise an object; source: docs of the format. */
export const shownAttributes = [
  "displayName",
  "userPrincipalName",
  "mail",
  "sourceAnchor",
  "onPremisesSamAccountName",
  "dnsDomainName",
] as const;
/** The same, and where the object stands: an object of the Entra connector has no organizational unit in its name. */
export const identityAttributes = [...shownAttributes, "onPremisesDistinguishedName", "department"] as const;
export type IdentityAttribute = (typeof identityAttributes)[number];
export type Identity = Partial<Record<IdentityAttribute, string>>;

export interface ValueChange {
  /** `add`, `delete`, … or empty where the file gives none. */
  readonly operation: string;
  readonly text: string;
}

/** 128 bits over all values with their operations, whatever their order. */
export type Digest = readonly [number, number, number, number];

export interface AttributeChange {
  readonly name: string;
  /** Reference values (`dn-attr`), such as member or manager. */
  readonly reference: boolean;
  /** `add`, `delete`, `replace`, `update`, or empty where the file gives none (inside an add or replace). */
  readonly operation: string;
  readonly valueCount: number;
  /** Values taken away one by one. */
  readonly removedCount: number;
  /** What the change says by itself: bits of `Sign` in meaning.ts. */
  readonly signs: number;
  readonly digest: Digest;
  /** At most as many as the reader was told to keep. */
  readonly values: readonly ValueChange[];
}

/** An export that was tried and failed (`export-errordetail`): it is tried again in every cycle. */
export interface Failure {
  /** For example `permission-issue`. */
  readonly type: string;
  /** Code and name of the error in the directory, for example `8344 INSUFF_ACCESS_RIGHTS`; empty where not given. */
  readonly error: string;
  readonly retries: string;
  readonly since: string;
}

/** What a file says beside the change: with which filter was it made? */
export interface Marks {
  readonly pendingImport: boolean;
  readonly importError: boolean;
  readonly disconnector: boolean;
}

/** Values before the change, by attribute name in lower case; null: the file holds no earlier state of the object. */
export type Before = ReadonlyMap<string, readonly string[]> | null;

export interface ObjectChange {
  readonly dn: string;
  /** `cs-object/@id`: a GUID of one database, never equal on two servers. */
  readonly id: string | undefined;
  readonly type: string;
  readonly operation: Operation;
  /** The name the object gets, where that differs. */
  readonly newDn: string | undefined;
  readonly attributes: readonly AttributeChange[];
  readonly identity: Identity;
  /** An export that was sent and not confirmed (`escrowed-export`, `unconfirmed-export`). */
  readonly sent: boolean;
  /** The file tells only that something changes, not what (csexport was told to leave the deltas out). */
  readonly withoutDetails: boolean;
  /** The object and its delta name operations that do not go together. */
  readonly contradiction: boolean;
  readonly failure: Failure | undefined;
  readonly marks: Marks;
  /** Only where asked for. */
  readonly before: Before;
  readonly connectorName: string | undefined;
  readonly connectorId: string | undefined;
  /** Where the object begins and ends in the file, in bytes; -1 where the library read it. */
  readonly from: number;
  readonly to: number;
}

/** The connector's own anchor and the object's classes: compared only where both files give them. */
export const anchorName = "(anchor)";
export const classesName = "(object class)";
