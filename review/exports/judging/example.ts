import type { Finding, Json } from "../../verdict";
import { type IdentityAttribute, type ObjectChange, shownAttributes } from "../reading/change";

/** An object as a finding shows it: recognisable, with its first changes. Plain JSON. */
export type Example = { readonly [Name in IdentityAttribute]?: string } & {
  readonly dn: string;
  readonly newDn?: string;
  /** Why its export failed before. */
  readonly failure?: string;
  readonly type: string;
  readonly operation: string;
  readonly attributes: readonly ExampleAttribute[];
  readonly moreAttributes?: number;
};

type ExampleAttribute = {
  readonly name: string;
  readonly operation: string;
  readonly values: readonly string[];
  readonly more?: number;
};

const mostAttributes = 8;

export function exampleOf(change: ObjectChange): { readonly [key: string]: Json } {
  const attributes = change.attributes.filter((attribute) => !attribute.name.startsWith("("));
  const example: { [key: string]: Json } = { dn: change.dn, type: change.type, operation: change.operation };
  for (const name of shownAttributes) {
    const value = change.identity[name];
    if (value !== undefined) example[name] = value;
  }
  const { onPremisesDistinguishedName: place, department } = change.identity;
  if (place !== undefined) example.onPremisesDistinguishedName = place;
  if (department !== undefined) example.department = department;
  if (change.newDn !== undefined) example.newDn = change.newDn;
  const { failure } = change;
  if (failure !== undefined) {
    const since = failure.since === "" ? "" : `, since ${failure.since}`;
    const retries = failure.retries === "" ? "" : `, tried ${failure.retries} times`;
    example.failure = [failure.type, failure.error].filter((text) => text !== "").join(": ") + retries + since;
  }
  example.attributes = attributes.slice(0, mostAttributes).map(({ name, operation, valueCount, values }) => ({
    name,
    operation,
    values: values.map((value) => (value.operation === "" ? value.text : `${value.operation}: ${value.text}`)),
    ...(valueCount > values.length ? { more: valueCount - values.length } : {}),
  }));
  if (attributes.length > mostAttributes) example.moreAttributes = attributes.length - mostAttributes;
  return example;
}

/** The examples that `exampleOf` put into one side of a finding. */
export function examplesIn(side: Finding["active"]): readonly Example[] {
  if (side === null || typeof side !== "object" || Array.isArray(side)) return [];
  const { examples } = side as { readonly [key: string]: Json };
  return Array.isArray(examples) ? (examples as unknown as readonly Example[]) : [];
}

/** What a person calls the object. */
export const spokenName = (example: Example): string =>
  example.displayName ?? example.userPrincipalName ?? example.mail ?? example.onPremisesSamAccountName ?? example.dn;

export const spokenChange = (example: Example): string[] => {
  const lines = example.attributes.map(({ name, operation, values, more }) => {
    const rest = more === undefined ? "" : `, and ${more} more`;
    const how = operation === "" ? "" : ` (${operation})`;
    return `${name}${how}${values.length > 0 ? `: ${values.join(", ")}` : ""}${rest}`;
  });
  if (example.failure !== undefined) lines.unshift(`failed before: ${example.failure}`);
  if (example.newDn !== undefined) lines.unshift(`renamed to ${example.newDn}`);
  if (example.moreAttributes !== undefined) lines.push(`and ${example.moreAttributes} more attributes`);
  return lines;
};
