import type { ServerWorld } from "../../rehearsal/windows/serverWorld";
import type { CallLogEntry } from "../../rehearsal/world/contract";
import { ownRuns } from "../support/pairOfServers";

/** What of a machine's inside shows that it exported. */
export interface SeenServer extends Pick<ServerWorld, "violations"> {
  readonly adsync?: {
    readonly runHistory: readonly { readonly runProfileName: string; readonly byScheduler?: true }[];
  };
}

export interface Happened {
  /** The whole log of the world, its start included. */
  readonly calls: readonly CallLogEntry[];
  /** How many of them had happened before the run that is judged. */
  readonly before: number;
  /** Every machine there is or was. */
  readonly servers: readonly { readonly name: string; readonly state: SeenServer }[];
  /** Beginnings of names in Azure that nothing may write to or delete in this scenario. */
  readonly untouched: readonly string[];
}

const recoveryPoints = /^DELETE Microsoft\.RecoveryServices\//i;
const writing = /^(PUT|DELETE) \S+ (.+)$/;
const done = /^20[0-4]\b/;

/** What was done that a promise of design.md's section 4 rules out, at any moment; empty where nothing was. */
export function brokenPromises({ calls, before, servers, untouched }: Happened): readonly string[] {
  const broken: string[] = [];
  for (const { name, state } of servers) {
    for (const { what } of state.violations) broken.push(`promise 1: on ${name}: ${what}`);
    // What the scheduler of an active server does by itself is no doing of ours; in staging mode it does not export.
    const exported = ownRuns(state).find(({ runProfileName }) => /export/i.test(runProfileName));
    if (exported) broken.push(`promise 1: ${name} ran ${exported.runProfileName}`);
  }
  calls.forEach(({ action, target, result }, index) => {
    if (index < before) return;
    if (action === "machine deleted" && !wasRetired(target, calls.slice(0, index)))
      broken.push(`promise 2: the machine ${target} was deleted, and its guard had not passed`);
    if (recoveryPoints.test(action) && done.test(result)) broken.push(`promise 4: ${action}`);
    const name = writing.exec(action)?.[2];
    if (name !== undefined && done.test(result) && untouched.some((beginning) => name.startsWith(beginning)))
      broken.push(`promise 3: ${action}, which nothing may touch here`);
  });
  return [...new Set(broken)];
}

/** Its guard's script ended well on this very machine: none was started under its name since. */
function wasRetired(machine: string, calls: readonly CallLogEntry[]): boolean {
  const born = calls.findLastIndex(
    ({ action, target, result }) => action === "machine started" && target === machine && result.startsWith("new"),
  );
  return calls
    .slice(born + 1)
    .some(({ action, target, result }) => action === "exec retire" && target === machine && /exit 0$/.test(result));
}
