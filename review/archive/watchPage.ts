import { headlineOf } from "../render/headline";
import type { Cell, Page, Section } from "../render/page";
import { todoSection } from "../render/todo";
import { verdictWords } from "../render/visible";
import { judgeVersion, versionOutlook } from "../versions/versions";
import type { Health } from "./health";
import { ageText, agoText, sizeText } from "./text";
import type { ProvenChain } from "./verify";
import type { WatchResult } from "./watch";

const good = "Both servers add to the archive, and nothing that was looked at is out of order.";

const cannotShow: readonly string[] = [
  "What the passive server would export if it were promoted: entra-connect exports and ready, with fresh csexport files.",
  "Whether password hashes flow, and whether pass-through agents answer: the portal, and the alerts of the workspace.",
];

/** One page about the pair, for a pipeline's summary. */
export function watchPage({ report, sides }: WatchResult): Page {
  const { verdict, findings, summary } = report;
  const todo = todoSection(findings);
  const now = new Date(summary.made.at);
  const { tenant, changes, ready } = summary;
  const sections: Section[] = [
    { id: "findings", title: "Findings", blocks: [{ kind: "findings", findings }] },
    ...(todo === undefined ? [] : [todo]),
    ...(changes === null ? [] : [changesSection(changes)]),
    { id: "servers", title: "The two servers", blocks: [serversTable(sides, now)] },
    ...(tenant === null ? [] : [tenantSection(tenant)]),
    ...(ready === null
      ? []
      : [
          {
            id: "parts",
            title: "The pair, as entra-connect ready judges it",
            blocks: [
              {
                kind: "table" as const,
                columns: [{ title: "Part" }, { title: "Verdict" }, { title: "Blocking" }, { title: "To look at" }],
                rows: ready.parts.map(({ name, verdict: reached, blocking, warnings }) => [
                  name,
                  reached === null ? "not judged" : verdictWords[reached],
                  String(blocking),
                  String(warnings),
                ]),
              },
            ],
          },
        ]),
    {
      id: "cannot-show",
      title: "What this cannot show",
      blocks: [
        {
          kind: "list",
          items: [
            ...summary.cannotSay,
            ...(tenant === null
              ? ["What the tenant says of who exported last: nobody asked it (--graph FILE, or --graph-live)."]
              : []),
            ...cannotShow,
          ],
        },
      ],
    },
  ];
  return {
    title: `Kept ready: ${summary.active.computer} (active), ${summary.staging.computer} (passive)`,
    subtitle: summary.source,
    verdict,
    headline: headlineOf(findings, good),
    sections,
    marker: "entra-connect-watch",
    made: summary.made,
  };
}

function changesSection({ since, appeared, gone }: NonNullable<WatchResult["report"]["summary"]["changes"]>): Section {
  const none = appeared.length === 0 && gone.length === 0;
  return {
    id: "since",
    title: `Since the last watch (${since})`,
    blocks: none
      ? [{ kind: "paragraph", text: "The same findings as then." }]
      : [
          ...(appeared.length === 0
            ? []
            : [{ kind: "list" as const, items: appeared.map((title) => `New: ${title}`) }]),
          ...(gone.length === 0 ? [] : [{ kind: "list" as const, items: gone.map((title) => `No longer: ${title}`) }]),
        ],
  };
}

type Row = readonly [what: string, of: (side: ProvenChain, health: Health | null) => string | Cell];

function serversTable(sides: WatchResult["sides"], now: Date): Section["blocks"][number] {
  const on = (value: boolean | null | undefined): string => (value == null ? "not known" : value ? "on" : "off");
  const when = (at: string | null | undefined): string => at ?? "not known";
  const rows: readonly Row[] = [
    ["Chain", ({ chain }) => ({ text: chain.id, code: true })],
    ["Collections", ({ chain }) => String(chain.members.length)],
    ["Newest", ({ chain }) => `${chain.newest.collectedAt.toISOString()} (${agoText(chain.newest.collectedAt, now)})`],
    ["Size", ({ newest }) => (newest === null ? "not read" : sizeText(newest.collection.bytes))],
    ["Staging mode", (_side, health) => on(health?.staging.scheduler)],
    ["Scheduler", (_side, health) => on(health?.staging.syncCycleEnabled)],
    ["Engine", (_side, health) => health?.versions.engine ?? "not known"],
    ["Version", (_side, health) => versionText(health?.versions.engine ?? null, now)],
    ["Last import", (_side, health) => when(health?.runs.lastImportAt)],
    ["Last synchronization", (_side, health) => when(health?.runs.lastSynchronizationAt)],
    ["Last export", (_side, health) => health?.runs.lastExportAt ?? "none in its history"],
    ["Certificate ends", (_side, health) => certificateText(health?.certificateEndsAt ?? null, now)],
    [
      "Database",
      (_side, health) => {
        const { kind = null, sizeMB = null } = health?.database ?? {};
        return kind === null ? "not known" : sizeMB === null ? kind : `${kind}, ${sizeMB} MB`;
      },
    ],
    ["Automatic upgrade", (_side, health) => health?.autoUpgrade ?? "not known"],
  ];
  const healthOf = ({ newest }: ProvenChain): Health | null => newest?.collection.health ?? null;
  return {
    kind: "table",
    columns: [
      { title: "" },
      { title: sides.active.chain.newest.computer },
      { title: sides.staging.chain.newest.computer },
    ],
    rows: rows.map(([what, of]) => [
      what,
      of(sides.active, healthOf(sides.active)),
      of(sides.staging, healthOf(sides.staging)),
    ]),
  };
}

function versionText(engine: string | null, now: Date): string | Cell {
  if (engine === null || !/^\d+(\.\d+){2,3}$/u.test(engine)) return "not known";
  const judgement = judgeVersion(engine, now);
  if (judgement.kind !== "accept")
    return { text: judgement.problem, tone: judgement.kind === "refuse" ? "bad" : "attention" };
  const ahead = versionOutlook(engine, now);
  return ahead === undefined ? { text: "in order", tone: "good" } : { text: ahead.problem, tone: "attention" };
}

function certificateText(endsAt: string | null, now: Date): string {
  if (endsAt === null) return "not known";
  const left = Date.parse(endsAt) - now.getTime();
  return left < 0 ? `${endsAt} (ended)` : `${endsAt} (in ${ageText(left)})`;
}

function tenantSection(tenant: NonNullable<WatchResult["report"]["summary"]["tenant"]>): Section {
  const { organization, synchronization, audits, identities } = tenant;
  const exporters = [...new Set(audits?.exports.map(({ machine }) => machine) ?? [])];
  return {
    id: "tenant",
    title: "What the tenant says",
    blocks: [
      {
        kind: "facts",
        rows: [
          { label: "Exported last", value: synchronization?.exporter ?? "not said" },
          { label: "Last synchronization", value: organization?.lastSynchronization?.toISOString() ?? "not said" },
          {
            label: "Exports in the audit log",
            value:
              audits === null ? "not asked or not answered" : exporters.length === 0 ? "none" : exporters.join(", "),
          },
          {
            label: "Identities of synchronization servers",
            value:
              identities === null
                ? "not asked or not answered"
                : identities.found
                    .map(({ machine, enabled }) => `${machine}${enabled === false ? " (disabled)" : ""}`)
                    .join(", ") || "none",
          },
        ],
      },
    ],
  };
}
