import { readInstant } from "../evidence";
import { bareName } from "../pair/graph";
import { BadInput, type Finding, identified, type Report, verdictOf, worstFirst } from "../verdict";
import { madeBy } from "../version";
import { applied, givenNow, neverOverridden, unusedOverrides } from "./checks/overrides";
import { safetyFindings } from "./checks/safetyWords";
import { stateFindings } from "./checks/stateFindings";
import type { Gathered, LookInput } from "./gathered";
import { decide, situationOf } from "./machine";
import type { Course, Decision, Seen } from "./model";
import { type Proof, proofOf } from "./proof";
import { fencesOf, tenantSeenOf } from "./reading";
import { limitsOf, type SwitchRecord } from "./record/chain";
import { type Entry, recordSchema } from "./record/entry";
import { allowedSince, type Situation } from "./rules";
import { type NextStep, nextStep, wayBack } from "./runBook/steps";

export interface SwitchSummary {
  readonly state: Decision["state"];
  readonly from: string;
  readonly to: string;
  readonly permission: { readonly step: "demote" | "promote"; readonly machine: string; readonly until: string } | null;
  readonly next: NextStep;
  readonly wayBack: readonly string[];
  readonly record: { readonly entries: number; readonly head: string };
}

/** What one call came to, and everything that its page is made of. */
export interface Look {
  readonly report: Report<SwitchSummary>;
  readonly decision: Decision;
  readonly situation: Situation;
  readonly proof: Proof | null;
  readonly earlier: readonly Entry[];
  readonly entry: Entry;
}

/** Concludes from what was gathered and what the record knows: the entry to be written, and the page. Pure. */
export function conclude(
  input: LookInput,
  gathered: Gathered,
  record: SwitchRecord,
  now: Date,
): { readonly entry: Omit<Entry, "hash">; readonly result: Omit<Look, "entry"> } {
  const { course } = record;
  const maxAgeMinutes = input.maxAgeMinutes ?? 60;
  const limits = limitsOf({ maxAgeMinutes });
  const { seen, notes } = seenOf(input, gathered, record, now);
  const bare = situationOf(seen, course, limits, new Set());
  const stated = stateFindings(bare, gathered, notes);
  const promoted = seen.target?.role === "active";
  const proof = promoted ? proofOf(seen, course, gathered.tenant, bare.fencedAt, limits) : null;
  const readiness = promoted ? stated.filter(({ code }) => ofAnswers.has(code)) : [...gathered.readiness, ...stated];

  // First everything that speaks against it, then what of it a person has gone past.
  const first = decide(bare, { open: true, proven: false, overridden: new Set() });
  const all = identified(worstFirst([...safetyFindings(first.broken, bare), ...readiness]));
  const { overrides, problems } = givenNow(input, all, gathered.inputs);
  if (problems.length > 0) throw new BadInput(problems.join("\n"));
  const standing = [...(seen.turned ? [] : record.overrides), ...overrides];
  const found = applied(all, standing, gathered.inputs, now);
  const overridden = new Set(found.filter(({ accepted }) => accepted !== undefined).map(({ code }) => code));
  for (const code of neverOverridden) overridden.delete(code);
  const open = !found.some(({ severity, class: kind }) => severity === "blocking" && kind !== "safety");
  const judged = { open, proven: proof?.proven === true, overridden };
  const situation: Situation = { ...bare, overridden };
  const decision = decide(situation, judged);
  const findings = worstFirst([
    ...inState(decision, seen, course, found),
    ...twoActive(decision, seen),
    ...afterwards(decision, proof, seen, course),
    ...unusedOverrides(input, all),
  ]);
  const next = nextStep(decision, seen, course, findings);
  const number = record.entries.length + 1;
  const entry: Omit<Entry, "hash"> = {
    schema: recordSchema,
    number,
    at: now.toISOString(),
    by: { ...input.caller, name: input.by?.trim() ?? null },
    made: madeBy(),
    previous: record.head,
    maxAgeMinutes,
    inputs: gathered.inputs,
    seen,
    judged: { open, proven: judged.proven, overridden: [...overridden].sort() },
    decision,
    findings: findings.map(({ code, severity, subject, title }) => ({ code, severity, subject, title })),
    overrides,
    next: next.title,
  };
  const { permission } = decision;
  const summary: SwitchSummary = {
    state: decision.state,
    from: seen.from,
    to: seen.to,
    permission: permission && { ...permission, until: new Date(permission.until).toISOString() },
    next,
    wayBack: wayBack(decision, seen, situation.fencedAt !== undefined),
    record: { entries: number, head: record.head },
  };
  const report = { verdict: verdictOf(findings), findings, summary };
  return { entry, result: { report, decision, situation, proof, earlier: record.entries } };
}

