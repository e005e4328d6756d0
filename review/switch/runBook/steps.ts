import { stagingModePages } from "../../pair/wizardPages";
import type { Finding } from "../../verdict";
import { fenceWays } from "../fences";
import type { Course, Decision, Permission, Seen } from "../model";
import { momentText } from "../record/entry";
import { allowedSince } from "../rules";
import { stateTable } from "../states";

export interface NextStep {
  /** One sentence: what is done now. */
  readonly title: string;
  /** In this order. */
  readonly lines: readonly string[];
}

const pages = (machine: string, staging: boolean): readonly string[] =>
  stagingModePages(machine, staging).map(([title, lines]) => `${title}: ${lines.join(" ")}`);

const look =
  "Run scripts/collect.ps1 on both servers, bring the archives here, and call `entra-connect switch` again with the same --record.";
const flag = (machine: string, value: "True" | "False"): string =>
  `On ${machine}, in Windows PowerShell: Import-Module ADSync; (Get-ADSyncScheduler).StagingModeEnabled must say ${value}.`;

/** The one next step, with the pages of the wizard where it is one. */
export function nextStep(
  { state, permission }: Decision,
  { from, to, target, source }: Seen,
  course: Course,
  findings: readonly Finding[],
): NextStep {
  if (permission !== null)
    return permission.step === "demote" ? demotion(permission) : promotion(permission, from, state === "fenced");
  const blocking = findings.filter(({ severity, next }) => severity === "blocking" && next !== "");
  switch (state) {
    case "two active":
      return twoActive(
        target?.role === "active" && !allowedSince(course, to) ? to : from,
        from,
        to,
        findings,
        source?.role === "active" && target?.role === "active",
      );
    case "promoted, unproven":
      return {
        title: `Wait for the first export of ${to}, then prove it.`,
        lines: [
          `${to} starts a cycle by itself within 30 minutes (Synchronization Service Manager, Operations: an Export with status success). Do not restart its service: password hashes would fall behind.`,
          `If no cycle starts: on ${to}, Get-ADSyncScheduler; SyncCycleEnabled must be True, SchedulerSuspended False (the wizard closed).`,
          "Ask Graph (organization, onPremisesSynchronization, directoryAudits) and give the answers with --graph.",
          look,
        ],
      };
    case "done":
      return {
        title: `${to} is the active server. Change the declared roles in the settings before the next up.`,
        lines: [
          `In the stack's settings, in one edit: role: active for ${to}, passive for ${from} (a generation by its block, a server outside by otherServers), and roleSwitch: { record: <this folder> }, by which up believes it.`,
          `Leave ${from} in staging mode with its scheduler on, so that it stays ready; or take its block out later, when it is no longer needed.`,
          "Pass-through authentication agents do not follow the switch: before a server goes, at least one other must be active (Entra admin center).",
          "Keep the record with the change.",
        ],
      };
    case "cloud sync active":
      return {
        title: "Nothing: Cloud Sync provisions, and no Connect Sync server may be active.",
        lines: [
          "Keep collecting and comparing both servers, so that the way back stays open.",
          "When it has ended: --cloud-sync-ended --by NAME --reason TEXT.",
        ],
      };
    default:
      return mending(blocking, state);
  }
}

/** What stands in the way: one thing is the step, of several each says its own. */
function mending(blocking: readonly Finding[], state: Decision["state"]): NextStep {
  const [first, second] = blocking;
  if (first === undefined) return { title: `${stateTable[state].next}.`, lines: [look] };
  if (second === undefined) return { title: first.next, lines: [`It is about: ${first.title}`, look] };
  return {
    title: `Mend what stands against it (${blocking.length}), the first first; then call again.`,
    lines: blocking.map(({ title, next }) => `${title} ${next}`),
  };
}

function demotion({ machine, until }: Permission): NextStep {
  return {
    title: `Put ${machine} into staging mode, in its wizard, before ${momentText(until)}.`,
    lines: [
      ...pages(machine, true),
      flag(machine, "True"),
      "From here on nobody exports: changes wait, and it is safe to stop and think.",
      look,
    ],
  };
}

