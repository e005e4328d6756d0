import { headlineOf } from "../../render/headline";
import type { Block, Cell, Page, Section, Tone } from "../../render/page";
import { todoSection } from "../../render/todo";
import { describeValue } from "../../render/visible";
import type { Finding, Json } from "../../verdict";
import { type StateCounts, states } from "../comparing/comparison";
import { pendingOperations } from "../reading/change";
import { spokenEncoding } from "../reading/encoding";
import { type Example, examplesIn, spokenChange, spokenName } from "./example";
import type { ExportsReport, ExportsSummary } from "./report";
import { spokenKind } from "./risk";
import { classMeaning, riskClasses, thresholdText } from "./thresholds";
import { classWording } from "./wording";

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
  const { summary, findings } = report;
  const todo = todoSection(findings);
  return {
    title: `Pending exports of ${summary.connector ?? "a connector (not named in the files)"}`,
    subtitle: `Target: ${spokenKind[summary.connectorKind]}`,
    verdict: report.verdict,
    headline: headlineOf(findings, goodHeadline(summary)),
    sections: [
      { id: "findings", title: "Findings", blocks: [{ kind: "findings", findings: findings.map(brief) }] },
      ...(todo === undefined ? [] : [todo]),
      ...deletesSection(summary),
      ...objectsSection(findings),
      { id: "counts", title: "What each server would do", blocks: [sidesTable(summary), statesTable(summary)] },
      { id: "operations", title: "By operation and object type", blocks: [operationsTable(summary)] },
      attributesSection(summary),
      { id: "thresholds", title: "Thresholds used", blocks: [thresholdsTable(summary)], folded: true },
      { id: "files", title: "Files read", blocks: [filesTable(summary)], folded: true },
      { id: "not-shown", title: "What these files cannot show", blocks: [{ kind: "list", items: summary.notShown }] },
    ],
    made: summary.made,
  };
}

const goodHeadline = ({ staging }: ExportsSummary): string =>
  staging.objects === 0
    ? "The staging server would export nothing."
    : "The staging server would do nothing that the active server would not do.";

/** In a page the objects of a finding have a table of their own. */
function brief(finding: Finding): Finding {
  const named = examplesIn(finding.staging).length + examplesIn(finding.active).length > 0;
  return {
    ...finding,
    active: briefSide(finding.active),
    staging: briefSide(finding.staging),
    ...(named && { section: sectionOf(finding) }),
  };
}

const sectionOf = (finding: Finding): string => `objects-${finding.code}`;

function briefSide(side: Json): Json {
  if (side === null || typeof side !== "object" || Array.isArray(side)) return side;
  const { objects, byType, byOperation } = side as { readonly [key: string]: Json };
  if (typeof objects !== "number" || byType === undefined) return side;
  const counted = objects === 1 ? "1 object" : `${objects} objects`;
  return `${counted} (${describeValue(byType)}; ${describeValue(byOperation ?? null)})`;
}

/** Units shown as bars; the others are one bar. */
const mostPlaces = 15;

export function deletesSection({ deletePlaces, connector }: ExportsSummary): Section[] {
  if (deletePlaces.length === 0) return [];
  const types = [...new Set(deletePlaces.flatMap(({ byType }) => Object.keys(byType)))].sort();
  const valuesOf = (byType: Readonly<Record<string, number>>) => types.map((type) => byType[type] ?? 0);
  const rows = deletePlaces
    .slice(0, mostPlaces)
    .map(({ place, byType }) => ({ label: place, values: valuesOf(byType) }));
  const others = deletePlaces.slice(mostPlaces);
  if (others.length > 0)
    rows.push({
      label: `${others.length} other organizational units`,
      values: types.map((type) => others.reduce((sum, { byType }) => sum + (byType[type] ?? 0), 0)),
    });
  return [
    {
      id: "deletes-by-place",
      title: "Whom the staging server alone would delete",
      blocks: [
        {
          kind: "bars",
          caption: `${connector ?? "Connector"}: deletes by organizational unit and object type`,
          what: "Organizational unit",
          parts: types,
          rows,
        },
      ],
    },
  ];
}

