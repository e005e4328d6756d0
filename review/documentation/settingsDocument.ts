import {
  type Connector,
  flowSource,
  isSecret,
  isSecretValue,
  notShown,
  readSettings,
  type SettingsFile,
  type SynchronizationRule,
  says,
  scopeGroups,
} from "../configuration";
import type { SettingsFileEvidence } from "../evidence";
import type { Block, Section } from "../render/page";
import { valueTable } from "./connectorSections";
import type { Documentation } from "./model";
import { byText } from "./steady";

/** What no settings file says in a place that is known. */
export const settingsCannotTell: readonly string[] = [
  "Staging mode, source anchor, sign-in method and optional features: their keys are not documented. Values without known meaning are listed as they stand in the file.",
  "Standard rules beyond name, tag and precedence; join conditions; attribute flows end to end.",
  "Object types, selected attributes, anchors, run profiles, connectivity and parameters of connectors.",
  "The metaverse schema and global parameters.",
  "Changes made outside the wizard since the file was written (rules editor, PowerShell).",
];

export function settingsDocument(evidence: SettingsFileEvidence): Documentation {
  const settings = readSettings(evidence);
  const { rules, connectors, serverName, version } = settings.configuration;
  return {
    server: serverName ?? null,
    version: version ?? null,
    stagingMode: null,
    cannotTell: settingsCannotTell,
    flows: { targets: [], metaverse: [] },
    counts: {
      connectors: connectors.length,
      rules: rules.length,
      standardRules: rules.filter((rule) => rule.standard).length,
      customRules: rules.filter((rule) => !rule.standard).length,
      disabledRules: rules.filter((rule) => rule.disabled).length,
    },
    sections: [
      {
        id: "connectors",
        title: "Directories and rules",
        blocks: [],
        sections: connectors.map((connector) => connectorSection(connector, rules)),
      },
      rawSection(settings),
    ],
  };
}

function connectorSection(connector: Connector, rules: readonly SynchronizationRule[]): Section {
  const own = rules.filter((rule) => rule.connectorId === connector.id);
  const id = `connector/${connector.name}`;
  const partitions = connector.partitions.map((partition): readonly string[] => [
    partition.name,
    partition.inclusions.toSorted().join("\n"),
    partition.exclusions.toSorted().join("\n"),
  ]);
  const standard = own.filter((rule) => rule.standard);
  const custom = own.filter((rule) => !rule.standard);
  const blocks: Block[] = [];
  if (connector.kind === "active-directory")
    blocks.push({
      kind: "table",
      caption: "Partitions and containers",
      columns: [{ title: "Partition" }, { title: "Included" }, { title: "Excluded" }],
      rows: partitions.toSorted(byText),
    });
  blocks.push({
    kind: "table",
    caption: `Standard rules (${standard.length})`,
    columns: [{ title: "Precedence", align: "right" }, { title: "Rule" }, { title: "Immutable tag" }],
    rows: standard.toSorted(byPrecedence).map((rule) => [precedenceText(rule), rule.name, rule.immutableTag]),
  });
  const ordered = custom.toSorted(byPrecedence);
  return {
    id,
    title: connector.name,
    blocks,
    sections: ordered.map((rule, index) => ({
      id: `${id}/rule/${index + 1}`,
      title: `${precedenceText(rule)} ${rule.name}`.trim(),
      blocks: [
        valueTable("Custom rule", [...partsOf(rule)].sort(byText)),
        ...(rule.rest.length > 0
          ? [
              valueTable(
                "Values without known meaning",
                rule.rest
                  .map(({ path, value }) => [path, isSecret(path) || isSecretValue(value) ? notShown : value] as const)
                  .sort(byText),
              ),
            ]
          : []),
      ],
    })),
  };
}

/** The parts of a rule in words, by label; several flows to one attribute in one line. */
function partsOf(rule: SynchronizationRule): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  if (says(rule, "description")) parts.set("description", rule.description);
  if (says(rule, "direction")) parts.set("direction", rule.direction);
  if (says(rule, "disabled")) parts.set("disabled", rule.disabled ? "yes" : "no");
  if (rule.sourceObjectType !== "") parts.set("source object type", rule.sourceObjectType);
  if (rule.targetObjectType !== "") parts.set("target object type", rule.targetObjectType);
  if (says(rule, "link type")) parts.set("link type", rule.linkType);
  if (says(rule, "scope")) parts.set("scope", scopeGroups(rule.scope).join("; or "));
  for (const mapping of rule.mappings) {
    const label = `flow of ${mapping.target}`;
    const more = mapping.rest
      .map(({ path, value }) => `${path}=${isSecret(path) || isSecretValue(value) ? notShown : value}`)
      .sort();
    const source = [flowSource(mapping), ...more].filter((part) => part !== "").join(", ");
    parts.set(label, parts.has(label) ? [parts.get(label), source].sort().join(" | ") : source);
  }
  return parts;
}

function byPrecedence(a: SynchronizationRule, b: SynchronizationRule): number {
  return a.precedence - b.precedence || byText([a.name, a.immutableTag], [b.name, b.immutableTag]);
}

const precedenceText = (rule: SynchronizationRule): string => (says(rule, "precedence") ? String(rule.precedence) : "");

/** Identifiers and times are left out: they differ in every file. */
function rawSection(settings: SettingsFile): Section {
  const rows = settings.rest
    .filter(
      ({ path, value }) =>
        !/timeCreated|author|uniqueIdentifier|internalIdentifier|connectorIds/iu.test(path) && !isIdentifier(value),
    )
    .map(({ path, value }) => [path, isSecret(path) || isSecretValue(value) ? notShown : value] as const);
  return {
    id: "raw",
    title: "Values without known meaning",
    folded: true,
    blocks: [valueTable("As they stand in the file", rows.sort(byText))],
  };
}

function isIdentifier(value: string): boolean {
  return /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/iu.test(value);
}
