import type { ChangeTable, StoredAttribute } from "../comparing/changeTable";
import { renameName } from "../comparing/changeTable";
import type { State } from "../comparing/comparison";
import { anchorName, classesName, type Operation, removes } from "../reading/change";
import { kindOf, Sign } from "../reading/meaning";
import type { Effects } from "./effects";
import type { RiskClass } from "./thresholds";

/** What kind of directory the connector writes to, from the names and types of its objects. */
export type ConnectorKind = "entra" | "active-directory" | "unknown";

export const spokenKind: Record<ConnectorKind, string> = {
  entra: "Microsoft Entra ID",
  "active-directory": "Active Directory (on-premises)",
  unknown: "not recognisable from the object names",
};

const sample = 200;

/** Active Directory names objects by CN and OU below DC, in capitals; the name in an LDAP directory may end in DC as well. */
const activeDirectoryName = /^(?:(?:CN|OU)=(?:\\.|[^,\\])+,\s*)*DC=(?:\\.|[^,\\])+(?:,\s*DC=(?:\\.|[^,\\])+)*$/;

export function connectorKindOf(tables: readonly ChangeTable[]): ConnectorKind {
  let [entra, directory, other] = [0, 0, 0];
  for (const table of tables) {
    for (let row = 0; row < Math.min(table.size, sample); row++) {
      if (/^CN=\{[0-9a-f]+\}$/i.test(table.dn(row))) entra++;
      else if (activeDirectoryName.test(table.dn(row))) directory++;
      else other++;
    }
  }
  if (entra > directory + other) return "entra";
  return directory > entra + other ? "active-directory" : "unknown";
}

/** Written by Entra Connect into Active Directory only; proxyAddresses is in both directories and says nothing alone. */
const onPremisesOnly = /^(?:msds-|msexch)/i;

export interface There {
  readonly table: ChangeTable;
  readonly row: number;
}

export interface Risks {
  readonly counts: ReadonlyMap<RiskClass, number>;
  /** A whole member list goes or is replaced, and the file does not hold what it was. */
  readonly wholeMembership: boolean;
}

/** Whether what the object had before decides about its class, so that it has to be read again with its hologram. */
export function needsBefore(state: State, table: ChangeTable, row: number, there: There | undefined): boolean {
  const operation = table.operation(row);
  if (operation === "replace") return true;
  if (operation !== "update") return false;
  return ownAttributes(state, table, row, there).some(({ attribute, operation: how, signs, removedCount }) => {
    const kind = kindOf(table.vocabulary.attributes.text(attribute));
    if (kind === undefined) return false;
    const word = table.vocabulary.attributeOperations.text(how);
    if (kind === "member") return word === "replace" || (word === "delete" && removedCount === 0);
    if ((signs & Sign.oldKnown) !== 0) return false;
    return (signs & (Sign.disables | Sign.primaryMail)) !== 0 || (kind === "objectIdentifier" && word === "replace");
  });
}

/**
 * What the staging server would do to one object that the active server would not do alike. `effects`: what comparing
 * the change with the object's earlier state gave, where `needsBefore` asked for it.
 */
export function risksOf(
  state: State,
  table: ChangeTable,
  row: number,
  there: There | undefined,
  kind: ConnectorKind,
  effects?: Effects,
): Risks {
  const counts = new Map<RiskClass, number>();
  const operation = table.operation(row);
  const others: Operation = there === undefined ? "none" : there.table.operation(there.row);
  const own = ownAttributes(state, table, row, there);
  if (removes(operation) && !(state === "differs" && removes(others))) counts.set("deletes", 1);
  let onPremises = kind === "active-directory";
  let gains = own.length > 0;
  let known = own.length > 0;
  for (const attribute of own) {
    const name = table.vocabulary.attributes.text(attribute.attribute);
    if (name === renameName) {
      // In the Entra connector the name is made of the source anchor: another name is another anchor.
      counts.set("renames", 1);
      if (kind === "entra") counts.set("sourceAnchorChanges", 1);
    }
    if (kind === "unknown" && onPremisesOnly.test(name)) onPremises = true;
    if ((attribute.signs & Sign.gains) === 0) gains = false;
    if (kindOf(name) !== "objectIdentifier") known = false;
  }
  const found =
    operation === "replace" ? effects : operation === "update" ? (effects ?? signsOf(own, table)) : undefined;
  if (operation === "replace" && (effects === undefined || effects.unknown)) counts.set("replacements", 1);
  if (found !== undefined) {
    if (found.disables) counts.set("disables", 1);
    if (found.sourceAnchor) counts.set("sourceAnchorChanges", 1);
    if (found.userPrincipalName) counts.set("userPrincipalNameChanges", 1);
    if (found.primaryMail) counts.set("primaryMailChanges", 1);
    if (found.objectIdentifier) counts.set("objectIdentifierChanges", 1);
    const { members } = found;
    if (members !== 0) counts.set("membershipRemovals", members === "unknown" ? 1 : members);
  }
  if (counts.size === 0 && table.failure(row) !== undefined) {
    // What fails in every cycle is no new change, be it an add or a write into Active Directory.
    counts.set("exportErrors", 1);
    return { counts, wholeMembership: false };
  }
  if (onPremises) counts.set("writeback", 1);
  if (operation === "add") counts.set("adds", 1);
  else if (counts.size === 0) {
    const adds = operation === "update" && (gains || (known && found?.fillsIdentifier === true));
    counts.set(adds ? (known ? "knownAdditions" : "additions") : "updates", 1);
  }
  return { counts, wholeMembership: found?.members === "unknown" };
}

/** What an update says by itself, without the object's earlier state. */
function signsOf(own: readonly StoredAttribute[], table: ChangeTable): Effects {
  let [disables, sourceAnchor, userPrincipalName, primaryMail] = [false, false, false, false];
  let [objectIdentifier, fillsIdentifier] = [false, false];
  let members: Effects["members"] = 0;
  for (const { attribute, operation, signs, removedCount } of own) {
    const word = table.vocabulary.attributeOperations.text(operation);
    if ((signs & Sign.disables) !== 0) disables = true;
    if ((signs & Sign.primaryMail) !== 0) primaryMail = true;
    switch (kindOf(table.vocabulary.attributes.text(attribute))) {
      case "sourceAnchor":
        sourceAnchor = true;
        break;
      case "userPrincipalName":
        userPrincipalName = true;
        break;
      case "objectIdentifier":
        if ((signs & Sign.gains) !== 0) fillsIdentifier = true;
        else objectIdentifier = true;
        break;
      case "member":
        if (word === "replace" || (word === "delete" && removedCount === 0)) members = "unknown";
        else if (members !== "unknown") members += removedCount;
        break;
      default:
    }
  }
  return {
    disables,
    sourceAnchor,
    userPrincipalName,
    primaryMail,
    objectIdentifier,
    fillsIdentifier,
    members,
    unknown: false,
  };
}

export function ownAttributes(
  state: State,
  table: ChangeTable,
  row: number,
  there: There | undefined,
): readonly StoredAttribute[] {
  const own: StoredAttribute[] = [];
  if (state === "differs" && there !== undefined)
    table.compareAttributes(row, there.table, there.row, (compared, attribute) => {
      if (compared === "here" || compared === "differs") own.push(attribute);
    });
  else
    for (const attribute of table.attributesOf(row))
      if (!pseudo.has(table.vocabulary.attributes.text(attribute.attribute))) own.push(attribute);
  return own;
}

/** Part of every change; never a change by itself. */
const pseudo: ReadonlySet<string> = new Set([anchorName, classesName]);
