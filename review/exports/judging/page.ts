import type { Block, Cell, Page, Section, Tone } from "../../render/page";
import type { Finding, Json } from "../../verdict";
import type { ExportsReport, ExportsSummary } from "../analyse";
import { type StateCounts, states } from "../comparing/comparison";
import { pendingOperations } from "../reading/change";
import { spokenEncoding } from "../reading/encoding";
import { type Example, examplesIn, spokenChange, spokenName } from "./example";
import { spokenKind } from "./risk";
import { riskClasses, thresholdText } from "./thresholds";

const stateTitles: Record<keyof StateCounts, string> = {
  onlyStaging: "Only staging",
  onlyActive: "Only active",
  both: "Both",
  differs: "Both, different",
};

/** Attributes shown in the page; all of them are in the JSON. */
const mostAttributeRows = 200;

/** The report as a page for any output format. */
export function exportsPage(report: ExportsReport): Page {
  const { summary } = report;
  return {
    title: "Pending exports",
    subtitle: `Connector ${summary.connector ?? "(not named in the files)"}, target: ${spokenKind[summary.connectorKind]}`,
    verdict: report.verdict,
    headline: headlineOf(report),
    sections: [
      { id: "findings", title: "Findings", blocks: [{ kind: "findings", findings: report.findings.map(brief) }] },
      ...objectsSection(report.findings),
      { id: "counts", title: "What each server would do", blocks: [sidesTable(summary), statesTable(summary)] },
      { id: "operations", title: "By operation and object type", blocks: [operationsTable(summary)] },
      attributesSection(summary),
      { id: "thresholds", title: "Thresholds used", blocks: [thresholdsTable(summary)], folded: true },
      { id: "files", title: "Files read", blocks: [filesTable(summary)], folded: true },
      { id: "not-shown", title: "What these files cannot show", blocks: [{ kind: "list", items: summary.notShown }] },
    ],
  };
}

function headlineOf({ verdict, summary, findings }: ExportsReport): string {
  const worst = findings.find((finding) => finding.severity !== "info");
  if (verdict === "ok") {
    return summary.staging.objects === 0
      ? "The staging server would export nothing."
      : "The staging server would do nothing that the active server would not do.";
  }
  return worst?.title ?? "";
}

/** In a page the objects of a finding have a table of their own. */
function brief(finding: Finding): Finding {
  return { ...finding, active: briefSide(finding.active), staging: briefSide(finding.staging) };
}

function briefSide(side: Json): Json {
  if (side === null || typeof side !== "object" || Array.isArray(side)) return side;
  const { objects } = side as { readonly [key: string]: Json };
  return objects === 1 ? "1 object" : `${objects} objects`;
}

function objectsSection(findings: readonly Finding[]): Section[] {
  const sections = findings.flatMap((finding) => {
    const [staging, active] = [examplesIn(finding.staging), examplesIn(finding.active)];
    const blocks: Block[] = [];
    if (staging.length > 0) blocks.push(objectsTable("On the staging server", staging));
    if (active.length > 0) blocks.push(objectsTable("On the active server", active));
    if (blocks.length === 0) return [];
    const folded = finding.severity === "info";
    return [{ id: `objects-${finding.code}`, title: finding.title, blocks, folded }];
  });
  return sections.length === 0 ? [] : [{ id: "objects", title: "Some of the objects", blocks: [], sections }];
}

function objectsTable(caption: string, examples: readonly Example[]): Block {
  return {
    kind: "table",
    caption,
    columns: [{ title: "Object" }, { title: "Known as" }, { title: "Operation" }, { title: "What changes" }],
    rows: examples.map((example) => {
      const names = [example.userPrincipalName ?? example.mail, example.sourceAnchor, example.dn];
      const known = names.filter((name) => name !== undefined && name !== spokenName(example)).join("\n");
      return [spokenName(example), known, `${example.operation} ${example.type}`, spokenChange(example).join("\n")];
    }),
  };
}

