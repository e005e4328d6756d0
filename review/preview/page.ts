import { headlineOf } from "../render/headline";
import type { Block, Cell, Page, Section, Tone } from "../render/page";
import { todoSection } from "../render/todo";
import type { Finding } from "../verdict";
import type { Fate, Happening } from "./fates";
import type { PreviewReport, PreviewSummary, ResourceLine } from "./judge";
import { shortType } from "./resourceKinds";
import { counted, fromTo, listed } from "./wording";

/** What no preview shows, whatever reads it. */
const notShown: readonly string[] = [
  "What a server does when it is asked: the guard's answer, the wizard, the result of a command.",
  "What Azure refuses only when it is asked: quotas, policies of the tenant, sizes that a zone does not have.",
  "That the content of a secret changes, where the provider does not say so: both sides read [secret].",
  "What somebody changed beside Pulumi since the last run (pulumi preview --refresh shows it).",
];

/** One page in the order in which a person reads it: verdict, servers, hazards, what to do, and only then details. */
export function previewPage({ verdict, findings, summary }: PreviewReport): Page {
  const todo = todoSection(findings);
  return {
    title: `What this change does to ${summary.stack === "" ? "the stack" : summary.stack}`,
    subtitle: subtitleOf(summary),
    verdict,
    headline: headline(findings, summary),
    marker: markerOf(summary),
    sections: [
      ...(summary.form === "none" ? [] : [serversSection(summary.servers)]),
      {
        id: "findings",
        title: "Hazards",
        blocks: [findings.length === 0 ? paragraph("None.") : { kind: "findings", findings }],
      },
      ...(todo === undefined ? [] : [todo]),
      ...pictureSection(summary),
      ...resourcesSection(summary),
      ...noiseSection(summary),
      ...messagesSection(summary),
      {
        id: "not-shown",
        title: "What a preview cannot show",
        blocks: [list([...summary.notes, ...notShown])],
        folded: "everywhere",
      },
    ],
  };
}

/** The same for every preview of one stack: a pipeline finds its comment by it. */
export const markerOf = ({ project, stack }: PreviewSummary): string =>
  `entra-connect preview: ${[project, stack].filter((part) => part !== "").join("/") || "unknown"}`;

const paragraph = (text: string): Block => ({ kind: "paragraph", text });
const list = (items: readonly string[]): Block => ({ kind: "list", items });

const actionWords: readonly (readonly [string, string])[] = [
  ["create", "to create"],
  ["import", "to import"],
  ["update", "to update"],
  ["replace", "to replace"],
  ["delete", "to delete"],
  ["forget", "to forget"],
  ["refresh", "to read again"],
  ["read", "read"],
  ["nothing", "unchanged"],
];

function subtitleOf({ counts, project, form }: PreviewSummary): string {
  if (form === "none") return "";
  const known = actionWords.flatMap(([action, words]) => (counts[action] ? [`${counts[action]} ${words}`] : []));
  const unknown = Object.entries(counts).filter(([action]) => !actionWords.some(([word]) => word === action));
  const all = [...known, ...unknown.map(([action, count]) => `${count} "${action}"`)];
  return `${project === "" ? "" : `Project ${project}. `}${all.length === 0 ? "No resources" : all.join(", ")}.`;
}

function headline(findings: readonly Finding[], { counts, noise, resources, failure, form }: PreviewSummary): string {
  if (failure !== null) {
    const [first = ""] = failure.split("\n").filter((line) => line.trim() !== "");
    const more = findings.filter(({ severity, code }) => severity !== "info" && code !== "preview-failed").length;
    const seen = form === "none" || more === 0 ? "" : ` ${counted(more, "hazard")} seen before that.`;
    return `There is no whole preview: ${first.trim()}${seen}`;
  }
  const creations = (counts.create ?? 0) > 0 && resources.every(({ operation }) => operation === "create");
  const good = creations
    ? `${counted(counts.create ?? 0, "resource")} to create; nothing that is there is touched.`
    : resources.length > 0
      ? "Nothing that is done needs a second look."
      : noise.length > 0
        ? `Only noise: ${listed(noise.map(({ title, resources: names }) => `${title} (${names.length})`))}.`
        : "Nothing changes.";
  return headlineOf(findings, good);
}

