import type { Settings, SettingsConnector, SettingsRule } from "../configuration/settings/model";
import { readSettings } from "../configuration/settings/readSettings";
import type { SettingsFileEvidence } from "../evidence";
import type { Block, Section } from "../render/page";
import { valueTable } from "./connectorSections";
import type { Documentation } from "./documentServer";
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
  const rules = settings.connectors.flatMap((connector) => connector.rules);
  return {
    server: settings.hostName ?? null,
    version: settings.version ?? null,
    stagingMode: null,
    cannotTell: settingsCannotTell,
    flows: { targets: [], metaverse: [] },
    counts: {
      connectors: settings.connectors.length,
      rules: rules.length,
      standardRules: rules.filter((rule) => rule.standard).length,
      customRules: rules.filter((rule) => !rule.standard).length,
      disabledRules: 0,
    },
    sections: [
      {
        id: "connectors",
        title: "Directories and rules",
        blocks: [],
        sections: settings.connectors.map(connectorSection),
      },
      rawSection(settings),
    ],
  };
}

function connectorSection(connector: SettingsConnector): Section {
  const id = `connector/${connector.name}`;
  const partitions = connector.partitions.map((partition): readonly string[] => [
    partition.name,
    partition.inclusions.toSorted().join("\n"),
    partition.exclusions.toSorted().join("\n"),
  ]);
  const standard = connector.rules.filter((rule) => rule.standard);
  const custom = connector.rules.filter((rule) => !rule.standard);
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
    rows: standard.toSorted(byPrecedence).map((rule) => [precedenceText(rule), rule.name, rule.tag]),
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
        valueTable("Custom rule", [...rule.parts].sort(byText)),
        ...(rule.rest.length > 0
          ? [
              valueTable(
                "Values without known meaning",
                rule.rest.map(({ path, value }) => [path, value] as const).sort(byText),
              ),
            ]
          : []),
      ],
    })),
  };
}

function byPrecedence(a: SettingsRule, b: SettingsRule): number {
  return (a.precedence ?? 0) - (b.precedence ?? 0) || byText([a.name, a.tag], [b.name, b.tag]);
}

const precedenceText = (rule: SettingsRule): string => (rule.precedence === undefined ? "" : String(rule.precedence));

/** Identifiers and times are left out: they differ in every file. */
function rawSection(settings: Settings): Section {
  const rows = settings.rest
    .filter(
      ({ path, value }) =>
        !/timeCreated|author|uniqueIdentifier|internalIdentifier|connectorIds/iu.test(path) && !isIdentifier(value),
    )
    .map(({ path, value }) => [path, value] as const);
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