/** About answers themselves: worth knowing whatever the state. */
const ofAnswers: ReadonlySet<string> = new Set([
  "fence-not-proven",
  "answer-dated-by-file",
  "tenant-answer-missing",
  "tenant-answer-incomplete",
]);

/** While Cloud Sync provisions nobody is to be promoted: what stands against a promotion is then only worth knowing. */
function inState(
  { state }: Decision,
  { cloudSync, now }: Seen,
  course: Course,
  findings: readonly Finding[],
): readonly Finding[] {
  if (state !== "cloud sync active") return findings;
  const until = cloudSync?.until ?? course.cloudSync ?? "";
  const due: Finding = {
    code: "cloud-sync-due",
    severity: "warning",
    class: "statement",
    subject: "Cloud Sync",
    title: `That Cloud Sync provisions was to be looked at again on ${until}.`,
    active: null,
    staging: null,
    cause: "Somebody said so with --cloud-sync.",
    next: "Look whether it still does, then call with --cloud-sync and another day, or with --cloud-sync-ended.",
    tool: "entra",
  };
  return [...findings, ...(until < new Date(now).toISOString().slice(0, 10) ? [due] : [])]
    .filter(({ code }) => code !== "change-not-stated")
    .map((finding): Finding => {
      if (finding.code === "cloud-sync-provisions") return { ...finding, severity: "info" };
      return finding.severity === "blocking" ? { ...finding, severity: "warning" } : finding;
    });
}

function twoActive({ state }: Decision, { from, to, source, target }: Seen): readonly Finding[] {
  if (state !== "two active" || source?.role !== "active" || target?.role !== "active") return [];
  return [
    {
      code: "two-active",
      severity: "blocking",
      class: "safety",
      subject: `${from} and ${to}`,
      title: `Neither ${from} nor ${to} is in staging mode: both export, and each undoes the changes of the other.`,
      active: source.role,
      staging: target.role,
      cause: "Somebody changed a role out of order, or a server came back.",
      next: "Put one of them into staging mode now; the next step says which.",
      tool: "wizard",
    },
  ];
}

/** Whose switch this is: the first call says it, every later one is held to it. */
function directionOf(
  { rollback, unreachable }: LookInput,
  { source, target }: Gathered,
  course: Course,
): Pick<Seen, "from" | "to"> {
  const given = { from: source?.machine ?? bareName(unreachable ?? ""), to: target.machine };
  if (course.from === null || course.to === null) {
    if (rollback)
      throw new BadInput(
        "--rollback: this record is new, there is nothing to go back from. Leave it out: --active is the server to be demoted.",
      );
    if (given.from === given.to)
      throw new BadInput(`Both archives are of ${given.to}. A switch needs the evidence of two servers.`);
    return given;
  }
  const direction = rollback ? { from: course.to, to: course.from } : { from: course.from, to: course.to };
  if (rollback && (given.from !== direction.from || given.to !== direction.to))
    throw new BadInput(
      `--rollback: in the other direction --active is ${direction.from}, which is then demoted, and --staging ${direction.to}; these are of ${given.from} and ${given.to}. If the record has turned already, leave --rollback out.`,
    );
  if (unreachable !== undefined && bareName(unreachable) !== direction.from)
    throw new BadInput(
      `--unreachable ${unreachable}: this record demotes ${direction.from}. Only the server to be demoted may be one that cannot be reached.`,
    );
  return direction;
}

/** Somebody's word that a machine is cut off is of that day; after it, it has to be said again. */
const wordHours = 24;

