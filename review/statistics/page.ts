import { headlineOf } from "../render/headline";
import type { Block, Cell, Page, Section, Tone } from "../render/page";
import { todoSection } from "../render/todo";
import type { ComparedConnector, ComparedValue, RunResult, Scalar, ServerSummary, StatisticsReport } from "./model";

/** The report as a page, the same for every output format. */
export function statisticsPage({ verdict, findings, summary }: StatisticsReport): Page {
  const { active, staging, tolerances, connectors, notAvailable } = summary;
  const todo = todoSection(findings);
  const sections: Section[] = [
    { id: "findings", title: "Findings", blocks: [{ kind: "findings", findings }] },
    ...(todo === undefined ? [] : [todo]),
    { id: "servers", title: "The two servers", blocks: [serverTable(active, staging)] },
    {
      id: "connectors",
      title: "Connectors",
      blocks: [
        {
          kind: "paragraph",
          text: `Counts may differ by ${tolerances.percent} % or ${tolerances.objects}, whichever is more.`,
        },
      ],
      sections: connectors.map(connectorSection),
    },
  ];
  if (notAvailable.length > 0)
    sections.push({
      id: "not-available",
      title: "Not available",
      blocks: [
        {
          kind: "table",
          columns: [{ title: "What" }, { title: "Active" }, { title: "Staging" }],
          rows: notAvailable.map((entry) => [entry.name, entry.active ?? "collected", entry.staging ?? "collected"]),
        },
      ],
    });
  return {
    title: "Statistics of the active and the staging server",
    subtitle: `Active: ${active.computerName}, ${active.collectedAt}. Staging: ${staging.computerName}, ${staging.collectedAt}.`,
    verdict,
    headline: headlineOf(findings, "Both servers count alike, within the tolerances."),
    sections,
    made: summary.made,
  };
}

function serverTable(active: ServerSummary, staging: ServerSummary): Block {
  const row = (label: string, of: (server: ServerSummary) => Scalar): readonly string[] => [
    label,
    shown(of(active)),
    shown(of(staging)),
  ];
  return {
    kind: "table",
    columns: [{ title: "" }, { title: "Active" }, { title: "Staging" }],
    rows: [
      row("Computer", (server) => server.computerName),
      row("Collected", (server) => server.collectedAt),
      row("Archive", (server) => server.source),
      row("Staging mode", (server) => server.stagingMode),
      row("Engine", (server) => server.engineVersion),
      row("Wizard", (server) => server.wizardVersion),
      row("Scheduler enabled", (server) => server.syncCycleEnabled),
      row("Scheduler suspended", (server) => server.schedulerSuspended),
      row("Next start (UTC)", (server) => server.nextStartsAt),
    ],
  };
}

function connectorSection(connector: ComparedConnector, index: number): Section {
  const blocks: Block[] = [
    connector.objectTypes.length > 0
      ? valueTable("Objects in the connector space, by type", connector.objectTypes)
      : { kind: "paragraph", text: "Object counts by type: not available.", tone: "muted" },
    connector.figures.length > 0
      ? valueTable("Statistics, under the names that the cmdlets give", connector.figures)
      : { kind: "paragraph", text: "Statistics of the connector: not available.", tone: "muted" },
    connector.runs.length > 0
      ? {
          kind: "table",
          caption: "The newest run of each run profile",
          columns: [{ title: "Run profile" }, { title: "Active" }, { title: "Staging" }],
          rows: connector.runs.map((run) => [run.profile, runText(run.active), runText(run.staging)]),
        }
      : { kind: "paragraph", text: "Run results: not available.", tone: "muted" },
  ];
  return {
    id: `connector-${index + 1}`,
    title: connector.on === "both" ? connector.name : `${connector.name} (only on the ${connector.on} server)`,
    blocks,
  };
}

const stateWords: Record<ComparedValue["state"], readonly [string, Tone]> = {
  same: ["same", "muted"],
  tolerated: ["within tolerance", "good"],
  differs: ["differs", "attention"],
  "one-sided": ["not compared", "muted"],
};

function valueTable(caption: string, values: readonly ComparedValue[]): Block {
  return {
    kind: "table",
    caption,
    columns: [
      { title: "Name" },
      { title: "Active", align: "right" },
      { title: "Staging", align: "right" },
      { title: "Difference", align: "right" },
      { title: "State" },
    ],
    rows: values.map(({ name, active, staging, state }): readonly (string | Cell)[] => [
      name,
      shown(active),
      shown(staging),
      typeof active === "number" && typeof staging === "number" ? signed(staging - active) : "",
      { text: stateWords[state][0], tone: stateWords[state][1] },
    ]),
  };
}

function signed(difference: number): string {
  return difference > 0 ? `+${difference}` : String(difference);
}

function shown(value: Scalar): string {
  return value === null ? "not available" : typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

function runText(run: RunResult | null): Cell {
  if (run === null) return { text: "none in the history", tone: "muted" };
  return { text: `${run.result || "no result"}${run.endedAt === null ? "" : `, ended ${run.endedAt}`}` };
}
