import { type Finding, type Report, verdictOf, worstFirst } from "../verdict";
import {
  type Here,
  type Holder,
  holderOf,
  type Lock,
  type ReadableState,
  type ReadState,
  type StateEntry,
} from "./checkpoint";
import { failuresIn } from "./failures";
import { meaningOf, sortPending } from "./pending";
import type { Typed } from "./typed";

/** A copy of the state that Pulumi keeps beside it. */
export interface StateCopy {
  readonly path: string;
  readonly state: ReadState;
}

/** What is known of one stack; read before anything is done. */
export interface StackFacts {
  readonly stack: string;
  /** Shown to people, without secrets. */
  readonly backend: string;
  /** Only of a file backend this machine can read locks and files. */
  readonly local: boolean;
  /** Undefined where the state could not even be asked for. */
  readonly state: ReadState | undefined;
  /** Its file; "" where there is none. */
  readonly path: string;
  readonly locks: readonly Lock[];
  /** Lock files whose content is no lock. */
  readonly unreadLocks: readonly string[];
  /** Empty side files (`.attrs`), which make a sound state unreadable. */
  readonly emptySideFiles: readonly string[];
  readonly copies: readonly StateCopy[];
  /** How the state could not be had, in the engine's words; "" where it could. */
  readonly said: string;
}

export type Step =
  | { readonly kind: "clearLock"; readonly locks: readonly Lock[] }
  | { readonly kind: "sideFiles"; readonly paths: readonly string[] }
  | { readonly kind: "restore"; readonly from: string; readonly path: string }
  | { readonly kind: "settle"; readonly entries: number };

export interface RecoverSummary {
  readonly stack: string;
  readonly backend: string;
  readonly locks: readonly (Lock & { readonly holder: Holder })[];
  /** Names and types alone. */
  readonly inFlight: readonly {
    readonly name: string;
    readonly type: string;
    readonly operation: string;
    readonly may: string;
    readonly up: string;
  }[];
  readonly state: {
    readonly readable: boolean;
    readonly resources: number;
    readonly writtenAt: string;
    readonly path: string;
  };
  /** The copy that would take its place; null where none is needed. */
  readonly restore: {
    readonly path: string;
    readonly resources: number;
    readonly writtenAt: string;
    /** Names that can be made out in the cut file and are not in the copy. */
    readonly forgotten: readonly string[];
  } | null;
  readonly copies: readonly {
    readonly path: string;
    readonly readable: boolean;
    readonly resources: number;
    readonly writtenAt: string;
  }[];
  readonly steps: readonly Step["kind"][];
}

export interface RecoverPlan extends Report<RecoverSummary> {
  readonly steps: readonly Step[];
}

/** @param log what the failed run printed, where it is at hand */
export function planRecovery(facts: StackFacts, here: Here, { command, up }: Typed, log = ""): RecoverPlan {
  const findings: Finding[] = failuresIn(log, { command, up }).map((told) =>
    finding("said-by-the-run", "info", "log", told),
  );
  const steps: Step[] = [];
  const held = facts.locks.map((lock) => ({ ...lock, holder: holderOf(lock, here) }));
  const blocking = held.filter(({ holder }) => holder !== "dead");
  findings.push(
    ...held.map((lock) => lockFinding(facts, lock, here, command)),
    ...facts.unreadLocks.map((path) => unreadLock(facts, path)),
  );
  const isHeld = blocking.length > 0 || facts.unreadLocks.length > 0;
  if (!isHeld && held.length > 0) steps.push({ kind: "clearLock", locks: facts.locks });

  let restore: RecoverSummary["restore"] = null;
  let state = facts.state;
  if (facts.emptySideFiles.length > 0) {
    findings.push(sideFiles(facts, command));
    if (!isHeld) steps.push({ kind: "sideFiles", paths: facts.emptySideFiles });
  }
  if (state?.kind === "unreadable") {
    const newest = newestOf(facts.copies);
    if (!facts.local || newest === undefined) findings.push(noCopy(facts, state.why));
    else {
      const urns = new Set(newest.state.resources.map(({ urn }) => urn));
      const forgotten = state.urns.filter((urn) => !urns.has(urn)).map(nameOf);
      restore = {
        path: newest.path,
        resources: newest.state.resources.length,
        writtenAt: newest.state.writtenAt,
        forgotten,
      };
      findings.push(cutState(facts, state.why, restore, command));
      if (!isHeld) steps.push({ kind: "restore", from: newest.path, path: facts.path });
      state = newest.state;
    }
  }
  if (facts.state === undefined && facts.emptySideFiles.length === 0) findings.push(noState(facts));
  const inFlight =
    state?.kind === "readable" ? pendingFindings(facts, state, command, steps, isHeld) : { findings: [], told: [] };
  findings.push(...inFlight.findings);
  if (!facts.local) findings.push(lockElsewhere(facts));
  if (findings.every(({ severity }) => severity === "info")) findings.push(goOn(facts, up));
  return {
    verdict: verdictOf(findings),
    findings: worstFirst(findings),
    steps,
    summary: {
      stack: facts.stack,
      backend: facts.backend,
      locks: held,
      inFlight: inFlight.told,
      state: {
        readable: facts.state?.kind === "readable",
        resources: facts.state?.kind === "readable" ? facts.state.resources.length : 0,
        writtenAt: facts.state?.kind === "readable" ? facts.state.writtenAt : "",
        path: facts.path,
      },
      restore,
      copies: facts.copies.map(({ path, state: copy }) => ({
        path,
        readable: copy.kind === "readable",
        resources: copy.kind === "readable" ? copy.resources.length : 0,
        writtenAt: copy.kind === "readable" ? copy.writtenAt : "",
      })),
      steps: steps.map(({ kind }) => kind),
    },
  };
}

