import { type Finding, identified, type Report, type Severity, type Tool, verdictOf } from "../verdict";
import { nameOf, type PendingOperation, type ReadableState } from "./checkpoint";
import { type Candidate, chooseBackup, namesOf } from "./choose";
import type { Observed, SeenLock, Step } from "./observed";
import { looksAt, meaningOf } from "./pendingTable";

export interface RecoverySummary {
  readonly project: string;
  readonly stack: string;
  readonly backend: Observed["backend"];
  readonly locks: readonly SeenLock[];
  /** The state as it is; `resources` is null where it cannot be read. */
  readonly state: {
    readonly file: string;
    readonly writtenAt: string | null;
    readonly resources: number | null;
    readonly problem: string | null;
  };
  /** Older states, the newest first as they were found. */
  readonly backups: readonly {
    readonly file: string;
    readonly origin: string;
    readonly writtenAt: string | null;
    readonly resources: number | null;
    readonly pending: number | null;
  }[];
  readonly pending: readonly {
    readonly operation: string;
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** What may have happened. */
    readonly may: string;
    /** What the next `up` does with it. */
    readonly up: string;
  }[];
  /** What `--yes` does, in this order. */
  readonly steps: readonly Step[];
  /** What this run of `recover` did, in plain sentences. */
  readonly done: readonly string[];
  /** The one command to go on with. */
  readonly next: string;
}

export type RecoveryReport = Report<RecoverySummary>;

/** Decides what is the matter with a stack and what may be done about it. Reads nothing and does nothing. */
export function planRecovery(observed: Observed, done: readonly string[] = []): RecoveryReport {
  const { backend, locks, state, commands } = observed;
  const held = locks.filter(({ holder }) => holder !== "dead");
  const dead = locks.filter(({ holder }) => holder === "dead");
  const { reading } = state;
  const restore = reading.kind === "unreadable" && reading.mayBeWhole !== true ? chooseBackup(observed) : undefined;
  const standing = state.reading.kind === "state" ? state.reading : restore?.state;
  // Beside somebody who works, or may work, on the state nothing is touched.
  const steps = held.length > 0 ? [] : stepsOf(observed, dead, restore, standing);
  const findings = identified([
    ...held.map((lock) => heldLock(lock, observed)),
    ...dead.map((lock) => deadLock(lock, observed)),
    ...stateFindings(observed, restore),
    ...pendingFindings(observed, standing, steps),
    ...halfMade(standing, observed),
    ...toBeDeleted(standing),
    ...(backend.kind === "file" ? [] : [notSeen(observed)]),
  ]);
  const verdict = verdictOf(findings);
  return {
    verdict,
    findings,
    summary: {
      project: observed.project,
      stack: observed.stack,
      backend,
      locks,
      state: { file: state.file, ...stateLine(state.reading) },
      backups: observed.backups.map(({ file, origin, reading }) => ({
        file,
        origin,
        writtenAt: reading.kind === "state" ? reading.writtenAt : null,
        resources: reading.kind === "state" ? reading.resources.length : null,
        pending: reading.kind === "state" ? reading.pending.length : null,
      })),
      pending: (standing?.pending ?? []).map((each) => ({ ...each, name: nameOf(each.urn), ...meaningOf(each) })),
      steps,
      done,
      next: steps.length > 0 ? `${commands.recover} --yes` : verdict === "blocked" ? commands.recover : commands.up,
    },
  };
}

function stateLine(reading: Observed["state"]["reading"]) {
  return reading.kind === "state"
    ? { writtenAt: reading.writtenAt, resources: reading.resources.length, problem: null }
    : { writtenAt: null, resources: null, problem: reading.reason };
}

function stepsOf(
  observed: Observed,
  dead: readonly SeenLock[],
  restore: Candidate | undefined,
  standing: ReadableState | undefined,
): readonly Step[] {
  const { state, cutSideFile } = observed;
  const creating = (standing?.pending ?? []).filter(({ operation }) => operation === "creating");
  const root = rootOf(standing);
  const unsure = beingDeleted(standing);
  return [
    ...dead.map((lock): Step => ({ kind: "remove-lock", lock })),
    ...(cutSideFile === undefined ? [] : [{ kind: "set-aside", file: cutSideFile } as const]),
    ...(restore === undefined ? [] : [{ kind: "restore", file: state.file, from: restore.backup.file } as const]),
    ...(creating.length === 0 || root === undefined
      ? []
      : [{ kind: "clear-pending", root, urns: creating.map(({ urn }) => urn) } as const]),
    ...(unsure.length === 0 ? [] : [{ kind: "look", urns: unsure } as const]),
  ];
}

