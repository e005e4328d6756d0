import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import {
  type Commands,
  type Observed,
  planRecovery,
  type RecoveryReport,
  readCheckpoint,
  runFailureOf,
  type Step,
  unfetched,
} from "../../review/recovery";
import { BadInput, CouldNotRun } from "../../review/verdict";
import { backupsOf, cutSideFileOf, folderOf, readStateFile, stackFiles } from "./fileBackend";
import { locksIn, seenLock } from "./locks";

/** One stack and the way to ask Pulumi about it. */
export interface StackPlace {
  readonly project: string;
  /** Its short name, as files carry it. */
  readonly stack: string;
  /** As pulumi is asked for it; default the short name. */
  readonly named?: string;
  readonly backendUrl: string;
  /** Folder from which a relative backend is understood. */
  readonly folder: string;
  readonly commands: Commands;
  pulumi(
    args: readonly string[],
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** What pulumi says of a state that it has and cannot read; everything else (no network, no sign-in) says nothing of the state. */
const isDamage = /failed to load checkpoint|unexpected end of JSON input|snapshot integrity failure/;

/** Looks at a stack; changes nothing. Of a file backend the files are read: they tell what pulumi does not. */
export async function observeStack(place: StackPlace): Promise<Observed> {
  const { project, stack, backendUrl, commands } = place;
  const common = { project, stack, commands };
  const folder = folderOf(backendUrl, place.folder);
  if (folder !== undefined) {
    const files = stackFiles(folder, project, stack);
    const reading = readStateFile(files.state);
    const backups = backupsOf(files);
    if (!existsSync(files.state) && backups.length === 0)
      throw new BadInput(
        `there is no stack ${stack} of project ${project} in ${backendUrl} (${files.state} is not there, nor an older state of it). pulumi stack ls lists those that are.`,
      );
    const cut = backendUrl.includes("metadata=skip") ? undefined : cutSideFileOf(files.state);
    return {
      ...common,
      backend: { kind: "file", url: backendUrl },
      locks: locksIn(files.locks),
      state: { file: files.state, reading },
      ...(cut === undefined ? {} : { cutSideFile: cut }),
      backups,
    };
  }
  const exported = await place.pulumi(["stack", "export", "--stack", place.named ?? stack]);
  if (exported.code !== 0 && !isDamage.test(exported.stderr)) {
    const said = lastWords(exported);
    if (/no stack named/.test(said))
      throw new BadInput(`there is no stack ${place.named ?? stack} in ${backendUrl}: ${said}`);
    throw new CouldNotRun(
      `pulumi stack export did not give the state of ${stack}: ${said}\n${runFailureOf(said, { ...commands, again: commands.recover })?.next ?? "Nothing was done. Once it does, the same command again."}`,
    );
  }
  return {
    ...common,
    backend: { kind: /^https?:/.test(backendUrl) ? "cloud" : "storage", url: backendUrl },
    locks: [],
    state: {
      file: `pulumi stack export --stack ${stack}`,
      reading: exported.code === 0 ? readCheckpoint(exported.stdout) : unfetched(lastWords(exported)),
    },
    backups: [],
  };
}

/**
 * Shows what an interrupted run left or, told to, does what may be done about it: never beside somebody who works on the stack,
 * and never `up`.
 */
export async function recoverStack(place: StackPlace, yes: boolean): Promise<RecoveryReport> {
  const done: string[] = [];
  let observed = await observeStack(place);
  let plan = planRecovery(observed);
  if (!yes) return plan;
  // What a restored state has pending shows only afterwards, and is planned then.
  for (let round = 0; plan.summary.steps.length > 0 && round < 2; round++) {
    for (const step of plan.summary.steps) done.push(await performed(step, { place, observed, done }));
    observed = await observeStack(place);
    plan = planRecovery(observed, done);
  }
  return plan;
}

/** Does one step and says so; throws CouldNotRun, with what was done before, where it does not come about. */
async function performed(
  step: Step,
  {
    place,
    observed,
    done,
  }: { readonly place: StackPlace; readonly observed: Observed; readonly done: readonly string[] },
): Promise<string> {
  try {
    return await perform(step, place, observed);
  } catch (error) {
    const before = done.length === 0 ? "Nothing was done before." : `Done before: ${done.join("; ")}.`;
    throw new CouldNotRun(
      `${error instanceof Error ? error.message : String(error)}\n${before} Look again: ${place.commands.recover}`,
    );
  }
}

async function perform(step: Step, place: StackPlace, { state }: Observed): Promise<string> {
  switch (step.kind) {
    case "remove-lock":
      return removeLock(step);
    case "set-aside": {
      refuseBesideSomebody(place);
      const kept = keptName(step.file);
      renameSync(step.file, kept);
      return `the cut side file is kept as ${kept}`;
    }
    case "restore":
      refuseBesideSomebody(place);
      return restore(step.file, step.from);
    case "clear-pending":
      return clearPending(step, place, state.file);
    case "look":
      return look(step, place);
  }
}

/** Somebody may have begun since the locks were looked at: files that an engine works on are not touched. */
function refuseBesideSomebody({ backendUrl, folder, project, stack }: StackPlace): void {
  const backend = folderOf(backendUrl, folder);
  if (backend === undefined) return;
  const held = locksIn(stackFiles(backend, project, stack).locks).find(({ holder }) => holder !== "dead");
  if (held !== undefined) throw new CouldNotRun(`somebody holds the stack by now (${held.file}).`);
}

function removeLock({ lock }: Extract<Step, { kind: "remove-lock" }>): string {
  // Somebody may have cancelled and begun anew meanwhile: only the very lock that was judged goes.
  const now = existsSync(lock.file) ? seenLock(lock.file) : undefined;
  if (now === undefined) return `the lock of process ${lock.pid} was gone already`;
  if (now.holder !== "dead" || now.pid !== lock.pid || now.since !== lock.since)
    throw new CouldNotRun(`the lock ${lock.file} is another one by now, and was left alone.`);
  rmSync(lock.file);
  return `the lock of the dead process ${lock.pid} is gone`;
}

/** The cut file stays, and there is no moment without a state: what takes its place is written beside it first. */
async function restore(file: string, from: string): Promise<string> {
  if (readStateFile(file).kind === "state")
    throw new CouldNotRun(`the state ${file} can be read by now, and was left alone.`);
  const there = existsSync(file);
  const kept = keptName(file);
  if (there) copyFileSync(file, kept);
  const side = `${file}.attrs`;
  if (existsSync(side)) renameSync(side, keptName(side));
  const beside = `${file}.restoring`;
  copyFileSync(from, beside);
  const handle = await open(beside, "r+");
  await handle.sync();
  await handle.close();
  await rename(beside, file);
  if (hashOf(file) !== hashOf(from)) throw new CouldNotRun(`${file} is not what ${from} is; the cut state is ${kept}.`);
  return `${from} is in the place of the state${there ? `; the cut one is kept as ${kept}` : ""}`;
}

/**
 * `refresh` with the stack itself as its only target: it takes the pending creations out and asks no provider, so that nothing
 * else is changed; a whole refresh would forget which resources are half made (facts: pulumi-engine.md 2). It takes the other
 * pending operations out too, as every run does: what was being deleted is looked at afterwards.
 */
async function clearPending(
  { root, urns }: Extract<Step, { kind: "clear-pending" }>,
  place: StackPlace,
  file: string,
): Promise<string> {
  const words = [
    "refresh",
    "--yes",
    "--skip-preview",
    "--clear-pending-creates",
    "--target",
    root,
    "--stack",
    place.named ?? place.stack,
  ];
  const ended = await place.pulumi(words);
  if (ended.code !== 0)
    throw new CouldNotRun(`pulumi could not take the pending entries out of ${file}: ${lastWords(ended)}`);
  return `${urns.length} pending ${urns.length === 1 ? "entry is" : "entries are"} out of the state (pulumi refresh --clear-pending-creates of the stack itself)`;
}

/** A refresh of exactly those: nothing else is asked or changed. */
async function look({ urns }: Extract<Step, { kind: "look" }>, place: StackPlace): Promise<string> {
  const targets = urns.flatMap((urn) => ["--target", urn]);
  const words = ["refresh", "--yes", "--skip-preview", ...targets, "--stack", place.named ?? place.stack];
  const ended = await place.pulumi(words);
  const what = `${urns.length} ${urns.length === 1 ? "resource that was" : "resources that were"} being deleted`;
  if (ended.code !== 0)
    throw new CouldNotRun(
      `Azure could not be asked about ${what}: ${lastWords(ended)}\nWhere the deletion is to go on, nothing else is needed: the command that was interrupted, again. Where they are to stay: ${place.commands.refresh}, then ${place.commands.up}.`,
    );
  const { state } = await observeStack(place);
  const left = state.reading.kind === "state" ? new Set(state.reading.resources.map(({ urn }) => urn)) : undefined;
  const gone = urns.filter((urn) => left?.has(urn) === false);
  if (gone.length === urns.length) return `${what}: gone, and out of the state`;
  return `${what}: ${gone.length} gone, and out of the state; Azure has the others`;
}

function keptName(file: string): string {
  const free = (name: string): string => (existsSync(name) ? free(`${name}-`) : name);
  return free(`${file}.cut-${new Date().toISOString().replace(/[-:]|\.[0-9]+/g, "")}`);
}

function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function lastWords({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  const said = `${stderr.trim() || stdout.trim()}`.split("\n");
  return said.slice(-6).join("\n").trim() || "it said nothing";
}