const lookFenced = (machine: string, fenced: string): string =>
  `Run scripts/collect.ps1 on ${machine}, prove the fence of ${fenced} anew (--power or --graph), and call \`entra-connect switch\` again with the same --record and --unreachable ${fenced}.`;

function promotion({ machine, until }: Permission, other: string, fenced: boolean): NextStep {
  return {
    title: `Take ${machine} out of staging mode, in its wizard, before ${momentText(until)}.`,
    lines: [
      fenced
        ? `In the minute before: the fence of ${other} still has to hold (not started, not enabled, not let through). If you are not sure, stop and prove it again.`
        : `In the minute before: ${other} still has to be passive. ${flag(other, "True")} If it says anything else, stop and call again.`,
      `Later than ${momentText(until)} this page allows nothing: collect and call again. Only one person does it.`,
      ...pages(machine, false),
      flag(machine, "False"),
      "Everything that was pending goes out with the first cycle, at once; more deletes than the tenant's threshold stop the whole export (run status stopped-deletion-threshold-exceeded, event 116).",
      "Password hashes may take hours to catch up: do not restart the service meanwhile.",
      fenced ? lookFenced(machine, other) : look,
    ],
  };
}

/** Stopping one is always safe; which one is the question. */
function twoActive(stop: string, from: string, to: string, findings: readonly Finding[], ofPair: boolean): NextStep {
  const stranger = findings.find(({ code }) => code === "another-exporter");
  if (!ofPair && stranger !== undefined)
    return { title: `Stop ${stranger.subject}, or prove that it does not export.`, lines: [stranger.next, look] };
  const keep = stop === from ? to : from;
  return {
    title: `Put ${stop} into staging mode now.`,
    lines: [
      ...pages(stop, true),
      `If its wizard cannot be used within minutes: on ${stop}, Set-Service ADSync -StartupType Disabled; Stop-Service ADSync. If it cannot be reached: ${fenceWays.deallocated.how}`,
      flag(stop, "True"),
      `Leave ${keep} as it is: nobody is promoted before this is over.`,
      look,
      "Afterwards look at what both have exported since (audit log): objects may carry the values of the wrong one.",
    ],
  };
}

/** How to go back from where things stand. */
export function wayBack({ state }: Decision, { from, to }: Seen, fenced: boolean): readonly string[] {
  const turn = `call with --rollback --by NAME --reason TEXT, --active of ${to} and --staging of ${from}: the same machine in the other direction`;
  switch (state) {
    case "unknown":
    case "two active":
      return ["First what is said above: there is no way back from what is not known."];
    case "not ready":
    case "ready to demote":
      return [`Nothing has been changed yet: ${from} is active. Just stop here.`];
    case "nobody exports":
    case "ready to promote":
      return [
        `Stop here as long as you like: nothing exports. To make ${from} active again, ${turn}. A permission to promote ${to} has to end first.`,
      ];
    case "cloud sync active":
      return ["Cloud Sync has to be switched off first: --cloud-sync-ended."];
    case "fenced":
      return [
        `${from} may not simply be let out of its fence: its flag may be off. Stop here as long as you like; nothing exports.`,
      ];
    default:
      return fenced
        ? [
            `${from} is fenced and does not come back. Going back means another server: build a new generation, compare it, and switch to it with a record of its own.`,
          ]
        : [
            `To go back, ${turn}. ${from} has everything pending since the switch: look at its exports first (--exports).`,
          ];
  }
}

/** What a fenced server may still be used for; a way to make it passive again without a moment of danger is not known. */
export const fencedReturn: readonly string[] = [
  "It does not come back: its flag may be off, and the wizard that sets it needs the connections that the fence cuts. Build a new generation instead, compare it, and delete the old machine and its disks; its recovery points stay.",
  "If somebody has to look into it: start it with everything outbound still cut and, on its console, before anything is let through: Set-Service ADSync -StartupType Disabled; Stop-Service ADSync. So it stays.",
  "Delete its application (ConnectSyncProvisioning_<HOST>_…) once it is gone: what is left behind looks like a third server.",
];
