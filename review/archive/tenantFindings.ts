import type { GraphQuestion, TenantAnswers } from "../pair/graph";
import type { Finding } from "../verdict";
import { clockMargin } from "./chainFindings";
import { found } from "./rules/table";
import { ageText, namesText } from "./text";

export interface TenantExpected {
  /** Bare computer names in capitals, as Graph's are read. */
  readonly active: string;
  readonly passive: string;
  /** The active server was seen active then: nobody else may have exported since. */
  readonly activeSince: Date;
  readonly now: Date;
  /** An older answer is a warning. */
  readonly warnHours: number;
}

/** What a watch asks: whether synchronization is alive, who exported last, whose changes the audit log has, whose identities there are. */
export const watchedQuestions: readonly GraphQuestion[] = [
  "organization",
  "onPremisesSynchronization",
  "directoryAudits",
  "servicePrincipals",
];

const hour = 3_600_000;
const synchronized = { warnHours: 3, blockHours: 24 } as const;

/** What Microsoft Graph says of who exports, held against who should. */
export function tenantFindings(tenant: TenantAnswers, expected: TenantExpected): readonly Finding[] {
  return [
    ...unanswered(tenant),
    ...old(tenant, expected),
    ...partial(tenant),
    ...exporter(tenant, expected),
    ...audits(tenant, expected),
    ...lastSynchronization(tenant),
    ...identities(tenant, expected),
  ];
}

function unanswered({ answers }: TenantAnswers): readonly Finding[] {
  return answers
    .filter(({ notThere }) => notThere !== undefined)
    .map(({ source, question, notThere }) =>
      found("graph-not-there", question ?? source, `Microsoft Graph, ${question ?? source}: ${notThere}.`),
    );
}

/** What Graph said days ago says nothing about today, in either direction. */
function old({ answers }: TenantAnswers, { now, warnHours }: TenantExpected): readonly Finding[] {
  return answers.flatMap(({ source, question, notThere, at }) => {
    const age = now.getTime() - at.getTime();
    if (notThere !== undefined || (age <= warnHours * hour && age >= -clockMargin)) return [];
    const when = age < 0 ? `says that it was recorded ${ageText(-age)} after now` : `was recorded ${ageText(age)} ago`;
    return [found("graph-answer-old", question ?? source, `${source} ${when}.`)];
  });
}

/** Where nothing else says who exports, a page that was not read could name another server. */
function partial({ audits: given, identities: known, synchronization }: TenantAnswers): readonly Finding[] {
  const lists = [["changes of objects", given] as const, ["synchronization identities", known] as const];
  const said = (synchronization?.exporter ?? null) !== null;
  return lists
    .filter(([, list]) => list !== null && !list.complete)
    .map(([what, list]) =>
      found("graph-not-whole", what, `Microsoft Graph's list of ${what} is not whole: a page is missing.`, {
        severity: list === given && !said ? "warning" : "info",
      }),
    );
}

function exporter(
  { synchronization, audits: given }: TenantAnswers,
  { active, passive }: TenantExpected,
): readonly Finding[] {
  if ((synchronization?.exporter ?? null) === null && given === null)
    return [found("exporter-not-said", "tenant", "Who exported last is not said by the tenant.")];
  if (synchronization === null || synchronization.exporter === null || synchronization.exporter === active) return [];
  const { exporter: name } = synchronization;
  return [
    found(
      "another-exporter",
      name,
      `The tenant names ${name} as the server that exported last${name === passive ? ", which is declared passive" : ", which is none of this pair"}; the active one is ${active}.`,
    ),
  ];
}

function audits({ audits: given }: TenantAnswers, { active, activeSince }: TenantExpected): readonly Finding[] {
  const others = (given?.exports ?? []).filter(({ machine, at }) => machine !== active && at > activeSince);
  const machines = [...new Set(others.map(({ machine }) => machine))];
  return machines.map((machine) => {
    const own = others.filter((each) => each.machine === machine);
    const last = new Date(Math.max(...own.map(({ at }) => at.getTime())));
    return found(
      "audits-of-others",
      machine,
      `${machine} has changed ${own.length} objects in the tenant, the last one at ${last.toISOString()}; the active server is ${active}.`,
    );
  });
}

function lastSynchronization({ organization }: TenantAnswers): readonly Finding[] {
  if (organization === null) return [];
  const { at, synchronizationEnabled, lastSynchronization: last } = organization;
  if (synchronizationEnabled === false)
    return [found("synchronization-off", "tenant", "Synchronization is switched off in the tenant.")];
  if (last === null) return [];
  const age = at.getTime() - last.getTime();
  if (age <= synchronized.warnHours * hour) return [];
  return [
    found("tenant-not-synchronized", "tenant", `The tenant has seen no synchronization for ${ageText(age)}.`, {
      severity: age > synchronized.blockHours * hour ? "blocking" : "warning",
    }),
  ];
}

function identities({ identities: given }: TenantAnswers, { active, passive }: TenantExpected): readonly Finding[] {
  const strange = (given?.found ?? []).filter(
    ({ machine, enabled }) => enabled !== false && machine !== active && machine !== passive,
  );
  if (strange.length === 0) return [];
  const names = [...new Set(strange.map(({ machine }) => machine))];
  return [
    found(
      "identity-of-nobody",
      "tenant",
      `The tenant has enabled synchronization identities of servers that are none of this pair: ${namesText(names)}.`,
    ),
  ];
}
