import { headlineOf } from "../../render/headline";
import type { Block, Cell, Page, Section, Tone } from "../../render/page";
import { todoSection } from "../../render/todo";
import type { Look } from "../conclude";
import { fenceWays } from "../fences";
import { type Exporter, fenceKinds, type Reading, type SwitchState } from "../model";
import { type Entry, momentText } from "../record/entry";
import { stateTable } from "../states";
import { fencedReturn } from "./steps";

/** What no evidence of files can answer, and what this command never does. */
const notShown: readonly string[] = [
  "The moment between evidence and click: what somebody changes on a server after it was collected is seen by the next call, not by this one.",
  "A server's clock that is fast by less than its evidence is old: it makes the evidence look younger.",
  "A third server that the tenant was not asked about.",
  "A second record of the same pair somewhere else: there has to be one, in a place that everybody shares.",
  "Password hashes: how large the backlog is, and that the feature is on in the server's own configuration.",
  "Pass-through authentication agents: they do not follow staging mode; at least one other must be active if the old server goes.",
  "Nothing here changes a server: a person does it, in the wizard.",
];

/** The run book: what was done, where it stands, the one next step, the way back. */
export function runBookPage(look: Look): Page {
  const { report, decision, situation, earlier, entry } = look;
  const { verdict, findings, summary } = report;
  const { from, to } = situation;
  const todo = todoSection(findings);
  const sections: Section[] = [
    nextSection(look),
    { id: "stands", title: "Where it stands", blocks: [standsFacts(look), courseTable(decision.state)] },
    evidenceSection(look),
    ...(look.proof === null ? [] : [proofSection(look.proof.lines)]),
    {
      id: "back",
      title: "How to go back from here",
      blocks: [{ kind: "list", items: summary.wayBack }],
    },
    { id: "findings", title: "Findings", blocks: [{ kind: "findings", findings }] },
    ...(todo === undefined ? [] : [todo]),
    { id: "record", title: "The record so far", blocks: [recordTable([...earlier, entry])] },
    ...fenceSections(look),
    { id: "not-shown", title: "What this cannot show", blocks: [{ kind: "list", items: notShown }] },
  ];
  return {
    title: `Role switch: ${from} → ${to}`,
    subtitle: `Entry ${entry.number} of the record, ${momentText(situation.now)}. To be demoted: ${from}. To be promoted: ${to}.`,
    verdict,
    headline: `${capital(decision.state)}. ${headlineOf(findings, stateTable[decision.state].means)}`,
    sections,
    made: { at: entry.at, by: entry.made, inputs: entry.inputs },
  };
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function nextSection({ report: { summary }, decision }: Look): Section {
  const { next } = summary;
  const { permission } = decision;
  const blocks: Block[] = [{ kind: "paragraph", text: next.title, tone: permission === null ? "attention" : "good" }];
  if (permission !== null)
    blocks.push({
      kind: "paragraph",
      text: `Allowed until ${momentText(permission.until)}: then the evidence behind it is too old. Once, by one person.`,
      tone: "attention",
    });
  if (next.lines.length > 0) blocks.push({ kind: "list", items: next.lines, start: 1 });
  return { id: "next", title: "The one next step", blocks };
}

function standsFacts({ decision, report: { summary } }: Look): Block {
  const row = stateTable[decision.state];
  return {
    kind: "facts",
    rows: [
      { label: "State", value: capital(decision.state) },
      { label: "It means", value: row.means },
      { label: "It rests on", value: row.evidence },
      { label: "What would change it", value: row.changes },
      { label: "Newest entry of the record", value: `${summary.record.entries}` },
    ],
  };
}

/** The way of a switch, in the order of its steps; where it stands now. */
const course: readonly (readonly [SwitchState | readonly SwitchState[], string])[] = [
  [["unknown", "not ready"], "Make the pair ready: evidence, checks, exports"],
  ["ready to demote", "Demote the active server"],
  [["nobody exports", "cloud sync active"], "Nobody exports: look at both again"],
  [["ready to promote", "fenced"], "Promote the passive server"],
  ["promoted, unproven", "Prove that it exports, alone"],
  ["done", "Change the declared roles in the settings"],
];

function courseTable(state: SwitchState): Block {
  const at = course.findIndex(([states]) => states === state || states.includes(state));
  const word = (index: number): Cell => {
    if (at < 0) return { text: "first stop one of them", tone: "bad" };
    if (index < at) return { text: "done", tone: "good" };
    return index === at ? { text: "now", tone: "attention" } : { text: "to come", tone: "muted" };
  };
  return {
    kind: "table",
    columns: [{ title: "Step" }, { title: "" }],
    rows: course.map(([, what], index) => [`${index + 1}. ${what}`, word(index)]),
  };
}

function evidenceSection({ situation }: Look): Section {
  const { source, target, from, to, fencedAt, tenant, now } = situation;
  const age = (at: number): string => `${Math.max(0, Math.round((now - at) / 60_000))} min old`;
  const row = (name: string, place: string, reading: Reading | null): readonly (string | Cell)[] => {
    if (reading === null) return [name, place, { text: "not read", tone: "attention" }, "", ""];
    const tone: Tone = reading.role === "staging" || reading.role === "active" ? "neutral" : "bad";
    const role = {
      active: "active",
      staging: "passive (staging mode)",
      contradicts: "contradictory",
      unknown: "not read",
    };
    return [
      reading.machine || "not stated",
      place,
      { text: role[reading.role], tone },
      reading.running ? { text: "in progress", tone: "attention" } : "none",
      reading.at === null ? { text: "undated", tone: "bad" } : `${momentText(reading.at)}, ${age(reading.at)}`,
    ];
  };
  const others: string[] = [
    fencedAt === undefined ? "No fence is proven." : `${from} is fenced, proven to ${momentText(fencedAt)}.`,
    tenant === null
      ? "The tenant was not asked."
      : `The tenant (asked ${momentText(tenant.at)}) has traces of exports by ${tenant.exporters.map(traceOf).join(", ") || "nobody"}.`,
  ];
  return {
    id: "evidence",
    title: "The evidence for it",
    blocks: [
      {
        kind: "table",
        columns: [
          { title: "Server" },
          { title: "In this switch" },
          { title: "Role" },
          { title: "Run" },
          { title: "Collected" },
        ],
        rows: [row(from, "to be demoted", source), row(to, "to be promoted", target)],
      },
      { kind: "list", items: others },
    ],
  };
}

const traceOf = ({ machine, at, by }: Exporter): string =>
  by === "directoryAudits" ? `${machine} (audit log, ${momentText(at)})` : `${machine} (the last to export)`;

function proofSection(lines: readonly { asks: string; says: string; detail: string }[]): Section {
  const tones: Readonly<Record<string, Tone>> = {
    yes: "good",
    no: "bad",
    "not yet": "attention",
    "not asked": "muted",
  };
  return {
    id: "proof",
    title: "That exactly one exports, the strongest evidence first",
    blocks: [
      {
        kind: "table",
        columns: [{ title: "Question" }, { title: "Answer" }, { title: "Evidence" }],
        rows: lines.map(({ asks, says, detail }) => [asks, { text: says, tone: tones[says] ?? "neutral" }, detail]),
      },
    ],
  };
}

function recordTable(entries: readonly Entry[]): Block {
  return {
    kind: "table",
    caption: "Each line holds the hash of the one before",
    columns: [
      { title: "No." },
      { title: "When" },
      { title: "Who" },
      { title: "State" },
      { title: "Allowed" },
      { title: "Gone past" },
      { title: "Hash" },
    ],
    rows: entries.map(({ number, seen, by, decision, overrides, hash }) => [
      String(number),
      momentText(seen.now),
      `${by.name ?? by.account} (${by.account} on ${by.host})`,
      `${decision.state}${seen.turned ? `, turned: ${seen.from} → ${seen.to}` : ""}`,
      decision.permission === null
        ? "nothing"
        : `${decision.permission.step} ${decision.permission.machine} until ${momentText(decision.permission.until)}`,
      overrides.map(({ code, by: name, reason }) => `${code} (${name}: ${reason})`).join("; ") || "nothing",
      { text: hash.slice(0, 16), code: true },
    ]),
  };
}

/** Only where a server is dead or comes back: the three fences, and what becomes of a fenced one. */
function fenceSections({ decision, situation }: Look): readonly Section[] {
  const needed = decision.broken.includes("source-not-read") || decision.broken.includes("another-exporter");
  const fenced = situation.fencedAt !== undefined;
  if (!needed && !fenced && decision.state !== "two active") return [];
  return [
    {
      id: "fences",
      title: "Fences: how a server is kept from exporting, and how that is proven",
      blocks: fenceKinds.map((kind): Block => {
        const { title, how, proof, limits, undo } = fenceWays[kind];
        return {
          kind: "facts",
          rows: [
            { label: "Fence", value: title },
            { label: "How", value: how },
            { label: "Proof", value: proof },
            { label: "Limits", value: limits },
            { label: "Undoing it", value: undo },
          ],
        };
      }),
    },
    ...(fenced
      ? [
          {
            id: "fenced-return",
            title: "What becomes of a fenced server",
            blocks: [{ kind: "list" as const, items: fencedReturn }],
          },
        ]
      : []),
  ];
}
