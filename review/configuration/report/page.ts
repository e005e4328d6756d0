import type { Block, Cell, Page, Section, Tone } from "../../render/page";
import type { Verdict } from "../../verdict";
import {
  type ConfigurationComparison,
  type ConfigurationReport,
  type Side,
  sorted,
} from "../compare/compareConfigurations";
import { classes, type DifferenceClass } from "../compare/comparison";
import type { ServerConfiguration } from "../model";
import type { ComparedRule } from "../rules/compareRules";
import { sideBySide } from "./sideBySide";

export interface ViewOptions {
  /** Show only what differs: unchanged rules, parameters and lines are left out. */
  readonly onlyDifferences?: boolean;
  /** Leave out standard rules that do not differ. A standard rule that differs is always shown. */
  readonly hideStandardRules?: boolean;
}

export const classWords: Record<DifferenceClass, string> = {
  expected: "expected on a staging server",
  "build-difference": "build difference",
  "known-import-gap": "known gap of the settings import",
  "your-change": "your change",
  unexplained: "unexplained",
};

/** The report as a page, the same for every output format. */
export function comparisonPage(comparison: ConfigurationComparison, view: ViewOptions = {}): Page {
  const { report } = comparison;
  return {
    ...pageHead(report),
    sections: [
      ...resultSections(report),
      rulesSection(comparison, view),
      parametersSection(comparison, view),
      serversSection(report),
    ],
  };
}

/** The report of a comparison in which a settings file took part. */
export function settingsPage(report: ConfigurationReport): Page {
  return { ...pageHead(report), sections: [...resultSections(report), serversSection(report)] };
}

function pageHead({ verdict, summary, findings }: ConfigurationReport): Omit<Page, "sections"> {
  const name = (side: Side): string => side.server ?? side.source;
  return {
    title: "Configuration of the active and the staging server",
    subtitle: `Active: ${name(summary.active)}${versionOf(summary.active)}. Staging: ${name(summary.staging)}${versionOf(summary.staging)}.`,
    verdict,
    headline: headlineOf(verdict, findings.length, summary.byClass),
  };
}

function versionOf({ version }: Side): string {
  return version === null ? "" : ` (${version})`;
}

function headlineOf(verdict: Verdict, count: number, byClass: Readonly<Record<DifferenceClass, number>>): string {
  if (count === 0) return "Both servers are configured alike.";
  const parts = classes.filter((name) => byClass[name] > 0).map((name) => `${byClass[name]} ${classWords[name]}`);
  const lead: Record<Verdict, string> = {
    ok: "Nothing here stands against a promotion",
    review: "A person should look before a promotion",
    blocked: "Do not promote the staging server as it is",
  };
  return `${lead[verdict]}: ${parts.join(", ")}.`;
}

function resultSections({ findings, summary }: ConfigurationReport): readonly Section[] {
  const sections: Section[] = [
    {
      id: "findings",
      title: "Findings",
      blocks:
        findings.length === 0
          ? [{ kind: "paragraph", text: "No difference was found.", tone: "good" }]
          : [{ kind: "findings", findings: sorted(findings) }],
    },
  ];
  if (summary.notCompared.length > 0)
    sections.push({
      id: "not-compared",
      title: "Not compared",
      blocks: [{ kind: "list", items: summary.notCompared }],
    });
  sections.push({
    id: "folded",
    title: "Folded as noise",
    folded: true,
    blocks:
      summary.folded.length === 0
        ? [{ kind: "paragraph", text: "Nothing had to be folded.", tone: "muted" }]
        : [
            {
              kind: "table",
              columns: [{ title: "What" }, { title: "Times", align: "right" }, { title: "For example" }],
              rows: summary.folded.map(({ meaning, count, examples }) => [meaning, String(count), examples.join("; ")]),
            },
          ],
  });
  return sections;
}

