import { isJsonObject, type JsonObject } from "../../evidence";
import type { Json } from "../../verdict";
import type { AttributeMapping, RawValue, RulePart, ScopeCondition, SynchronizationRule } from "../model";
import { Members } from "./members";

/** A rule as far as a settings file says it; the parts that it does not say are left out of `says`. */
export function readSettingsRule(
  rule: JsonObject,
  standard: boolean,
  connector: { readonly id: string; readonly name: string },
): SynchronizationRule {
  const members = new Members(rule);
  const says = new Set<RulePart>();
  const told = <Value>(part: RulePart, value: Value | undefined): Value | undefined => {
    if (value !== undefined) says.add(part);
    return value;
  };
  const name = members.text("name") ?? "";
  members.text("uniqueIdentifier");
  members.text("internalIdentifier");
  const direction = told("direction", readDirection(members));
  const source = members.text("source");
  const target = members.text("target");
  if (source !== undefined && target !== undefined) says.add("object types");
  const scope = readScope(members);
  if (scope !== undefined) says.add("scope");
  if (scope?.grouped) says.add("groups");
  const mappings = told("flows", members.objects("attributeMappings")?.map(readMapping));
  const disabled = told("disabled", readDisabled(members));
  return {
    says,
    id: "",
    name,
    direction: direction ?? directionByName(name),
    description: told("description", members.text("description")) ?? "",
    immutableTag: members.text("immutableTag") ?? "",
    standard,
    disabled: disabled ?? false,
    connectorId: connector.id,
    connector: connector.name,
    sourceObjectType: source ?? "",
    targetObjectType: target ?? "",
    linkType: told("link type", members.text("linkType")) ?? "",
    precedence: told("precedence", members.number("precedence")) ?? 0,
    softDeleteExpiryInterval: "",
    enablePasswordSync: false,
    scope: scope?.groups ?? [],
    join: [],
    mappings: mappings ?? [],
    rest: members.rest().filter(({ value }) => value !== "{}"),
    file: "",
  };
}

/** Any other word says nothing: taken for one of the two, it would hide a rule that breaks the import. */
function readDirection(members: Members): "Inbound" | "Outbound" | undefined {
  const [, word] = /^\s*(in|out)(?:bound)?\s*$/i.exec(members.text("direction") ?? "") ?? [];
  return word === undefined ? undefined : word.toLowerCase() === "out" ? "Outbound" : "Inbound";
}

/** Microsoft names its rules so; nothing but this word says it in a settings file. */
function directionByName(name: string): "Inbound" | "Outbound" {
  return /^out to\b/i.test(name) ? "Outbound" : "Inbound";
}

/** Neither key is documented; where one is there, its meaning is not in doubt. */
function readDisabled(members: Members): boolean | undefined {
  const disabled = members.truth("disabled") ?? members.truth("isDisabled");
  if (disabled !== undefined) return disabled;
  const enabled = members.truth("enabled") ?? members.truth("isEnabled");
  return enabled === undefined ? undefined : !enabled;
}

interface ReadScope {
  readonly groups: readonly (readonly ScopeCondition[])[];
  /** The file says which conditions belong together. */
  readonly grouped: boolean;
}

/** A flat list of conditions, or a list of groups: lists, or objects that hold one. Which one builds write is not documented. */
function readScope(members: Members): ReadScope | undefined {
  return members.list("scopeFilters", (filters) => {
    if (filters.length === 0) return { groups: [], grouped: true };
    const groups = filters.map(groupOf);
    if (groups.every((group) => group !== undefined)) return { groups, grouped: true };
    if (groups.some((group) => group !== undefined)) return undefined;
    const conditions = filters.map(conditionOf);
    return conditions.every((condition) => condition !== undefined)
      ? { groups: [conditions], grouped: conditions.length === 1 }
      : undefined;
  });
}

function groupOf(value: Json): readonly ScopeCondition[] | undefined {
  const list: readonly Json[] | undefined = Array.isArray(value) ? value : onlyList(value);
  const conditions = list?.map(conditionOf);
  return conditions?.every((condition) => condition !== undefined) ? conditions : undefined;
}

function onlyList(value: Json): readonly Json[] | undefined {
  if (!isJsonObject(value)) return undefined;
  const [only, ...more] = Object.values(value);
  return more.length === 0 && Array.isArray(only) ? only : undefined;
}

function conditionOf(value: Json): ScopeCondition | undefined {
  if (!isJsonObject(value)) return undefined;
  const members = new Members(value);
  const attribute = members.text("attribute");
  const operator = members.text("condition") ?? members.text("operator");
  if (attribute === undefined || operator === undefined) return undefined;
  const text = members.text("value") ?? "";
  const more = restOf(members);
  return { attribute, operator, value: [text, ...more].filter((part) => part !== "").join(", ") };
}

function readMapping(flow: JsonObject): AttributeMapping {
  const members = new Members(flow);
  const target = members.text("destination") ?? "";
  const text = members.text("source") ?? members.texts("source")?.join(", ") ?? "";
  const rest: readonly RawValue[] = members.rest().filter(({ value }) => value !== "{}");
  return { target, flow: { kind: "written", text }, mergeType: "", executeOnce: false, rest };
}

function restOf(members: Members): readonly string[] {
  return members
    .rest()
    .filter(({ value }) => value !== "{}")
    .map(({ path, value }) => `${path}=${value}`)
    .sort();
}
