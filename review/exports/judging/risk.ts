import { type ChangeTable, renameName, type StoredAttribute } from "../comparing/changeTable";
import type { State } from "../comparing/comparison";
import { type Operation, removes } from "../reading/change";
import type { RiskClass } from "./thresholds";

/** What kind of directory the connector writes to, from the names of its objects. */
export type ConnectorKind = "entra" | "active-directory" | "unknown";

export const spokenKind: Record<ConnectorKind, string> = {
  entra: "Microsoft Entra ID",
  "active-directory": "Active Directory (on-premises)",
  unknown: "not recognisable from the object names",
};

const sample = 200;

export function connectorKindOf(tables: readonly ChangeTable[]): ConnectorKind {
  let [entra, directory] = [0, 0];
  for (const table of tables) {
    for (let row = 0; row < Math.min(table.size, sample); row++) {
      if (/^CN=\{[0-9a-f]+\}$/i.test(table.dn(row))) entra++;
      else if (/(?:^|,)\s*DC=/i.test(table.dn(row))) directory++;
    }
  }
  if (entra === directory) return "unknown";
  return entra > directory ? "entra" : "active-directory";
}

const sourceAnchors: ReadonlySet<string> = new Set(["sourceanchor", "ms-ds-consistencyguid"]);
/** Written by Entra Connect into Active Directory only; proxyAddresses is in both directories and says nothing alone. */
const onPremisesOnly = /^(?:msds-|msexch)/i;

export interface Risks {
  readonly counts: ReadonlyMap<RiskClass, number>;
  /** A whole member list goes away: the file does not say how many members. */
  readonly wholeMembership: boolean;
}

/** What the staging server would do to one object that the active server would not do alike. */
export function risksOf(
  state: State,
  table: ChangeTable,
  row: number,
  other: { readonly table: ChangeTable; readonly row: number } | undefined,
  kind: ConnectorKind,
): Risks {
  const counts = new Map<RiskClass, number>();
  const operation = table.operation(row);
  let wholeMembership = false;
  let onPremises = kind === "active-directory";
  const others: Operation = other === undefined ? "none" : other.table.operation(other.row);
  if (removes(operation) && !(state === "differs" && removes(others))) counts.set("deletes", 1);
  for (const attribute of ownAttributes(state, table, row, other)) {
    const name = table.vocabulary.attributes.text(attribute.attribute);
    const known = name.toLowerCase();
    if (attribute.disables) counts.set("disables", 1);
    if (name === renameName) {
      // In the Entra connector the name is made of the source anchor: another name is another anchor.
      counts.set("renames", 1);
      if (kind === "entra") counts.set("sourceAnchorChanges", 1);
    }
    if (operation === "update") {
      if (sourceAnchors.has(known)) counts.set("sourceAnchorChanges", 1);
      if (known === "userprincipalname") counts.set("userPrincipalNameChanges", 1);
      if (known === "member") {
        const how = table.vocabulary.attributeOperations.text(attribute.operation);
        if (how === "delete" && attribute.removedCount === 0) wholeMembership = true;
        if (attribute.removedCount > 0 || how === "delete" || how === "replace") {
          counts.set("membershipRemovals", Math.max(1, attribute.removedCount));
        }
      }
    }
    if (kind === "unknown" && onPremisesOnly.test(name)) onPremises = true;
  }
  if (onPremises) counts.set("writeback", 1);
  if (operation === "add") counts.set("adds", 1);
  else if (counts.size === 0) counts.set("updates", 1);
  return { counts, wholeMembership };
}

function ownAttributes(
  state: State,
  table: ChangeTable,
  row: number,
  other: { readonly table: ChangeTable; readonly row: number } | undefined,
): StoredAttribute[] {
  if (state !== "differs" || other === undefined) return [...table.attributesOf(row)];
  const own: StoredAttribute[] = [];
  table.compareAttributes(row, other.table, other.row, (compared, attribute) => {
    if (compared === "here" || compared === "differs") own.push(attribute);
  });
  return own;
}
