import { withoutStack } from "../../review/preview/ownWords";
import { connectionFailureOf } from "../../review/readiness/judge";
import { runFailureOf } from "../../review/recovery";
import type { Finding, Json, Verdict } from "../../review/verdict";
import { type ExitCode, exitCodeOf, exitCodes, verdictOf, worst } from "../../review/verdict";
import type { RehearsalCommands } from "./commandWords";
import type { EngineEnd } from "./engineProcess";
import type { EngineEvent } from "./events";
import { countsOf, resourcesIn, type SeenResource } from "./resources";

export type Action = "up" | "preview" | "destroy";

export interface Changes {
  readonly create: number;
  /** Taken in from Azure, where it was and the state did not hold it. */
  readonly import: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly same: number;
}

/** What `--json` prints for up, preview and destroy. */
export interface RunSummary {
  readonly action: Action;
  readonly stack: string;
  /** `killed`: the engine died; `interrupted`: it was asked to stop. */
  readonly result: "succeeded" | "failed" | "interrupted" | "killed";
  readonly changes: Changes;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly outputs: Readonly<Record<string, Json>>;
  readonly durationSeconds: number;
  /** What of the user's settings was stood in for, in plain sentences. */
  readonly notRehearsed: readonly string[];
  /** What the engine and the program said as warnings and errors. */
  readonly messages: readonly {
    readonly severity: "warning" | "error";
    readonly resource: string;
    readonly text: string;
  }[];
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly operation: string;
    readonly state: string;
  }[];
  /** The one command that goes on from here. */
  readonly next: string;
}

export interface RunFacts {
  readonly action: Action;
  readonly stack: string;
  readonly end: EngineEnd;
  readonly events: readonly EngineEvent[];
  readonly outputs: Readonly<Record<string, Json>>;
  readonly durationSeconds: number;
  readonly notRehearsed: readonly string[];
  /** `--fault`s that have not struck. */
  readonly faultsNotMet: readonly string[];
  readonly next: string;
  /** What is typed in this rehearsal. */
  readonly commands: RehearsalCommands;
  readonly lockTakenAway: boolean;
}

export function summarize(facts: RunFacts): RunSummary {
  const told = facts.events.find((event) => event.kind === "summary");
  const result = resultOf(facts);
  const resources = resourcesIn(facts.events);
  const messages = facts.events.flatMap((event) =>
    event.kind === "said" && event.severity !== "info"
      ? [{ severity: event.severity, resource: nameOf(event.urn, resources), text: event.text }]
      : [],
  );
  const outputs = facts.outputs;
  // Verdict and findings of an earlier run still stand in the outputs when this one failed.
  const isOwnWord = facts.action !== "destroy" && result === "succeeded";
  const findings = [
    ...failureFindings(facts, resources, result, messages),
    ...facts.faultsNotMet.map((fault) => faultNotMet(fault, facts.commands)),
    ...(facts.lockTakenAway ? [lockTakenAway(facts.commands)] : []),
    ...(isOwnWord ? reportedFindings(outputs.findings) : []),
  ];
  const reported: Verdict[] = facts.action === "up" && isOwnWord && isVerdict(outputs.verdict) ? [outputs.verdict] : [];
  return {
    action: facts.action,
    stack: facts.stack,
    result,
    changes: changesOf(told?.kind === "summary" ? told.changes : countsOf(resources)),
    verdict: worst([verdictOf(findings), ...reported]),
    findings,
    outputs,
    durationSeconds: facts.durationSeconds,
    notRehearsed: facts.notRehearsed,
    messages,
    resources: resources.map(({ type, name, operation, state }) => ({ type, name, operation, state })),
    next: result === "succeeded" ? "" : facts.next,
  };
}

function resultOf({ end, events }: RunFacts): RunSummary["result"] {
  if (end.code === 0) return "succeeded";
  if (end.interrupted || events.some(({ kind }) => kind === "interrupted")) return "interrupted";
  return end.code === null ? "killed" : "failed";
}

