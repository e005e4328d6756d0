import { deletesSection, exportsPage } from "../exports/judging/page";
import { headlineOf } from "../render/headline";
import type { Cell, Page, Section, Tone } from "../render/page";
import { todoSection } from "../render/todo";
import { verdictWords } from "../render/visible";
import type { Verdict } from "../verdict";
import type { ReadyPart, ReadyResult } from "./ready";

const good = "Nothing that was looked at stands against a promotion.";

/** What no evidence of files can answer; asked of people and of the tenant. */
const notJudged: readonly string[] = [
  "Who exports now: Microsoft Graph (directory/onPremisesSynchronization, currentExportData) says it independently of both servers.",
  "Password hashes: whether the backlog of the passive server is small, and that the feature is on in the tenant.",
  "Pass-through authentication agents: they do not follow staging mode; at least one other must be active if the old server goes.",
  "Certificates and permissions of the connector accounts.",
  "That the other server is put into staging mode first. Demote, then promote: never two active servers.",
];

/** One page: may this server be promoted? */
export function readyPage({ report, exports }: ReadyResult): Page {
  const { verdict, findings, summary } = report;
  const todo = todoSection(findings);
  const name = (side: { readonly source: string; readonly server: string | null }) => side.server ?? side.source;
  const sections: Section[] = [
    {
      id: "findings",
      title: "Findings",
      blocks: [
        {
          kind: "findings",
          // Their objects and rules are in the report of each part; here a short value is enough.
          findings: findings.map((finding) => ({
            ...finding,
            active: brief(finding.active),
            staging: brief(finding.staging),
          })),
        },
      ],
    },
    ...(todo === undefined ? [] : [todo]),
    { id: "parts", title: "What was judged", blocks: [partsTable(summary.parts)] },
    ...exports
      .flatMap(({ report: { summary: counts } }) => deletesSection(counts))
      .map((section, index) => ({ ...section, id: `${section.id}-${index + 1}` })),
    ...exports.map(({ given, report: each }, index) => exportsSection(given.connector, exportsPage(each), index + 1)),
    { id: "not-judged", title: "What this cannot show", blocks: [{ kind: "list", items: notJudged }] },
  ];
  return {
    title: `May ${name(summary.staging)} be promoted?`,
    subtitle: `Active: ${name(summary.active)}. Staging: ${name(summary.staging)}.`,
    verdict,
    headline: headlineOf(findings, good),
    sections,
    made: summary.made,
  };
}

function brief(side: ReadyResult["report"]["findings"][number]["active"]): typeof side {
  if (side === null || typeof side !== "object" || Array.isArray(side)) return side;
  const { objects } = side as { readonly objects?: unknown };
  return typeof objects === "number" ? (objects === 1 ? "1 object" : `${objects} objects`) : side;
}

const ofExports: ReadonlySet<string> = new Set(["objects", "counts", "operations", "attributes"]);

/** What the findings about one connector speak of: folded, to look things up. */
function exportsSection(connector: string, page: Page, number: number): Section {
  const apart = (section: Section): Section => ({
    ...section,
    id: `exports-${number}-${section.id}`,
    sections: section.sections?.map(apart),
  });
  return {
    id: `exports-${number}`,
    title: `Exports of ${connector}`,
    blocks: [{ kind: "paragraph", text: page.headline ?? "" }],
    sections: page.sections.filter(({ id }) => ofExports.has(id)).map(apart),
    folded: true,
  };
}

const tones: Record<Verdict, Tone> = { ok: "good", review: "attention", blocked: "bad" };

function partsTable(parts: readonly ReadyPart[]): Section["blocks"][number] {
  return {
    kind: "table",
    columns: [
      { title: "Part" },
      { title: "Verdict" },
      { title: "Blocking", align: "right" },
      { title: "To look at", align: "right" },
      { title: "Accepted", align: "right" },
    ],
    rows: parts.map(({ name, verdict, blocking, warnings, accepted }): readonly (string | Cell)[] => [
      name,
      verdict === null
        ? { text: "not judged", tone: "attention" }
        : { text: verdictWords[verdict], tone: tones[verdict] },
      String(blocking),
      String(warnings),
      String(accepted),
    ]),
  };
}