/**
 * What may be gone while the state holds it: where it is to stay after all, `up` would find nothing to do. Not a machine, of which
 * `up` itself asks Azure and says what is to be done; not what is half made, since a refresh forgets that it is.
 */
function beingDeleted(state: ReadableState | undefined): readonly string[] {
  const whole = new Set(state?.resources.filter(({ halfMade }) => !halfMade).map(({ urn }) => urn));
  return [...new Set((state?.pending ?? []).filter(looksAt).map(({ urn }) => urn))].filter((urn) => whole.has(urn));
}

function rootOf(state: ReadableState | undefined): string | undefined {
  return state?.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.urn;
}

interface Said {
  readonly subject: string;
  readonly title: string;
  readonly cause: string;
  readonly next: string;
  readonly tool?: Tool;
}

function finding(code: string, severity: Severity, { tool = "command", ...said }: Said): Finding {
  return { code, severity, class: "recovery", active: null, staging: null, ...said, tool };
}

const whoHolds = ({ user, host, pid, since }: SeenLock): string =>
  [
    user === undefined ? "somebody" : user,
    host === undefined ? "" : ` at ${host}`,
    pid === undefined ? "" : `, process ${pid}`,
    since === undefined ? "" : `, since ${since}`,
  ].join("");

function heldLock(lock: SeenLock, { stack, commands }: Observed): Finding {
  const why: Record<Exclude<SeenLock["holder"], "dead">, string> = {
    alive: `process ${lock.pid} runs on this machine`,
    elsewhere:
      "whether that process still runs cannot be seen from here: another machine, or another user's (a container, WSL)",
    unreadable: "the lock file cannot be read, so it does not tell whose it is",
  };
  return finding("locked", "blocking", {
    subject: stack,
    title: `the stack is locked by ${whoHolds(lock)}; nothing is touched beside it.`,
    cause: `${lock.holder === "dead" ? "" : why[lock.holder]} (${lock.file})`,
    next: `Wait for that run, or ask who started it. Only where it is surely over (${lock.pid === undefined ? "no pulumi runs there" : `process ${lock.pid} is gone, or is no pulumi`}): ${commands.cancel}, then ${commands.recover}`,
    tool: "other",
  });
}

function deadLock(lock: SeenLock, { stack, commands }: Observed): Finding {
  return finding("dead-lock", "warning", {
    subject: stack,
    title: `the lock of a run that is dead is left: ${whoHolds(lock)}.`,
    cause: `process ${lock.pid} no longer runs on this machine; every up, refresh and destroy is refused until the lock is gone (${lock.file})`,
    next: `${commands.recover} --yes takes exactly this lock away (by hand: ${commands.cancel})`,
  });
}

function stateFindings({ state, cutSideFile, backups, stack, backend, commands }: Observed, restore?: Candidate) {
  const found: Finding[] = [];
  if (cutSideFile !== undefined)
    found.push(
      finding("side-file-cut", "warning", {
        subject: stack,
        title:
          "a side file of the state is cut, and Pulumi cannot read the state because of it (`failed to load checkpoint: EOF`).",
        cause: `${cutSideFile} is written by truncation, so an engine that is killed meanwhile leaves it empty. The state itself is another file`,
        next: `${commands.recover} --yes puts it aside; \`?metadata=skip\` behind the address of the backend keeps Pulumi from writing it`,
      }),
    );
  if (state.reading.kind === "state") return found;
  const problem = `the state cannot be read: ${state.reading.reason}.`;
  if (state.reading.mayBeWhole === true) {
    const [newest] = backups.filter(({ reading }) => reading.kind === "state");
    const older =
      newest === undefined
        ? ""
        : ` Only where it is surely lost: keep what is there, copy ${newest.file} to ${state.file}, then ${commands.recover}`;
    found.push(
      finding("state-not-read", "blocking", {
        subject: stack,
        title: problem,
        cause: `${state.file}; that does not say that it is damaged, so no older state is put in its place`,
        next: `\`pulumi stack ls --all\` says whether the stack is there under this name (it may have been renamed or removed), \`pulumi stack export --stack ${stack}\` whether pulumi can read it: then nothing is to be settled here, ${commands.up}.${older}`,
        tool: "other",
      }),
    );
    return found;
  }
  if (restore === undefined) {
    const where: Record<Observed["backend"]["kind"], string> = {
      file: 'Look for a copy of it (a backup of this disk). Without one: the page docs/after-an-interruption.md, "The state is lost"',
      storage: `The bucket has what was there before the last save beside it (the same name with .bak), and older ones under .pulumi/backups and .pulumi/history: copy the newest that can be read over it, then ${commands.recover}`,
      cloud: `Pulumi Cloud keeps every version: \`pulumi stack export --version N --file state.json --stack ${stack}\`, look at it, \`pulumi stack import --file state.json --stack ${stack}\``,
    };
    found.push(
      finding("state-unreadable", "blocking", {
        subject: stack,
        title: problem,
        cause:
          backend.kind === "file"
            ? `${state.file}; ${backups.length === 0 ? "no older state lies beside it" : `none of ${backups.length} older states can be read either`}`
            : state.file,
        next: where[backend.kind],
        tool: "other",
      }),
    );
    return found;
  }
  const { backup, state: older, forgotten } = restore;
  found.push(
    finding("state-unreadable", "warning", {
      subject: stack,
      title: `${problem} The newest that can is of ${older.writtenAt ?? "an unknown time"}, with ${count(older.resources.length, "resource")}.`,
      cause: `${state.file} (${state.reading.bytes} bytes, names ${count(state.reading.named.length, "resource")}); ${backup.file} (${backup.origin}). ${forgetting(forgotten)}`,
      next: `${commands.recover} --yes keeps the cut file beside it and puts the older state in its place; then ${commands.up} takes up what Azure has and the state does not. No destroy before that: it would ask no guard of a machine that the older state does not know`,
    }),
  );
  return found;
}