function objectsSection(findings: readonly Finding[]): Section[] {
  const sections = findings.flatMap((finding) => {
    const [staging, active] = [examplesIn(finding.staging), examplesIn(finding.active)];
    if (staging.length + active.length === 0) return [];
    const objects = objectsIn(staging.length > 0 ? finding.staging : finding.active);
    const shown = Math.max(staging.length, active.length);
    const how = shown < objects ? `${shown} of ${objects}, the riskiest first` : `all ${objects}`;
    const blocks: Block[] =
      finding.code === "different-values"
        ? [differencesTable(how, staging, active)]
        : [objectsTable(how, staging.length > 0 ? staging : active)];
    const wording = Object.values(classWording).find(({ code }) => code === finding.code);
    const title = wording?.title ?? stateHeadings[finding.code] ?? finding.title;
    return [{ id: sectionOf(finding), title: `${title}: ${how}`, blocks, folded: finding.severity === "info" }];
  });
  return sections.length === 0 ? [] : [{ id: "objects", title: "Some of the objects", blocks: [], sections }];
}

const stateHeadings: Readonly<Record<string, string>> = {
  "different-values": "Changed differently by the two servers",
  "only-active": "Changed by the active server only",
  "exports-already-sent": "Already sent",
  "changes-not-in-file": "Changes that are not in the file",
  "names-not-unique": "Objects that share a name",
  "operations-contradict": "Operations that contradict each other",
  "export-errors-known": "Exports that fail on the active server",
};

function objectsIn(side: Json): number {
  const { objects } = (side ?? {}) as { readonly objects?: Json };
  return typeof objects === "number" ? objects : 0;
}

function objectsTable(caption: string, examples: readonly Example[]): Block {
  return {
    kind: "table",
    caption,
    columns: [{ title: "Object" }, { title: "Known as" }, { title: "Operation" }, { title: "What changes" }],
    rows: examples.map((example) => [
      spokenName(example),
      knownAs(example),
      `${example.operation} ${example.type}`,
      spokenChange(example).join("\n"),
    ]),
  };
}

function knownAs(example: Example): string {
  const { userPrincipalName, mail, sourceAnchor, dn, onPremisesDistinguishedName } = example;
  const names = [userPrincipalName ?? mail, onPremisesDistinguishedName, sourceAnchor, dn];
  return names.filter((name) => name !== undefined && name !== spokenName(example)).join("\n");
}

/** One line an attribute, with what each server would write. */
function differencesTable(caption: string, staging: readonly Example[], active: readonly Example[]): Block {
  const there = new Map(active.map((example) => [example.dn.toLowerCase(), example]));
  return {
    kind: "table",
    caption,
    columns: [{ title: "Object" }, { title: "Attribute" }, { title: "Active" }, { title: "Staging" }],
    rows: staging.flatMap((example) => {
      const other = there.get(example.dn.toLowerCase());
      const [ours, theirs] = [valuesOf(example), other === undefined ? new Map<string, string>() : valuesOf(other)];
      return [...new Set([...ours.keys(), ...theirs.keys()])]
        .filter((name) => ours.get(name) !== theirs.get(name))
        .map((name, index) => [
          index === 0 ? spokenName(example) : "",
          name,
          theirs.get(name) ?? "(not changed)",
          ours.get(name) ?? "(not changed)",
        ]);
    }),
  };
}

function valuesOf(example: Example): Map<string, string> {
  const values = new Map<string, string>([["(operation)", example.operation]]);
  if (example.newDn !== undefined) values.set("(name)", example.newDn);
  for (const { name, operation, values: texts, more } of example.attributes)
    values.set(name, `${operation} ${texts.join(", ")}${more === undefined ? "" : `, and ${more} more`}`.trim());
  return values;
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
    rows: riskClasses.map((name) => ({
      label: name,
      value: `${thresholdText(thresholds[name])}: ${classMeaning[name].replaceAll("`", "")}`,
    })),
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
