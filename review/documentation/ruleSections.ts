import {
  flowText,
  joinGroups,
  mappingText,
  type ServerConfiguration,
  type SynchronizationRule,
  scopeGroups,
} from "../configuration";
import type { Block, Section } from "../render/page";
import { byText, type Steady } from "./steady";

/** Every rule, in the order in which the engine looks at them. */
export function rulesSection({ rules }: ServerConfiguration, steady: Steady): Section {
  const ordered = orderedRules(rules);
  const ids = new Map<string, number>();
  const idOf = (rule: SynchronizationRule): string => {
    const id = `rule/${rule.direction}/${rule.connector}/${rule.name}`;
    const before = ids.get(id) ?? 0;
    ids.set(id, before + 1);
    return before === 0 ? id : `${id}/${before + 1}`;
  };
  return {
    id: "rules",
    title: "Synchronization rules",
    blocks: [
      {
        kind: "paragraph",
        text: "Lower numbers have precedence: where several rules whose scope an object meets write the same attribute, the lowest wins.",
      },
      {
        kind: "table",
        columns: [
          { title: "Precedence", align: "right" },
          { title: "Rule" },
          { title: "Direction" },
          { title: "Connector" },
          { title: "From" },
          { title: "To" },
          { title: "Link" },
          { title: "Kind" },
        ],
        rows: ordered.map((rule) => [
          String(rule.precedence),
          rule.name,
          rule.direction,
          rule.connector,
          rule.sourceObjectType,
          rule.targetObjectType,
          rule.linkType,
          { text: kindOf(rule), tone: rule.disabled ? "muted" : "neutral" },
        ]),
      },
    ],
    sections: ordered.map((rule) => ruleSection(rule, idOf(rule), steady)),
  };
}

/** Rules that differ in nothing but identifiers are interchangeable, so their content decides between equals. */
function orderedRules(rules: readonly SynchronizationRule[]): readonly SynchronizationRule[] {
  const keyed = rules.map((rule) => ({
    rule,
    key: [
      rule.direction,
      String(rule.precedence).padStart(10, "0"),
      rule.name,
      rule.connector,
      ...[rule.sourceObjectType, rule.targetObjectType, rule.description, String(rule.disabled)],
      ...scopeGroups(rule.scope),
      ...joinGroups(rule.join),
      ...rule.mappings.map(mappingText).sort(),
    ],
  }));
  return keyed.sort((a, b) => byText(a.key, b.key)).map(({ rule }) => rule);
}

function kindOf(rule: SynchronizationRule): string {
  return `${rule.standard ? "standard" : "custom"}${rule.disabled ? ", disabled" : ""}`;
}

function ruleSection(rule: SynchronizationRule, id: string, steady: Steady): Section {
  const scope = scopeGroups(rule.scope);
  const join = joinGroups(rule.join);
  return {
    id,
    title: `${rule.precedence} ${rule.name} (${rule.connector})`,
    folded: true,
    blocks: [
      { kind: "facts", rows: factsOf(rule, steady) },
      scope.length === 0
        ? paragraph("Scope: every object of this type.")
        : { kind: "list", items: scope.map((group, index) => `${index === 0 ? "Scope" : "or"}: ${group}`) },
      join.length === 0
        ? paragraph("Join: none.")
        : { kind: "list", items: join.map((group, index) => `${index === 0 ? "Join" : "else"}: ${group}`) },
      transformations(rule),
    ],
  };
}

function factsOf(rule: SynchronizationRule, steady: Steady): { label: string; value: string }[] {
  const rows: (readonly [string, string | undefined])[] = [
    ["Description", rule.description],
    ["Kind", kindOf(rule)],
    ["Immutable tag", rule.immutableTag],
    ["Direction", rule.direction],
    ["Connector", rule.connector],
    ["Objects", `${rule.sourceObjectType} → ${rule.targetObjectType}`],
    ["Link type", rule.linkType],
    ["Placed after", rule.precedenceAfter && steady.name(rule.precedenceAfter)],
    ["Placed before", rule.precedenceBefore && steady.name(rule.precedenceBefore)],
    ["Password synchronization", rule.enablePasswordSync ? "on" : undefined],
    [
      "Soft delete expiry",
      /^0*[0:.]*$/u.test(rule.softDeleteExpiryInterval) ? undefined : rule.softDeleteExpiryInterval,
    ],
    ...steady.rows(rule.rest),
  ];
  return rows.flatMap(([label, value]) => (value === undefined || value === "" ? [] : [{ label, value }]));
}

function transformations(rule: SynchronizationRule): Block {
  if (rule.mappings.length === 0) return paragraph("Transformations: none.");
  const rows = rule.mappings.map((mapping) => {
    const notes = [mapping.mergeType === "Update" ? "" : mapping.mergeType, mapping.executeOnce ? "once" : ""];
    const rest = mapping.rest.map(({ path, value }) => `${path}=${value}`);
    return [mapping.target, flowText(mapping), [...notes, ...rest].filter((note) => note !== "").join(", ")] as const;
  });
  return {
    kind: "table",
    caption: "Transformations",
    columns: [{ title: "Target attribute" }, { title: "Takes" }, { title: "Merge" }],
    rows: rows.sort(byText).map(([target, takes, merge]) => [target, { text: takes, code: true }, merge]),
  };
}

const paragraph = (text: string): Block => ({ kind: "paragraph", text });