/** The newest that can be read, by what it says of itself; of two equal ones the first. */
function newestOf(copies: readonly StateCopy[]): { readonly path: string; readonly state: ReadableState } | undefined {
  let best: { readonly path: string; readonly state: ReadableState } | undefined;
  for (const { path, state } of copies) {
    if (state.kind !== "readable" || state.resources.length === 0) continue;
    if (best === undefined || Date.parse(state.writtenAt) > Date.parse(best.state.writtenAt)) best = { path, state };
  }
  return best;
}

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");
const short = ({ type, name }: StateEntry): string => `${type.split(":").at(-1)} ${name}`;

function finding(
  code: string,
  severity: Finding["severity"],
  subject: string,
  words: Pick<Finding, "title" | "cause" | "next">,
): Finding {
  return { code, severity, class: "recover", subject, active: null, staging: null, tool: "command", ...words };
}

const cancel = ({ stack }: StackFacts): string => `pulumi cancel --stack ${stack}`;

function lockFinding(
  facts: StackFacts,
  lock: Lock & { readonly holder: Holder },
  here: Here,
  command: string,
): Finding {
  const who = `process ${lock.pid} of ${lock.user || "somebody"} on ${lock.host}, since ${lock.since}`;
  switch (lock.holder) {
    case "dead":
      return finding("lock-of-a-dead-engine", "warning", facts.stack, {
        title: `the stack is locked by an engine that is gone: ${who}`,
        cause: lock.path,
        next: `${command} --yes, which runs: ${cancel(facts)}`,
      });
    case "alive":
      return finding("lock-of-a-running-engine", "blocking", facts.stack, {
        title: `the stack is in use: ${who} runs on this machine`,
        cause: `${lock.path}. Two engines at once destroy the state, so nothing is done here.`,
        next: `wait for it, or end it with one Ctrl-C (not two: the second does not wait for what is in flight). Is ${lock.pid} no Pulumi at all (ps -p ${lock.pid}; after a restart numbers come back): ${cancel(facts)}, then ${command}`,
      });
    case "elsewhere":
      return finding("lock-of-another-machine", "blocking", facts.stack, {
        title: `the stack is in use, or was: ${who}; this machine is ${here.host}`,
        cause: `${lock.path}. Whether a process of another machine still runs cannot be seen from here.`,
        next: `look there (ps -p ${lock.pid}); a pipeline's agent that was thrown away runs nothing any more. Once it is certainly gone: ${cancel(facts)}, then ${command}`,
      });
  }
}

function unreadLock(facts: StackFacts, path: string): Finding {
  return finding("lock-unreadable", "blocking", facts.stack, {
    title: "a lock cannot be read, so it is not known who holds the stack",
    cause: path,
    next: `make sure that nobody runs Pulumi on this stack, then ${cancel(facts)}`,
  });
}

function sideFiles(facts: StackFacts, command: string): Finding {
  return finding("side-file-empty", "blocking", facts.stack, {
    title:
      "the state cannot be read because of a file beside it that a killed engine left empty; the state itself is not touched by that",
    cause: facts.emptySideFiles.join(", "),
    next: `${command} --yes moves it aside. To keep it from coming back: ?metadata=skip at the end of the backend's address (pulumi login "file://…?metadata=skip")`,
  });
}

function cutState(
  facts: StackFacts,
  why: string,
  restore: NonNullable<RecoverSummary["restore"]>,
  command: string,
): Finding {
  const { forgotten } = restore;
  const lost =
    forgotten.length === 0
      ? "Nothing can be made out in the cut file that the copy does not hold; the last step before the cut may be missing."
      : `In the cut file and not in the copy: ${forgotten.join(", ")}.`;
  return finding("state-cut", "blocking", facts.stack, {
    title: `the state cannot be read: ${why}. The newest copy is of ${restore.writtenAt || "an unknown time"}, with ${restore.resources} resources`,
    cause: `${facts.path}. ${lost} What of ours it forgets is in Azure still, and up takes it up by its tag; steps on a server run again and look first.`,
    next: `${command} --yes puts ${restore.path} in its place and keeps the cut file beside it`,
  });
}

