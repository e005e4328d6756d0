import { madeFrom, XmlReader } from "../evidence";
import { bareName, readTenant } from "../pair/graph";
import { readPower } from "../pair/power";
import { type PairSide, readSide } from "../pair/side";
import { BadInput, type MadeFrom, systemClock } from "../verdict";
import { judgeReadiness } from "./checks/readiness";
import { conclude, type Look } from "./conclude";
import type { Gathered, LookInput } from "./gathered";
import type { Reading } from "./model";
import { readingOf } from "./reading";
import { withRecord } from "./record/file";

/**
 * One look at the pair: reads the evidence, concludes where the switch stands, writes it down, and says the one next step.
 *
 * @throws BadInput for what cannot be read, a record that is not believed, or words that are missing
 * @throws CouldNotRun where another call holds the record
 */
export async function look(input: LookInput): Promise<Look> {
  refuseHalf(input);
  const gathered = await gather(input);
  const clock = input.clock ?? systemClock;
  const { result, entry } = await withRecord(input.record, (record) => conclude(input, gathered, record, clock()));
  const { report } = result;
  // The hash of the new line is known only now that it has been written.
  const record = { ...report.summary.record, head: entry.hash };
  return { ...result, report: { ...report, summary: { ...report.summary, record } }, entry };
}

function refuseHalf({
  active,
  unreachable,
  overrides = [],
  rollback,
  cloudSync,
  outboundCut = [],
  by,
  reason,
  maxAgeMinutes,
}: LookInput): void {
  if (active === undefined && unreachable === undefined)
    throw new BadInput(
      "--active: give the archive of the server that is to be demoted. If it cannot be reached: --unreachable COMPUTERNAME, and a proof that it cannot export (--power or --graph).",
    );
  const says = [
    overrides.length > 0 && "--override",
    rollback && "--rollback",
    cloudSync !== undefined && "--cloud-sync",
    outboundCut.length > 0 && "--outbound-cut",
  ];
  const [first] = says.filter((option) => typeof option === "string");
  if (first !== undefined && (by === undefined || by.trim() === "" || reason === undefined || reason.trim() === ""))
    throw new BadInput(
      `${first}: needs the name of whoever says it (--by) and why (--reason); both go into the record.`,
    );
  if (maxAgeMinutes !== undefined && (maxAgeMinutes < 15 || maxAgeMinutes > 240))
    throw new BadInput(
      `--max-age-minutes ${maxAgeMinutes}: between 15 (nobody can be quicker) and 240 (older evidence says nothing of now).`,
    );
  if (cloudSync !== undefined && cloudSync !== "ended" && !isDay(cloudSync))
    throw new BadInput(`--cloud-sync ${cloudSync}: is not a day like 2027-01-31.`);
}

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/u.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

async function gather(input: LookInput): Promise<Gathered> {
  const progress = input.progress ?? (() => {});
  const tenant = input.graph === undefined || input.graph.length === 0 ? null : readTenant(input.graph);
  const powers = (input.power ?? []).map(readPower);
  const reader = new XmlReader();
  const sideOf = async (path: string): Promise<PairSide> => {
    progress(`reading ${path}`);
    return readSide(path, reader);
  };
  const source = input.active === undefined ? null : await sideOf(input.active);
  const target = await sideOf(input.staging);
  const readings = { source: source === null ? null : readingOf(source), target: readingOf(target) };
  named(input, readings.source, readings.target);
  // After a promotion nothing is judged that is to come before it.
  const before = readings.target.role !== "active";
  const readiness = before
    ? await judgeReadiness({
        active: input.active ?? null,
        staging: input.staging,
        source,
        target,
        emergency: input.unreachable !== undefined,
        exports: input.exports ?? [],
        tenant,
        thresholds: input.thresholds,
        tenantDeleteThreshold: input.tenantDeleteThreshold,
        restoredDatabase: input.restoredDatabase,
        acceptances: input.acceptances,
        evidenceHours: input.evidenceHours ?? 24,
        clock: input.clock ?? systemClock,
        progress,
      })
    : { findings: [], inputs: [] };
  const sides = [
    source === null ? [] : [madeFrom("active", source.identity)],
    [madeFrom("staging", target.identity)],
  ].flat();
  const vmIds = [source, target].flatMap((side) => {
    const { server, vmId } = side?.identity ?? {};
    return server === undefined || vmId === undefined ? [] : [[bareName(server), vmId] as const];
  });
  return {
    ...readings,
    tenant,
    powers,
    vmIds: Object.fromEntries(vmIds),
    readiness: readiness.findings,
    inputs: [
      ...sides,
      ...readiness.inputs.filter(({ role }) => /export/u.test(role)),
      ...(tenant?.answers ?? []).map(({ source: path, sha256, at, question }) =>
        recorded(`Graph ${question ?? "error"}`, "Microsoft Graph", path, sha256, at),
      ),
      ...powers.map(({ source: path, sha256, at, machine }) =>
        recorded(`power of ${machine}`, "Azure", path, sha256, at),
      ),
    ],
  };
}

/** What cannot be asked of nobody: both archives have to say whose they are. */
function named({ active, staging, unreachable }: LookInput, source: Reading | null, target: Reading): void {
  const says = (option: string, path: string): never => {
    throw new BadInput(
      `${option} ${path}: does not say of which server it is. Give an archive of scripts/collect.ps1.`,
    );
  };
  if (target.machine === "") says("--staging", staging);
  if (source?.machine === "") says("--active", active ?? "");
  if (unreachable === undefined || source === null || source.machine === bareName(unreachable)) return;
  throw new BadInput(
    `--unreachable ${unreachable}: the archive given with --active is of ${source.machine}. Give the last one of ${unreachable}, or none.`,
  );
}

const recorded = (role: string, tool: string, source: string, sha256: string, at: Date): MadeFrom => ({
  role,
  source,
  server: null,
  tool,
  madeAt: at.toISOString(),
  build: null,
  engine: null,
  bytes: null,
  sha256,
  contentSha256: null,
});