function rulesSection({ rules, active, staging }: ConfigurationComparison, view: ViewOptions): Section {
  const shown = rules.filter(
    (rule) => rule.changed || (!view.onlyDifferences && !(view.hideStandardRules && rule.standard)),
  );
  const hidden = rules.length - shown.length;
  const blocks: Block[] = [
    {
      kind: "paragraph",
      text: `${rules.length} rules compared by name, direction and connector; ${rules.filter((rule) => rule.changed).length} differ.${hidden > 0 ? ` ${hidden} without differences are left out here.` : ""}`,
    },
  ];
  if (shown.length > 0)
    blocks.push({
      kind: "table",
      columns: [
        { title: "Rule" },
        { title: "Direction" },
        { title: "Connector" },
        { title: "Kind" },
        { title: "Active", align: "right" },
        { title: "Staging", align: "right" },
        { title: "State" },
      ],
      rows: shown.map(ruleRow),
    });
  return {
    id: "rules",
    title: "Synchronization rules",
    blocks,
    sections: rules
      .filter((rule) => rule.changed)
      .map((rule, index) => ruleSection(rule, index, active, staging, view)),
  };
}

function ruleRow(rule: ComparedRule): readonly (string | Cell)[] {
  const either = rule.active ?? rule.staging;
  const state: readonly [string, Tone] =
    rule.staging === undefined
      ? ["only active", "bad"]
      : rule.active === undefined
        ? ["only staging", "attention"]
        : rule.changed
          ? ["differs", "attention"]
          : ["same", "muted"];
  return [
    either?.name ?? "",
    either?.direction ?? "",
    either?.connector ?? "",
    rule.standard ? "standard" : "custom",
    rule.active === undefined ? "" : String(rule.active.precedence),
    rule.staging === undefined ? "" : String(rule.staging.precedence),
    { text: state[0], tone: state[1] },
  ];
}

function ruleSection(
  rule: ComparedRule,
  index: number,
  active: ServerConfiguration,
  staging: ServerConfiguration,
  view: ViewOptions,
): Section {
  const nameIn = (configuration: ServerConfiguration) => (id: string) =>
    configuration.rules.find((candidate) => candidate.id === id)?.name ?? id;
  const rows = sideBySide(rule, { active: nameIn(active), staging: nameIn(staging) });
  return {
    id: `rule-${index + 1}`,
    title: rule.subject,
    folded: true,
    blocks: [
      {
        kind: "sideBySide",
        left: "Active",
        right: "Staging",
        rows: view.onlyDifferences ? rows.filter((row) => row.state !== "same") : rows,
      },
    ],
  };
}

function parametersSection({ active, staging }: ConfigurationComparison, view: ViewOptions): Section {
  const here = new Map(active.parameters.map(({ name, value }) => [name, value]));
  const there = new Map(staging.parameters.map(({ name, value }) => [name, value]));
  const names = [...new Set([...here.keys(), ...there.keys()])].sort();
  const rows = names
    .filter((name) => !view.onlyDifferences || here.get(name) !== there.get(name))
    .map((name): readonly (string | Cell)[] => {
      const differs = here.get(name) !== there.get(name);
      const cell = (value: string | undefined): Cell => ({
        text: value ?? "(none)",
        tone: differs ? "attention" : "neutral",
      });
      return [name, cell(here.get(name)), cell(there.get(name))];
    });
  return {
    id: "global-parameters",
    title: "Global parameters",
    folded: true,
    blocks:
      rows.length === 0
        ? [{ kind: "paragraph", text: "All are equal.", tone: "muted" }]
        : [{ kind: "table", columns: [{ title: "Parameter" }, { title: "Active" }, { title: "Staging" }], rows }],
  };
}

function serversSection({ summary }: ConfigurationReport): Section {
  const row = (title: string, value: (side: Side) => string): readonly string[] => [
    title,
    value(summary.active),
    value(summary.staging),
  ];
  const flag = (value: boolean | null): string => (value === null ? "not stated" : value ? "on" : "off");
  return {
    id: "inputs",
    title: "What was compared",
    blocks: [
      {
        kind: "table",
        columns: [{ title: "" }, { title: "Active" }, { title: "Staging" }],
        rows: [
          row("Input", (side) => side.source),
          row("Server", (side) => side.server ?? "not stated"),
          row("Build", (side) => side.version ?? "not stated"),
          row("Staging mode", (side) => flag(side.stagingMode)),
          row("Connectors", (side) => String(side.connectors)),
          row("Rules", (side) => String(side.rules)),
        ],
      },
    ],
  };
}