const number = (value: number): string => value.toLocaleString("en-US");
const counted = (value: number, tone: Tone = "attention"): Cell => ({
  text: number(value),
  tone: value > 0 ? tone : "muted",
});
const right = (...titles: string[]) => titles.map((title) => ({ title, align: "right" as const }));

function sidesTable({ active, staging }: ExportsSummary): Block {
  const columns = [
    { title: "Server" },
    ...right("Objects", ...pendingOperations, "transient", "already sent", "snapshots"),
  ];
  const row = (name: string, side: typeof staging) => [
    name,
    counted(side.objects, "neutral"),
    ...pendingOperations.map((operation) =>
      counted(side[operation], operation.startsWith("delete") ? "bad" : "neutral"),
    ),
    counted(side.transient, "neutral"),
    counted(side.sent),
    number(side.snapshots),
  ];
  const rows = [row("staging", staging)];
  if (active !== null) rows.unshift(row("active", active));
  return { kind: "table", caption: "Objects with a pending export", columns, rows };
}

function statesTable(summary: ExportsSummary): Block {
  return {
    kind: "table",
    caption: "The servers compared, in objects",
    columns: right(...states.map((state) => stateTitles[state]), "Transient, left out"),
    rows: [[...stateCells(summary), counted(summary.transient, "neutral")]],
  };
}

const stateCells = (counts: StateCounts): Cell[] =>
  states.map((state) => counted(counts[state], state === "both" ? "neutral" : "attention"));

function operationsTable({ operations }: ExportsSummary): Block {
  if (operations.length === 0) return { kind: "paragraph", text: "Nothing is pending on either server.", tone: "good" };
  return {
    kind: "table",
    columns: [{ title: "Operation" }, { title: "Object type" }, ...right(...states.map((state) => stateTitles[state]))],
    rows: operations.map((counts) => [counts.operation, counts.type, ...stateCells(counts)]),
  };
}

function attributesSection({ attributes }: ExportsSummary): Section {
  const telling = attributes.filter((counts) => counts.onlyStaging + counts.onlyActive + counts.differs > 0);
  const shown = telling
    .map((counts) => ({ counts, weight: counts.onlyStaging + counts.onlyActive + counts.differs }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, mostAttributeRows)
    .map(({ counts }) => [
      counts.operation,
      counts.type,
      { text: counts.attribute, code: true },
      ...stateCells(counts),
    ]);
  const blocks: Block[] = [];
  const alike = attributes.length - telling.length;
  if (shown.length > 0) {
    blocks.push({
      kind: "table",
      columns: [
        { title: "Operation" },
        { title: "Object type" },
        { title: "Attribute" },
        ...right(...states.map((state) => stateTitles[state])),
      ],
      rows: shown,
    });
  }
  if (telling.length > shown.length) {
    blocks.push({
      kind: "paragraph",
      text: `${telling.length - shown.length} more are in the JSON output.`,
      tone: "muted",
    });
  }
  if (alike > 0 || shown.length === 0) {
    blocks.push({
      kind: "paragraph",
      text: `${alike} more attributes are changed alike by both servers.`,
      tone: "muted",
    });
  }
  return { id: "attributes", title: "By attribute", blocks };
}

function thresholdsTable({ thresholds }: ExportsSummary): Block {
  return {
    kind: "facts",
    rows: riskClasses.map((name) => ({ label: name, value: thresholdText(thresholds[name]) })),
  };
}

function filesTable({ files }: ExportsSummary): Block {
  return {
    kind: "table",
    columns: [
      { title: "Server" },
      { title: "File" },
      ...right("Bytes", "Objects"),
      { title: "Encoding" },
      { title: "Read by" },
    ],
    rows: files.map((file) => [
      file.role,
      { text: file.path, code: true },
      number(file.bytes),
      number(file.objects),
      spokenEncoding(file.encoding),
      file.readBy === "scanner" ? "scanner" : "XML library",
    ]),
  };
}
