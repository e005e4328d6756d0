/**
 * What single attributes mean, as far as a verdict depends on it. In an Active Directory connector integers are
 * hexadecimal text (`0x202`), and a disabled account is bit 2 of userAccountControl; in the Entra connector it is
 * accountEnabled (facts: connector-space-export, "Seen in one real file").
 */

/** What one changed attribute says by itself; bits. */
export const Sign = {
  /** The account is disabled afterwards, and the change does not say that it was before. */
  disables: 1,
  /** Another primary mail address, or none. */
  primaryMail: 2,
  /** A value where there was none. */
  gains: 4,
  /** The change says what was there before (nothing, for an added attribute). */
  oldKnown: 8,
} as const;

export type Kind =
  | "enabled"
  | "control"
  | "mail"
  | "addresses"
  | "userPrincipalName"
  | "sourceAnchor"
  | "objectIdentifier"
  | "member";

/** Attributes whose change a verdict looks at, by their name in lower case. */
const kinds: Readonly<Record<string, Kind>> = {
  accountenabled: "enabled",
  useraccountcontrol: "control",
  mail: "mail",
  proxyaddresses: "addresses",
  userprincipalname: "userPrincipalName",
  sourceanchor: "sourceAnchor",
  "ms-ds-consistencyguid": "sourceAnchor",
  onpremisesobjectidentifier: "objectIdentifier",
  member: "member",
};

const known = new Map<string, Kind | undefined>();

export function kindOf(name: string): Kind | undefined {
  if (known.has(name)) return known.get(name);
  const lower = name.toLowerCase();
  const kind = Object.hasOwn(kinds, lower) ? kinds[lower] : undefined;
  if (known.size < 10_000) known.set(name, kind);
  return kind;
}

const accountIsDisabled = 0x2n;

export function disabledBy(kind: "enabled" | "control", text: string): boolean {
  if (kind === "enabled") return /^\s*(?:false|0|0x0+)\s*$/i.test(text);
  const flags = integerOf(text);
  return flags !== undefined && (flags & accountIsDisabled) !== 0n;
}

/** `0x202`, `0xffffffff80000002` (64 bits, signed) or `514`. */
export function integerOf(text: string): bigint | undefined {
  const digits = text.trim();
  if (/^0x[0-9a-f]{1,16}$/i.test(digits)) return BigInt.asIntN(64, BigInt(digits));
  return /^-?\d{1,19}$/.test(digits) ? BigInt(digits) : undefined;
}