function forgetting(forgotten: readonly string[]): string {
  return forgotten.length === 0
    ? "Nothing that is still to be read in the cut one would be forgotten"
    : `Would be forgotten, as the cut one still names it: ${namesOf(forgotten)}`;
}

function pendingFindings({ commands, stack }: Observed, state: ReadableState | undefined, steps: readonly Step[]) {
  const cleared = steps.some(({ kind }) => kind === "clear-pending");
  const out = "takes the entry out of the state";
  const next = cleared
    ? `${commands.recover} --yes ${out}, which the next up alone would not do`
    : rootOf(state) === undefined
      ? `Once nobody holds the stack: \`pulumi refresh --clear-pending-creates --stack ${stack}\` ${out}`
      : `Once nobody holds the stack: ${commands.recover} --yes ${out}`;
  const looks = `${commands.recover} --yes asks Azure, so that an up after which it is to stay makes it again`;
  const unsure = new Set(beingDeleted(state));
  return (state?.pending ?? []).map((each): Finding => {
    const { may, up } = meaningOf(each);
    const creating = each.operation === "creating";
    const deleting = each.operation === "deleting" && unsure.has(each.urn);
    return finding(`pending-${each.operation}`, creating || deleting ? "warning" : "info", {
      subject: nameOf(each.urn),
      title: `a run ended while ${verbOf(each)} ${nameOf(each.urn)} (${each.type}).`,
      cause: `${may}. The next up ${up}`,
      next: creating ? next : deleting ? looks : "",
    });
  });
}

const verbOf = ({ operation }: PendingOperation): string => (operation === "" ? "working on" : operation);

function halfMade(state: ReadableState | undefined, { commands }: Observed): readonly Finding[] {
  return (state?.resources ?? [])
    .filter(({ halfMade }) => halfMade)
    .map(({ urn, type }) =>
      finding("half-made", "info", {
        subject: nameOf(urn),
        title: `${nameOf(urn)} (${type}) was accepted by Azure and then failed; it is in the state.`,
        cause: `${commands.up} makes it right by an update. A refresh before that would forget that it failed`,
        next: "",
      }),
    );
}

function toBeDeleted(state: ReadableState | undefined): readonly Finding[] {
  return (state?.resources ?? [])
    .filter((each) => each.toBeDeleted)
    .map(({ urn, type }) =>
      finding("to-be-deleted", "info", {
        subject: nameOf(urn),
        title: `the replaced original of ${nameOf(urn)} (${type}) is still to be deleted.`,
        cause: "each up tries it again, at its end",
        next: "",
      }),
    );
}

function notSeen({ backend, commands, stack }: Observed): Finding {
  return finding("not-seen", "info", {
    subject: stack,
    title: `who holds the stack cannot be seen from here: its state is in ${backend.kind === "cloud" ? "Pulumi Cloud" : "a bucket"} (${backend.url}).`,
    cause: `pulumi says it itself: an up that meets a lock is refused, with ${backend.kind === "cloud" ? "the update that is in progress" : "user, host and process"}`,
    next: `Where that run is surely over: ${commands.cancel}`,
  });
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;
