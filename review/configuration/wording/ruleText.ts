import type { AttributeMapping, JoinCondition, ScopeCondition } from "../model";

/** Rules in words, used wherever a rule is shown or compared. */

const operators: Record<string, string> = {
  EQUAL: "=",
  NOTEQUAL: "≠",
  LESSTHAN: "<",
  LESSTHAN_OR_EQUAL: "≤",
  GREATERTHAN: ">",
  GREATERTHAN_OR_EQUAL: "≥",
  CONTAINS: "contains",
  NOTCONTAINS: "does not contain",
  STARTSWITH: "starts with",
  NOTSTARTSWITH: "does not start with",
  ENDSWITH: "ends with",
  NOTENDSWITH: "does not end with",
  ISNULL: "is empty",
  ISNOTNULL: "is present",
  ISBITSET: "has bit",
  ISBITNOTSET: "does not have bit",
  ISIN: "is in",
  ISNOTIN: "is not in",
};

export function scopeText(condition: ScopeCondition): string {
  const operator = operators[condition.operator.toUpperCase()] ?? condition.operator;
  return condition.value === ""
    ? `${condition.attribute} ${operator}`
    : `${condition.attribute} ${operator} ${condition.value}`;
}

export function scopeGroupText(group: readonly ScopeCondition[]): string {
  return group.length === 0 ? "(empty group)" : group.map(scopeText).sort().join(" and ");
}

/** Alternatives, sorted: their order means nothing. */
export function scopeGroups(scope: readonly (readonly ScopeCondition[])[]): readonly string[] {
  return scope.map(scopeGroupText).sort();
}

export function joinGroupText(group: readonly JoinCondition[]): string {
  if (group.length === 0) return "(empty group)";
  return group
    .map(
      ({ attribute, metaverseAttribute, caseSensitive }) =>
        `${attribute} = metaverse ${metaverseAttribute}${caseSensitive ? " (case-sensitive)" : ""}`,
    )
    .sort()
    .join(" and ");
}

/** In the order in which they are tried. */
export function joinGroups(join: readonly (readonly JoinCondition[])[]): readonly string[] {
  return join.map(joinGroupText);
}

export function flowText({ flow }: AttributeMapping): string {
  switch (flow.kind) {
    case "direct":
      return `attribute ${flow.source}`;
    case "constant":
      return `constant "${flow.value}"`;
    case "expression":
      return `expression ${flow.expression}`;
    case "written":
      return flow.text;
  }
}

export function mappingText(mapping: AttributeMapping): string {
  const sources = mapping.flow.kind === "expression" ? mapping.flow.sources : [];
  const notes = [
    sources.length === 0 ? "" : `sources ${[...sources].sort().join(", ")}`,
    mapping.mergeType === "Update" ? "" : mapping.mergeType,
    mapping.executeOnce ? "once" : "",
  ];
  const rest = mapping.rest.map(({ path, value }) => `${path}=${value}`);
  const all = [...notes, ...rest].filter((note) => note !== "");
  return `${mapping.target} ← ${flowText(mapping)}${all.length > 0 ? ` [${all.join(", ")}]` : ""}`;
}

/** What a flow takes its value from, without saying what kind of source it is. */
export function flowSource({ flow }: AttributeMapping): string {
  switch (flow.kind) {
    case "direct":
      return flow.source;
    case "constant":
      return flow.value;
    case "expression":
      return flow.expression;
    case "written":
      return flow.text;
  }
}

/** White space between the parts of an expression means nothing; inside "…" it does. */
export function tightExpression(expression: string): string {
  return expression
    .split(/("[^"]*")/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/\s+/g, "")))
    .join("");
}