function noCopy(facts: StackFacts, why: string): Finding {
  return finding("state-lost", "blocking", facts.stack, {
    title: `the state cannot be read (${why}), and ${facts.local ? "no copy of it can be read here" : "this backend's files are not touched from here"}`,
    cause: facts.said || facts.path,
    next: facts.local
      ? "restore the file from your own backup (docs/after-an-interruption.md, A lost state). Do not run up on an empty stack in its place, and do not delete anything in Azure"
      : "an earlier version of it: pulumi stack history and pulumi stack export --version N (Pulumi Cloud), or the versions that your storage keeps; then pulumi stack import",
  });
}

function noState(facts: StackFacts): Finding {
  return finding("state-not-read", "blocking", facts.stack, {
    title: "the state could not be read",
    cause: facts.said || "pulumi stack export said nothing",
    next: `see that pulumi stack export --stack ${facts.stack} works here: the right folder, login and passphrase`,
  });
}

function pendingFindings(
  facts: StackFacts,
  state: ReadableState,
  command: string,
  steps: Step[],
  isHeld: boolean,
): { readonly findings: readonly Finding[]; readonly told: RecoverSummary["inFlight"] } {
  const { outlived, found, strangers, goesOn } = sortPending(state);
  const told = state.pending.map((each) => ({
    name: each.name,
    type: each.type,
    operation: each.operation,
    ...meaningOf(each.operation),
  }));
  const findings: Finding[] = [];
  const names = (entries: readonly StateEntry[]): string => entries.map(short).join(", ");
  const ours = [...outlived, ...found];
  // Taking any out takes all out: what others still have to look for would be forgotten.
  const settles = ours.length > 0 && strangers.length === 0;
  if (settles && !isHeld) steps.push({ kind: "settle", entries: state.pending.length });
  if (found.length > 0)
    findings.push(
      finding("create-in-flight", "warning", facts.stack, {
        title: `while these were made the run was cut off, and Azure may have them: ${names(found)}`,
        cause: `${meaningOf("creating").may}. pulumi up ${meaningOf("creating").up}`,
        next: settles
          ? `${command} --yes takes the entries out of the state (pulumi stack export, then import of the same; Azure is not touched), then pulumi up. Without it up goes on too, and warns of them for ever`
          : "pulumi up; the entries stay as long as others have to be looked for",
      }),
    );
  if (outlived.length > 0)
    findings.push(
      finding("entry-outlived", "warning", facts.stack, {
        title: `entries of a run that was cut off, of what the state has by now: ${names(outlived)}`,
        cause: "the engine takes an entry of a create never out by itself, and warns of it at every up",
        next: settles ? `${command} --yes takes them out` : "they stay as long as others have to be looked for",
      }),
    );
  if (strangers.length > 0)
    findings.push(
      finding("stranger-in-flight", "blocking", facts.stack, {
        title: `resources of your own program that may be there, and that up would make a second time or be refused: ${names(strangers)}`,
        cause:
          "up takes up only what is of this library; these entries are the only trace of the others, so they are left where they are",
        next: `look for each. Is it there: pulumi import TYPE NAME ID (with --parent for a component's child), never a machine of ours; then pulumi refresh --clear-pending-creates --stack ${facts.stack}, and pulumi up`,
      }),
    );
  if (goesOn.length > 0)
    findings.push(
      finding("goes-on", "info", facts.stack, {
        title: `in flight when the run was cut off, and gone on with by the next up: ${goesOn.map((each) => `${each.operation} ${short(each)}`).join(", ")}`,
        cause: [
          ...new Set(
            goesOn.map(({ operation }) => `${operation}: ${meaningOf(operation).may}; up ${meaningOf(operation).up}`),
          ),
        ].join(". "),
        next: "",
      }),
    );
  return { findings, told };
}

function lockElsewhere(facts: StackFacts): Finding {
  return finding("lock-not-seen", "info", facts.stack, {
    title: "who holds the stack cannot be seen in this backend from here",
    cause: facts.backend,
    next: `does up say that the stack is locked (with process, machine and time, or "another update is currently in progress"): make sure that that run is over, then ${cancel(facts)}`,
  });
}

function goOn(facts: StackFacts, up: string): Finding {
  return finding("goes-on-by-up", "info", facts.stack, {
    title: "nothing is in the way of the next run",
    cause: "no lock of a dead engine, no entry of a create that was cut off, and a state that can be read",
    next: up,
  });
}