function seenOf(input: LookInput, gathered: Gathered, record: SwitchRecord, now: Date) {
  const { source, target, tenant, powers } = gathered;
  const { course, applications } = record;
  const direction = directionOf(input, gathered, course);
  const application = (machine: string): string | null =>
    [source, target].find((reading) => reading?.machine === machine)?.applicationId ?? applications[machine] ?? null;
  const cuts = (input.outboundCut ?? []).map(cutOf);
  const remembered = (cut: number | undefined) =>
    cut !== undefined && now.getTime() - cut <= wordHours * 3_600_000 ? cut : null;
  const fenced = (machine: string) => ({
    machine,
    applicationId: application(machine),
    cutSince: cuts.find((cut) => cut.machine === machine)?.at ?? remembered(course.cuts[machine]) ?? null,
  });
  const seenTenant = tenant === null ? null : tenantSeenOf(tenant);
  const strangers = new Set([
    ...Object.keys(course.strangers),
    ...(seenTenant?.exporters ?? []).map(({ machine }) => machine),
  ]);
  const machines = [
    direction.from,
    ...[...strangers].filter((each) => each !== direction.to && each !== direction.from),
  ];
  const { seen: fences, notes } = fencesOf(machines.map(fenced), fenced(direction.to), tenant, powers, gathered.vmIds);
  // Of a server that cannot be reached any more an archive says what was.
  const gone = input.unreachable !== undefined && source !== null;
  const seen: Seen = {
    ...direction,
    now: now.getTime(),
    turned: input.rollback === true,
    source: input.unreachable === undefined ? source : null,
    target,
    alsoRead: gone ? [source] : [],
    fences,
    tenant: seenTenant,
    cuts,
    cloudSync:
      input.cloudSync === undefined
        ? null
        : { active: input.cloudSync !== "ended", until: input.cloudSync === "ended" ? null : input.cloudSync },
  };
  return { seen, notes };
}

function cutOf(text: string): { readonly machine: string; readonly at: number } {
  const [name = "", ...time] = text.split("=");
  const at = readInstant(time.join("="));
  if (name.trim() === "" || !at?.certain)
    throw new BadInput(
      `--outbound-cut ${text}: write it as NAME=TIME with its zone, for example AADC1=2026-11-26T12:00:00Z.`,
    );
  return { machine: bareName(name), at: at.at.getTime() };
}

/** What is to be said once the promotion has been done. */
function afterwards(decision: Decision, proof: Proof | null, { to, tenant }: Seen, course: Course): readonly Finding[] {
  if (proof === null || (decision.state !== "promoted, unproven" && decision.state !== "done")) return [];
  const base = { severity: "warning", class: "unexplained", subject: to, active: null, staging: null } as const;
  const found: Finding[] = proof.lines
    .filter(({ says }) => says === "no")
    .map(({ asks, detail }) => ({
      ...base,
      severity: "blocking",
      code: "proof-contradicted",
      title: `${asks} No: ${detail}`,
      cause: "Evidence says that somebody else exports as well.",
      next: "Find out which server it is and put it into staging mode, or fence it, at once; then collect and ask again.",
      tool: "wizard",
    }));
  if (!allowedSince(course, to))
    found.push({
      ...base,
      code: "promoted-without-permission",
      title: `${to} was promoted, and this record has not allowed it.`,
      cause: "Somebody did it by another record, or by hand: whether both exported for a while is not known here.",
      next: "Look at the audit log since then for changes by the other server; objects may carry the values of the wrong one.",
      tool: "entra",
    });
  if (decision.state === "promoted, unproven")
    found.push({
      ...base,
      code: "promotion-not-proven",
      title: `${to} is active; that it exports, and nobody else does, is not proven yet.`,
      cause: proof.lines
        .filter(({ says }) => says === "not yet")
        .map(({ detail }) => detail)
        .join(" "),
      next: "Wait for its first export, collect on both servers, ask Graph, and call again.",
      tool: "evidence",
    });
  else if (tenant === null)
    found.push({
      ...base,
      code: "tenant-not-asked",
      title: `That ${to} alone exports rests on the two servers' own word: the tenant was not asked.`,
      cause: "A third server, or a copy of one, is in neither run history.",
      next: "Ask Microsoft Graph who exported last, and give the answers with --graph (docs/switch.md has the requests).",
      tool: "entra",
    });
  return found;
}
