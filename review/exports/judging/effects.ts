import type { AttributeChange, Before, ObjectChange } from "../reading/change";
import { disabledBy, type Kind, kindOf, Sign } from "../reading/meaning";

/** What a change does to an object, as far as a verdict depends on it. */
export interface Effects {
  readonly disables: boolean;
  readonly sourceAnchor: boolean;
  readonly userPrincipalName: boolean;
  readonly primaryMail: boolean;
  /** onPremisesObjectIdentifier replaced or taken away. */
  readonly objectIdentifier: boolean;
  /** onPremisesObjectIdentifier set where there was none. */
  readonly fillsIdentifier: boolean;
  /** Members that leave; `unknown`: the list goes or is replaced, and the file does not hold what it was. */
  readonly members: number | "unknown";
  /** Replaced as a whole, and of something that matters the file does not hold what it was. */
  readonly unknown: boolean;
}

interface Found {
  disables: boolean;
  sourceAnchor: boolean;
  userPrincipalName: boolean;
  primaryMail: boolean;
  objectIdentifier: boolean;
  fillsIdentifier: boolean;
  members: number | "unknown";
  unknown: boolean;
}

const lower = (values: readonly string[]): string[] => values.map((value) => value.trim().toLowerCase());
const primary = (values: readonly string[]): string[] =>
  values.filter((value) => value.startsWith("SMTP:")).map((value) => value.toLowerCase());
const equal = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && [...left].sort().every((value, index) => value === [...right].sort()[index]);

/**
 * Compares a change with what its object was, from the hologram in the same file. A hologram without an attribute that
 * is said to be replaced is taken for incomplete, not for a proof that nothing was there.
 */
export function effectsOf(change: ObjectChange, own: ReadonlySet<string>): Effects {
  const found: Found = {
    disables: false,
    sourceAnchor: false,
    userPrincipalName: false,
    primaryMail: false,
    objectIdentifier: false,
    fillsIdentifier: false,
    members: 0,
    unknown: false,
  };
  const whole = change.operation === "replace";
  for (const attribute of change.attributes) {
    const kind = kindOf(attribute.name);
    if (kind === undefined || !own.has(attribute.name)) continue;
    compare(found, kind, attribute, valuesBefore(change.before, attribute.name), whole);
  }
  if (whole && change.before === null) found.unknown = true;
  if (whole && change.before !== null) missing(found, change, change.before);
  return found;
}

function valuesBefore(before: Before, name: string): readonly string[] | undefined {
  return before?.get(name.toLowerCase());
}

function compare(
  found: Found,
  kind: Kind,
  attribute: AttributeChange,
  before: readonly string[] | undefined,
  whole: boolean,
): void {
  const word = attribute.operation;
  const after = attribute.values.filter(({ operation }) => operation !== "delete").map(({ text }) => text);
  const replaced = whole || word === "replace";
  // A replaced value of which the former one is not known; inside an update the change itself is believed.
  const unknown = replaced && before === undefined;
  if (unknown && whole) {
    const matters = kind !== "enabled" && kind !== "control" ? true : after.some((text) => disabledBy(kind, text));
    if (kind !== "userPrincipalName" && matters) found.unknown = true;
  }
  switch (kind) {
    case "enabled":
    case "control":
      if ((attribute.signs & Sign.disables) === 0) break;
      if (before === undefined) found.disables ||= !whole;
      else if (!before.some((text) => disabledBy(kind, text))) found.disables = true;
      break;
    case "userPrincipalName":
      if (unknown && whole) found.unknown = true;
      else if (!replaced || before === undefined || !equal(lower(after), lower(before))) found.userPrincipalName = true;
      break;
    case "sourceAnchor":
      if (unknown && whole) found.unknown = true;
      else if (!replaced || before === undefined || !equal(after, before)) found.sourceAnchor = true;
      break;
    case "mail":
    case "addresses": {
      if (!replaced || before === undefined) {
        if ((attribute.signs & Sign.primaryMail) !== 0 && !whole) found.primaryMail = true;
        break;
      }
      const of = kind === "mail" ? lower : primary;
      if (!equal(of(after), of(before)) && of(before).length > 0) found.primaryMail = true;
      break;
    }
    case "objectIdentifier":
      if ((attribute.signs & Sign.gains) !== 0) found.fillsIdentifier = true;
      else if (!unknown && replaced && before !== undefined && equal(lower(after), lower(before))) break;
      else if (!(unknown && whole)) found.objectIdentifier = true;
      break;
    case "member":
      membersLeaving(found, attribute, before, after, replaced);
      break;
  }
}

function membersLeaving(
  found: Found,
  attribute: AttributeChange,
  before: readonly string[] | undefined,
  after: readonly string[],
  replaced: boolean,
): void {
  const goes = attribute.operation === "delete" && attribute.removedCount === 0;
  if (!replaced && !goes) {
    if (found.members !== "unknown") found.members += attribute.removedCount;
    return;
  }
  if (before === undefined || attribute.values.length < attribute.valueCount) {
    found.members = "unknown";
    return;
  }
  const stay = new Set(lower(after));
  const leaving = lower(before).filter((member) => !stay.has(member)).length;
  if (found.members !== "unknown") found.members += leaving;
}

/** What an object replaced as a whole had and no longer has. */
function missing(found: Found, change: ObjectChange, before: NonNullable<Before>): void {
  const given = new Set(change.attributes.map(({ name }) => name.toLowerCase()));
  for (const [name, values] of before) {
    if (given.has(name)) continue;
    switch (kindOf(name)) {
      case "member":
        if (found.members !== "unknown") found.members += values.length;
        break;
      case "userPrincipalName":
        found.userPrincipalName = true;
        break;
      case "sourceAnchor":
        found.sourceAnchor = true;
        break;
      case "mail":
        found.primaryMail = true;
        break;
      case "addresses":
        if (primary(values).length > 0) found.primaryMail = true;
        break;
      case "objectIdentifier":
        found.objectIdentifier = true;
        break;
      default:
    }
  }
}