/** 0 ok, 1 review, 2 blocked or failed, 3 the settings were refused, 4 the engine did not get to an end. */
export function exitCodeFor(summary: RunSummary): ExitCode {
  if (summary.result === "killed" || summary.result === "interrupted") return exitCodes.couldNotRun;
  if (summary.result === "failed" && summary.findings.some((finding) => finding.code === "settings-refused")) {
    return exitCodes.badInput;
  }
  return exitCodeOf(summary.verdict);
}

/** The engine's events are of resources: of `getVault` and the like nothing is known here, but that they change nothing. */
function onlyReading(resources: readonly SeenResource[]): string {
  const changed = resources.some(({ custom, operation }) => custom && operation !== "same" && operation !== "read");
  return changed
    ? "What this run had changed is recorded; at most the program was reading in Azure what is there, and the engine does not tell what."
    : "Nothing was changed: the program was reading in Azure what is there (the engine does not tell what), or had not begun.";
}

function failureFindings(
  facts: RunFacts,
  resources: readonly SeenResource[],
  result: RunSummary["result"],
  messages: RunSummary["messages"],
): Finding[] {
  if (result === "succeeded") return [];
  const finding = (code: string, subject: string, title: string, cause: string): Finding => ({
    code,
    severity: "blocking",
    class: "rehearsed-run",
    subject,
    title,
    active: null,
    staging: null,
    cause,
    next: facts.next,
  });
  const running = resources
    .filter((resource) => resource.custom && resource.state === "running")
    .map((resource) => resource.name);
  if (result === "killed") {
    const inFlight =
      running.length > 0 ? `In flight: ${running.join(", ")}.` : `No resource was in flight. ${onlyReading(resources)}`;
    const left = `The engine's lock is left: with plain Pulumi every run is refused until ${facts.commands.cancel}; the next rehearsal does that by itself. ${facts.commands.recover} shows what else is left.`;
    return [
      finding(
        "engine-killed",
        "engine",
        `the engine was killed (${facts.end.signal ?? "no exit code"}).`,
        `${inFlight} ${left}`,
      ),
    ];
  }
  if (result === "interrupted") {
    const failed = resources.filter((each) => each.custom && each.state === "failed").map(({ name }) => name);
    const done = "Azure or the server may have done it all the same";
    const parts = [
      ...(running.length > 0
        ? [
            `Not waited for, so not recorded: ${running.join(", ")}. ${done}; the state has a pending entry for each: ${facts.commands.recover} shows them.`,
          ]
        : []),
      ...(failed.length > 0 ? [`Cut off: ${failed.join(", ")}. ${done}; the next ${facts.action} looks.`] : []),
    ];
    const inFlight = parts.join(" ") || `No resource was in flight. ${onlyReading(resources)}`;
    return [finding("run-interrupted", "engine", "the run was interrupted.", inFlight)];
  }
  const commands = { ...facts.commands, again: facts.next };
  const errors = messages.filter((message) => message.severity === "error" && !isEcho(message.text));
  if (errors.length === 0) {
    const said = lastLines(`${facts.end.output}\n${facts.end.errors}`);
    // The engine compares the settings with what Pulumi.yaml declares before the program runs, and says so on its own.
    if (isRefusedByEngine(said)) return [finding("settings-refused", facts.action, firstLine(said), said)];
    const failed = finding("run-failed", facts.action, `${facts.action} failed.`, said);
    const failure = runFailureOf(said, commands);
    return [failure === undefined ? failed : { ...failed, cause: `${said}\n${failure.cause}`, next: failure.next }];
  }
  return errors.map(({ resource, text }) => {
    const code = isSettingsRefusal(text, resources) ? "settings-refused" : "run-failed";
    const words = withoutStack(text);
    const refusal = scriptRefusal(words);
    const found = finding(code, resource || facts.action, refusal?.what ?? firstLine(words), refusal?.why ?? words);
    if (refusal?.next) return { ...found, next: refusal.next };
    // What the command plugin, the provider, Azure and the engine say is their own words.
    const failure = refusal === undefined ? (connectionFailureOf(words) ?? runFailureOf(words, commands)) : undefined;
    return failure === undefined ? found : { ...found, cause: `${found.cause}\n${failure.cause}`, next: failure.next };
  });
}

