import type { Finding, Tool } from "../../verdict";
import type { Moment, Reading } from "../model";
import { momentText } from "../record/entry";
import { promotableUntil, type Situation, strangersOf } from "../rules";

interface Words {
  readonly subject: string;
  readonly title: string;
  readonly cause: string;
  readonly next: string;
  readonly tool: Tool;
}

const minutes = (length: Moment): string => `${Math.round(length / 60_000)} minutes`;
const at = (moment: Moment | null | undefined): string =>
  moment === null || moment === undefined ? "an unknown time" : momentText(moment);

const collectBoth = "Run scripts/collect.ps1 on both servers, bring both archives here, and call again.";

const readings = ({ source, target, fencedAt }: Situation): readonly Reading[] =>
  [fencedAt === undefined ? source : null, target].filter((reading) => reading !== null);

const firstWith = (situation: Situation, breaks: (reading: Reading) => boolean): string =>
  readings(situation)
    .filter(breaks)
    .map(({ machine }) => machine || "a server that its archive does not name")
    .join(" and ") || "a server";

/** What was made after now: a server's archive, or an answer. */
function futures(situation: Situation): string {
  const latest = situation.now + situation.limits.clockMargin;
  const late = [
    ...readings(situation).filter((reading) => (reading.at ?? 0) > latest),
    ...situation.fences.filter((fence) => fence.at > latest),
  ].map(({ machine }) => machine);
  return [...new Set(late)].join(" and ") || "an answer of the tenant";
}