const tones: Readonly<Record<Happening, Tone>> = {
  nothing: "muted",
  "state only": "muted",
  asked: "neutral",
  "in place": "neutral",
  restart: "attention",
  built: "good",
  "built beside": "good",
  retired: "attention",
  replaced: "bad",
  "deleted unasked": "bad",
  "guard runs": "bad",
  forgotten: "attention",
};

function serversSection(servers: readonly Fate[]): Section {
  const section = { id: "servers", title: "What happens to each server" };
  if (servers.length === 0) return { ...section, blocks: [paragraph("There is no server in this preview.")] };
  return {
    ...section,
    blocks: [
      {
        kind: "table",
        columns: [{ title: "Server" }, { title: "Role" }, { title: "What happens" }],
        rows: servers.map(({ server, role, sentence, happening }): readonly (string | Cell)[] => [
          server,
          role,
          { text: sentence, tone: tones[happening] },
        ]),
      },
    ],
  };
}

function pictureSection({ picture }: PreviewSummary): readonly Section[] {
  if (picture.length === 0) return [];
  const caption = "Servers, network and backup, before and after";
  const block: Block = { kind: "beforeAfter", caption, before: "Before", after: "After", rows: picture };
  return [{ id: "picture", title: "Before and after", onlyHtml: true, blocks: [block] }];
}

const mostResources = 300;
const mostProperties = 12;

function resourcesSection({ resources }: PreviewSummary): readonly Section[] {
  if (resources.length === 0) return [];
  const shown = resources.slice(0, mostResources);
  const left = resources.length - shown.length;
  return [
    {
      id: "resources",
      title: `Details by resource (${resources.length})`,
      folded: "everywhere",
      blocks: [
        {
          kind: "table",
          columns: [{ title: "Resource" }, { title: "Operation" }, { title: "What differs" }],
          rows: shown.map((line) => [
            `${shortType(line.type)} ${line.name}`,
            operationText(line),
            propertiesText(line),
          ]),
        },
        ...(left > 0 ? [paragraph(`${counted(left, "more resource")} not shown here; the JSON report has all.`)] : []),
      ],
    },
  ];
}

const operationText = ({ operation, retained }: ResourceLine): string =>
  retained ? `${operation} (retained)` : operation;

function propertiesText({ properties, reason, operation }: ResourceLine): string {
  const meant = properties.filter(({ noise }) => noise === undefined);
  const shown = meant.slice(0, mostProperties).map((each) => `${each.path}: ${fromTo(each)}`);
  const noise = properties.length - meant.length;
  return [
    ...shown,
    ...(meant.length > shown.length ? [`and ${meant.length - shown.length} more`] : []),
    ...(noise > 0 ? [`noise: ${counted(noise, "property", "properties")}`] : []),
    // Of an update it is the same paths again.
    ...(reason === "" || (operation === "update" && shown.length > 0) ? [] : [reason]),
  ].join("\n");
}

function noiseSection({ noise }: PreviewSummary): readonly Section[] {
  if (noise.length === 0) return [];
  const count = new Set(noise.flatMap(({ resources }) => resources)).size;
  return [
    {
      id: "noise",
      title: `Noise (${counted(count, "resource")})`,
      folded: "everywhere",
      blocks: [list(noise.map(({ title, resources }) => `${title}: ${listed(resources, 20)}`))],
    },
  ];
}

function messagesSection({ messages }: PreviewSummary): readonly Section[] {
  const told = messages.filter(({ severity }) => severity !== "info");
  if (told.length === 0) return [];
  return [
    {
      id: "messages",
      title: `What the engine and the program said (${told.length})`,
      folded: "everywhere",
      blocks: [list(told.map(({ severity, text }) => `${severity}: ${text}`))],
    },
  ];
}