/** The rehearsal does it by itself; in reality nothing runs until somebody has. */
function lockTakenAway({ cancel }: RehearsalCommands): Finding {
  return {
    code: "lock-taken-away",
    severity: "info",
    class: "rehearsed-run",
    subject: "engine",
    title: "the engine of the run before this one was killed and had left its lock, which was taken away.",
    active: null,
    staging: null,
    cause: `with plain Pulumi this run would have been refused ("the stack is currently locked") until somebody types: ${cancel}`,
    next: "",
  };
}

/** A rehearsal of a fault that never struck has rehearsed nothing. */
function faultNotMet(fault: string, { show }: RehearsalCommands): Finding {
  return {
    code: "fault-not-met",
    severity: "info",
    class: "rehearsed-run",
    subject: fault,
    title: "this fault did not strike: nothing of the kind was called, or not often enough.",
    active: null,
    staging: null,
    cause: "",
    next: `${show} has every call.`,
  };
}

/** What a script of ours says when it refuses: `What:`, `Why:`, `Note:`, `Next:` lines in the error of its command. */
function scriptRefusal(text: string): { what: string; why: string; next: string } | undefined {
  const said = (word: string): string =>
    [...text.matchAll(new RegExp(`^${word}: (.*)$`, "gm"))].map((match) => match[1] ?? "").join(" ");
  const what = said("What");
  // What it quotes (a log of the wizard) and the known cause of that are reasons too.
  return what ? { what, why: [said("Why"), said("Note")].filter(Boolean).join(" "), next: said("Next") } : undefined;
}

/** The engine repeats every failure in general words at the end. */
function isEcho(text: string): boolean {
  return (
    /^(error: )?(update|preview|destroy) failed$/i.test(text.trim()) ||
    /^resource registration failed/i.test(text.trim())
  );
}

function isRefusedByEngine(text: string): boolean {
  return /missing configuration value|configuration key .* must be|Missing required configuration/i.test(text);
}

/**
 * The program refuses settings by throwing before its first resource (design promise 11), and the engine refuses by type.
 * The component itself, which nobody makes anywhere, may be registered by then.
 */
function isSettingsRefusal(text: string, resources: readonly SeenResource[]): boolean {
  if (isRefusedByEngine(text)) return true;
  return (
    /\bsettings?\b/i.test(firstLine(withoutStack(text))) &&
    resources.every(({ type, custom }) => type.startsWith("pulumi:") || !custom)
  );
}

function changesOf(counts: Readonly<Record<string, number>>): Changes {
  const count = (name: string): number => counts[name] ?? 0;
  return {
    create: count("create"),
    import: count("import"),
    update: count("update"),
    replace: count("replace"),
    delete: count("delete"),
    same: count("same"),
  };
}

function reportedFindings(value: Json | undefined): Finding[] {
  return Array.isArray(value) ? value.filter(isFinding) : [];
}

function isFinding(value: Json): value is Json & Finding {
  return (
    typeof value === "object" &&
    value !== null &&
    "severity" in value &&
    (value.severity === "info" || value.severity === "warning" || value.severity === "blocking") &&
    "title" in value &&
    typeof value.title === "string"
  );
}

function isVerdict(value: Json | undefined): value is Verdict {
  return value === "ok" || value === "review" || value === "blocked";
}

function nameOf(urn: string, resources: readonly SeenResource[]): string {
  return resources.find((resource) => resource.urn === urn)?.name ?? "";
}

/** That errors occurred, which azure-native says of what was accepted and failed, is no news. */
export function firstLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  const says = lines.find((line) => line !== "" && !/^\d+ errors? occurred:$/.test(line)) ?? "";
  return says.replace(/^error: /, "").replace(/^\* /, "");
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-12).join("\n");
}
