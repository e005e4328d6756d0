import type { PowerAnswer } from "../../pair/power";
import type { Finding } from "../../verdict";
import type { Gathered } from "../gathered";
import type { FenceNote } from "../reading";
import { momentText } from "../record/entry";
import type { Situation } from "../rules";

const base = { severity: "warning", class: "unexplained", active: null, staging: null } as const;

/** What neither a safety rule nor `ready` says: what the tenant's answers mean for this pair, and answers that prove nothing. */
export function stateFindings(
  situation: Situation,
  { tenant, powers }: Gathered,
  notes: readonly FenceNote[],
): readonly Finding[] {
  const { source, target, to, fencedAt } = situation;
  const found: Finding[] = [...notes, ...fenceNotes(situation, powers)].map(({ machine, what, next }) => ({
    ...base,
    code: "fence-not-proven",
    subject: machine,
    title: `No fence of ${machine} is proven by it: ${what}.`,
    cause: "An answer was given that proves nothing.",
    next,
    tool: "entra",
  }));
  for (const { notThere, source: file, question } of tenant?.answers ?? [])
    if (notThere !== undefined)
      found.push({
        ...base,
        severity: "info",
        class: "not-available",
        code: "tenant-answer-missing",
        subject: question ?? file,
        title: `${file}: no answer of the tenant (${notThere}).`,
        cause: "A permission is missing, or this tenant does not have it. None of these answers is a duty.",
        next: "",
      });
  if (tenant?.audits?.complete === false)
    found.push({
      ...base,
      code: "tenant-answer-incomplete",
      subject: "directoryAudits",
      title: "The audit log was given without its next page: a server that exports may stand on it.",
      cause: "The last of the answers has an @odata.nextLink, or the same page was given twice.",
      next: "Ask for the URL in @odata.nextLink too, until an answer has none, and give every page with --graph.",
      tool: "entra",
    });
  const guessed = [
    ...powers,
    ...(tenant?.answers ?? []).filter(({ question }) => question === "servicePrincipals" || question === "signIns"),
  ].filter(({ datedByFile }) => datedByFile);
  if (guessed.length > 0)
    found.push({
      ...base,
      code: "answer-dated-by-file",
      subject: guessed.map((each) => each.source).join(" and "),
      title: `When ${guessed.map((each) => each.source).join(" and ")} was answered is taken from the file, and a copy is younger than what it says.`,
      cause: "The answer has no time of its own, and a fence rests on when it was given.",
      next: 'Write it as { "takenAt": "2026-11-26T12:00:00Z", "answer": … }, or be sure that nobody has copied the file since.',
      tool: "evidence",
    });
  if (situation.tenant === null)
    found.push({
      ...base,
      code: "tenant-not-asked",
      subject: "tenant",
      title: "The tenant was not asked who exports: a third server, or a copy of one, would not be seen.",
      cause: "No answer of Graph onPremisesSynchronization (beta) or directoryAudits was given.",
      next: "Record the answers (docs/switch.md has the requests) and give them with --graph.",
      tool: "entra",
    });
  if (situation.tenant?.exporters.some(({ machine, by }) => machine === to && by === "currentExportData"))
    found.push({
      ...base,
      code: "tenant-names-target",
      subject: to,
      title: `The tenant names ${to}, which is passive, as the last to export.`,
      cause: "It was active before and nobody has exported since, or somebody ran an export on it by hand.",
      next: `Look at the run history of ${to} (Synchronization Service Manager, Operations): is there an Export since it became passive?`,
      tool: "service-manager",
    });
  const last = tenant?.organization?.lastSynchronization?.getTime();
  const passive = fencedAt === undefined && source?.role === "staging" && target?.role === "staging";
  if (passive && last !== undefined && last > Math.max(source?.at ?? 0, target?.at ?? 0) + situation.limits.clockMargin)
    found.push({
      ...base,
      code: "tenant-synchronizes",
      subject: "tenant",
      title: `Both servers were passive, and the tenant has seen a synchronization since (${momentText(last)}).`,
      cause: "A third server exports, Cloud Sync does, or a passive server's imports move this time too (not known).",
      next: "Ask Graph directoryAudits whose changes arrive, and give the answer with --graph.",
      tool: "entra",
    });
  return found;
}

/** Why what was given about fences of the server to be demoted proves none, where one is needed. */
function fenceNotes(situation: Situation, powers: readonly PowerAnswer[]): readonly FenceNote[] {
  const { from, to, source, fencedAt, fences, doubts, limits } = situation;
  if (source !== null || fencedAt !== undefined) return [];
  const strangers = Object.keys(situation.course.strangers);
  const ofPower = powers.flatMap(({ machine, state, source: file }): readonly FenceNote[] => {
    if (machine === from && state !== "deallocated")
      return [
        {
          machine,
          what: `Azure says that it is ${state}, which ends with the next start`,
          next: "az vm deallocate --resource-group GROUP --name MACHINE, then ask for the instance view again: --power FILE.",
        },
      ];
    if (machine === from || machine === to || strangers.includes(machine)) return [];
    return [
      {
        machine: from,
        what: `${file} is about ${machine}`,
        next: `Ask for the machine whose computer name is ${from}. If this is it, and its osProfile is empty (made from a disk), its name in Azure stands there: prove the fence by its identity or its sign-ins (--graph).`,
      },
    ];
  });
  const given = doubts.filter(
    ({ kind, why }) => why === "exported since" || fences.some((each) => each.machine === from && each.kind === kind),
  );
  return [
    ...ofPower,
    ...given.map(({ kind, why, since, at, trace }): FenceNote => {
      const answer = kind === "deallocated" ? "the answer about its power" : "the answer about it";
      const traced = trace === null ? "" : momentText(trace);
      switch (why) {
        case "old":
          return {
            machine: from,
            what: `${answer} is of ${momentText(at)}, more than ${Math.round(limits.maxAge / 60_000)} minutes ago`,
            next: "Ask again, and give the new answer.",
          };
        case "token lives":
          return {
            machine: from,
            what: `its identity was first seen disabled at ${momentText(since)}, and a token lives for an hour`,
            next: `Leave it disabled, ask Graph servicePrincipals again after ${momentText(since + limits.tokenLife)}, and call with --graph.`,
          };
        case "read since":
          return {
            machine: from,
            what: `it was read at ${traced}, and ${answer} is of ${momentText(at)}: it was running after that`,
            next: "Ask for its power again, now, and give the new answer: --power FILE.",
          };
        default:
          return {
            machine: from,
            what: `it has exported at ${traced}, after it was fenced: it runs, or another machine has its identity`,
            next: "Find what runs under its name (a restored disk, a copy), stop it, and make another fence.",
          };
      }
    }),
  ];
}