/** What each broken safety rule says to a person at three in the morning. */
const words: Readonly<Record<string, (situation: Situation) => Words>> = {
  "clock-went-back": ({ now, course }) => ({
    subject: "clock",
    title: `The record's newest entry is of ${at(course.lastAt)}, and this computer says it is ${at(now)}: a clock is wrong.`,
    cause: "Permissions and ages are counted by the clock of whoever calls.",
    next: `Set the clock of this computer, then call again. If it is right, the other one was fast, and this record takes nothing before ${at(course.lastAt)}: set that one, begin a record in another folder, and see first what this one still allows (entra-connect switch verify FOLDER); nobody may do that any more.`,
    tool: "other",
  }),
  "evidence-from-the-future": (situation) => ({
    subject: futures(situation),
    title: `Evidence was made after now (${at(situation.now)}): clocks are more than ${minutes(situation.limits.clockMargin)} apart.`,
    cause: "The clock of a server, of a file's writer or of this computer is wrong; ages cannot be believed.",
    next: `Set the clocks, or the time that is written beside an answer (takenAt). ${collectBoth}`,
    tool: "evidence",
  }),
  "wrong-server": ({ source, target, from, to }) => {
    const swapped = source?.machine === to && target?.machine === from;
    return {
      subject: "evidence",
      title: swapped
        ? `The two archives are swapped: --active is of ${to}, which is to be promoted, and --staging of ${from}, which is to be demoted.`
        : `An archive is of another server: --active is of ${source?.machine || "nobody it names"} (expected ${from}), --staging of ${target?.machine || "nobody it names"} (expected ${to}).`,
      cause: `This record switches from ${from} to ${to}.`,
      next: swapped
        ? `Give --active the archive of ${from} and --staging that of ${to}. To go back instead, add --rollback with --by and --reason.`
        : `Give --active the newest archive of ${from} and --staging that of ${to}; another pair needs another --record folder.`,
      tool: "evidence",
    };
  },
  "evidence-undated": (situation) => ({
    subject: firstWith(situation, (reading) => reading.at === null),
    title: `When the evidence of ${firstWith(situation, (reading) => reading.at === null)} was made is not said for certain.`,
    cause: "Only an archive of scripts/collect.ps1 says it; a settings file or a configuration folder does not.",
    next: collectBoth,
    tool: "evidence",
  }),
  "evidence-too-old": (situation) => {
    const { now, limits } = situation;
    const old = readings(situation).filter((reading) => reading.at !== null && now - reading.at > limits.maxAge);
    return {
      subject: old.map(({ machine }) => machine).join(" and "),
      title: `The evidence of ${old.map((reading) => `${reading.machine} is ${minutes(now - (reading.at ?? now))} old`).join(", that of ")}: it says what was.`,
      cause: `Roles count for ${minutes(limits.maxAge)} (--max-age-minutes); since then somebody may have changed one.`,
      next: collectBoth,
      tool: "evidence",
    };
  },
  "evidence-older-than-known": (situation) => {
    const known = (reading: Reading): Moment => situation.course.known[reading.machine]?.at ?? 0;
    const old = readings(situation).filter((reading) => (reading.at ?? 0) < known(reading));
    return {
      subject: old.map(({ machine }) => machine).join(" and "),
      title: `The record knows younger evidence: ${old.map((reading) => `of ${reading.machine} of ${at(known(reading))}, and this is of ${at(reading.at)}`).join("; ")}.`,
      cause: "An older archive was given by mistake, or left lying in the folder.",
      next: collectBoth,
      tool: "evidence",
    };
  },
  "role-unclear": (situation) => {
    const unclear = readings(situation).filter(({ role }) => role === "contradicts" || role === "unknown");
    const names = unclear.map(({ machine }) => machine).join(" and ");
    return {
      subject: names,
      title: `The role of ${names} is not certain: ${unclear.map(({ role }) => (role === "contradicts" ? "the reads of staging mode contradict each other" : "staging mode was not read in both ways")).join("; ")}.`,
      cause:
        "Scheduler and global parameter must agree. The flag was set by a script instead of the wizard, the evidence is no archive of collect.ps1, or the engine did not answer.",
      next: `Until then take ${names} for active. On it: Import-Module ADSync; Get-ADSyncScheduler; mend what it says, set the role in the wizard (Configure staging mode). ${collectBoth}`,
      tool: "powershell",
    };
  },
  "source-not-read": ({ from, limits }) => ({
    subject: from,
    title: `${from} was not read, and nothing proves that it cannot export: it may be exporting, or begin when it returns.`,
    cause: `There is no archive of it younger than ${minutes(limits.maxAge)}, and no fence of it is proven.`,
    next: `If it can be reached: collect on it and call again. If it is dead: fence it first, in one of the three ways of this run book, prove that (--power or --graph), and call again with --unreachable ${from}.`,
    tool: "azure",
  }),
  "target-not-read": ({ to }) => ({
    subject: to,
    title: `${to} was not read: whether it is passive, and ready, is not known.`,
    cause: "No archive of it was given (--staging).",
    next: `Run scripts/collect.ps1 on ${to} and give the archive with --staging.`,
    tool: "evidence",
  }),
  "exports-despite-staging": (situation) => {
    const found = readings(situation).flatMap(({ machine, at: read }) => {
      const when = situation.course.exported[machine];
      return when !== undefined && when > (read ?? 0) + situation.limits.clockMargin ? [{ machine, at: when }] : [];
    });
    return {
      subject: found.map(({ machine }) => machine).join(" and "),
      title: `${found.map(({ machine, at: when }) => `${machine} says that it is passive, and the tenant's audit log has a change by it of ${at(when)}`).join("; ")}.`,
      cause:
        "It was made active after it was collected, an export was run by hand in Synchronization Service Manager, or another machine has its identity.",
      next: `Take it for active. ${collectBoth} If the archive still says passive: look at its run history (Synchronization Service Manager, Operations), and whether a copy of the machine runs somewhere.`,
      tool: "service-manager",
    };
  },
  "roles-reversed": ({ from, to }) => ({
    subject: "roles",
    title: `The roles are the other way round: ${to}, given as staging, exports; ${from}, given as active, is passive.`,
    cause: "The two were given in the wrong order, or somebody has switched them outside this record.",
    next: `Is ${to} the one that shall stay active? Then nothing is to be done here: correct the roles in the settings. To make ${from} active: begin a record in another folder with --active of ${to} and --staging of ${from}.`,
    tool: "command",
  }),
  "run-in-progress-on-source": ({ from }) => ({
    subject: from,
    title: `A run was in progress on ${from} when it was collected: an export that began before goes on, whatever the flag says.`,
    cause: "Run history or scheduler said so.",
    next: `Wait until it has ended (on ${from}: Get-ADSyncConnectorRunStatus gives nothing), collect again, call again.`,
    tool: "powershell",
  }),
  "run-in-progress-on-target": ({ to }) => ({
    subject: to,
    title: `A run was in progress on ${to} when it was collected.`,
    cause: "Run history or scheduler said so. What it would export is not settled yet.",
    next: `Wait until it has ended (on ${to}: Get-ADSyncConnectorRunStatus gives nothing), collect again, call again.`,
    tool: "powershell",
  }),
  "source-may-be-promoted": (situation) => {
    const { from, source } = situation;
    const until = promotableUntil(situation, from);
    return {
      subject: from,
      title: `This record has allowed somebody to promote ${from}, until ${at(until)}; the evidence that it is passive is of ${at(source?.at)}.`,
      cause: "Whoever holds that page may still do it, or has done it after the archive was made.",
      next: `Wait until ${at(until)}, then run collect.ps1 on ${from} again and call again.`,
      tool: "evidence",
    };
  },
  "another-exporter": (situation) => {
    const strangers = strangersOf(situation);
    const traces = strangers.map((machine) => {
      const trace = situation.course.strangers[machine];
      return `${machine} (${trace?.by === "directoryAudits" ? `audit log, ${at(trace.at)}` : "the last to export, by currentExportData"})`;
    });
    return {
      subject: strangers.join(" and "),
      title: `The tenant names another server that exports: ${traces.join(", ")}.`,
      cause:
        "A forgotten third server, a restored disk of a retired one, or an old name that stands there because nobody has exported since.",
      next: `Find ${strangers.join(" and ")}. If it runs: put it into staging mode or fence it, and prove the fence (--power, --graph). If it is long gone and only the last export names it: let the active server export once, and ask Graph again.`,
      tool: "entra",
    };
  },
  "cloud-sync-provisions": ({ course, cloudSync }) => ({
    subject: "Cloud Sync",
    title: `By this record Cloud Sync provisions (until ${cloudSync?.until ?? course.cloudSync}), and no Connect Sync server may be active.`,
    cause: "Somebody said so with --cloud-sync. The same objects must not be synchronized by both.",
    next: "If that has ended: switch the Cloud Sync configuration off in the Entra admin center, then call with --cloud-sync-ended, --by and --reason.",
    tool: "entra",
  }),
  "nobody-exported-before": ({ from, to }) => ({
    subject: `${from} and ${to}`,
    title: `Both ${from} and ${to} were passive when this record began: who was active before, and why it no longer is, is not known here.`,
    cause: "Another switch may be under way with a record of its own, or Cloud Sync provisions.",
    next: `Ask. If there is another record, go on with that. If nobody else is at it: --override nobody-exported-before --by NAME --reason TEXT. If Cloud Sync provisions: --cloud-sync DAY --by NAME --reason TEXT.`,
    tool: "command",
  }),
};

/** The findings of broken rules; nothing can be said of a code that has no words. */
export function safetyFindings(broken: readonly string[], situation: Situation): readonly Finding[] {
  return broken.flatMap((code) => {
    const told = words[code]?.(situation);
    return told === undefined
      ? []
      : [{ ...told, code, severity: "blocking" as const, class: "safety", active: null, staging: null }];
  });
}

export const wordedCodes: readonly string[] = Object.keys(words);
