import type { Block, Cell, Page, Section, Tone } from "../../render/page";
import { todoSection } from "../../render/todo";
import type { Verdict } from "../../verdict";
import { classes, type DifferenceClass } from "../classes";
import {
  type ComparedServer,
  type ConfigurationComparison,
  type ConfigurationReport,
  ruleSection as ruleSectionId,
} from "../compare/compareConfigurations";
import { isSecretParameter } from "../compare/compareParameters";
import { notShown } from "../known/secrets";
import type { Parameter, ServerConfiguration } from "../model";
import type { ComparedRule } from "../rules/compareRules";
import { sideBySide } from "./sideBySide";

export interface ViewOptions {
  /** Show only what differs: unchanged rules, parameters and lines are left out. */
  readonly onlyDifferences?: boolean;
  /** Leave out standard rules that do not differ. A standard rule that differs is always shown. */
  readonly hideStandardRules?: boolean;
  /** One server before and after something, instead of two servers. */
  readonly oneServer?: boolean;
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
  const { report, active, staging } = comparison;
  const partial = active.partial || staging.partial;
  return {
    ...pageHead(report, view),
    sections: [
      ...(view.oneServer ? [howToRead] : []),
      ...resultSections(report),
      ...winnersSection(comparison, view),
      rulesSection(comparison, view),
      ...(partial ? [] : [parametersSection(comparison, view)]),
      serversSection(report, view),
    ],
    made: report.summary.made,
  };
}

const howToRead: Section = {
  id: "how-to-read",
  title: "How to read this",
  blocks: [
    {
      kind: "paragraph",
      text: "Both inputs are of one server. Where a finding says active server, read before; where it says staging server or promotion, read after.",
    },
  ],
};

const sidesOf = ({ oneServer }: ViewOptions): readonly [string, string] =>
  oneServer ? ["Before", "After"] : ["Active", "Staging"];

function pageHead(report: ConfigurationReport, view: ViewOptions): Omit<Page, "sections"> {
  const { verdict, summary } = report;
  const name = (server: ComparedServer): string => server.server ?? server.source;
  const [left, right] = sidesOf(view);
  return {
    title: view.oneServer
      ? "Configuration of one server, before and after"
      : "Configuration of the active and the staging server",
    subtitle: `${left}: ${name(summary.active)}${versionOf(summary.active)}. ${right}: ${name(summary.staging)}${versionOf(summary.staging)}.`,
    verdict,
    headline: headlineOf(report, view),
  };
}

function versionOf({ version }: ComparedServer): string {
  return version === null ? "" : ` (${version})`;
}

/** What blocks, or else what wants looking at, comes first; counts by kind of cause after it. */
function headlineOf({ verdict, findings, summary }: ConfigurationReport, { oneServer }: ViewOptions): string {
  if (findings.length === 0) return "Both are configured alike.";
  const changed: Record<Verdict, string> = {
    ok: "Nothing changed that wants looking at",
    review: "A person should look at what changed",
    blocked: "What changed would do harm",
  };
  const promoted: Record<Verdict, string> = {
    ok: "Nothing here stands against a promotion",
    review: "A person should look before a promotion",
    blocked: "Do not promote the staging server as it is",
  };
  const worst = findings.filter(({ severity }) => severity === (verdict === "blocked" ? "blocking" : "warning"));
  const reason =
    verdict === "ok" || worst[0] === undefined
      ? ""
      : `: ${worst[0].title.replace(/\.$/u, "")}${worst.length > 1 ? `, and ${worst.length - 1} more of that weight` : ""}`;
  const accepted = findings.filter((finding) => finding.accepted !== undefined).length;
  const counts = classes
    .filter((name) => summary.byClass[name] > 0)
    .sort((a, b) => summary.byClass[a] - summary.byClass[b])
    .map((name) => `${summary.byClass[name]} ${classWords[name]}`);
  return `${(oneServer ? changed : promoted)[verdict]}${reason}. Findings: ${counts.join(", ")}.${accepted === 0 ? "" : ` ${accepted} accepted.`}`;
}

function resultSections({ findings, summary }: ConfigurationReport): readonly Section[] {
  const sections: Section[] = [
    {
      id: "findings",
      title: "Findings",
      blocks:
        findings.length === 0
          ? [{ kind: "paragraph", text: "No difference was found.", tone: "good" }]
          : [{ kind: "findings", findings }],
    },
  ];
  const todo = todoSection(findings);
  if (todo !== undefined) sections.push(todo);
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

const mostPictures = 12;

/** Who wins an attribute, as a picture: people look at it rather than at numbers. */
function winnersSection({ winners }: ConfigurationComparison, view: ViewOptions): readonly Section[] {
  if (winners.length === 0) return [];
  const [left, right] = sidesOf(view);
  const more =
    winners.length > mostPictures ? ` ${mostPictures} of ${winners.length} are shown; the findings name all.` : "";
  return [
    {
      id: "winners",
      title: "Who wins an attribute",
      blocks: [
        {
          kind: "paragraph",
          text: `Where several rules give one attribute, the first of them that applies wins. Here not the same one does on both sides.${more}`,
        },
        ...winners.slice(0, mostPictures).map(
          ({ attribute, objects, active, staging }): Block => ({
            kind: "order",
            caption: `${attribute} of ${objects}`,
            left: { title: left, items: active },
            right: { title: right, items: staging },
          }),
        ),
      ],
    },
  ];
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
    id: ruleSectionId(index),
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
  const values = (parameters: readonly Parameter[]) =>
    new Map(
      parameters.map(
        (parameter) => [parameter.name, isSecretParameter(parameter) ? notShown : parameter.value] as const,
      ),
    );
  const here = values(active.parameters);
  const there = values(staging.parameters);
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

function serversSection({ summary }: ConfigurationReport, view: ViewOptions): Section {
  const [left, right] = sidesOf(view);
  const row = (title: string, value: (side: ComparedServer) => string): readonly string[] => [
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
        columns: [{ title: "" }, { title: left }, { title: right }],
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
