/** Mirrors scripts/retire.ps1. */
import { asciiJson } from "../../../scripts/assemble";
import { findCauses } from "../../../scripts/causes";
import type { RunWorld } from "../serverWorld";
import { removeTask } from "./archiveTask";
import {
  confirmMachine,
  disableSynchronization,
  engineFileOf,
  engineOf,
  isWizardOpen,
  passThroughAgents,
  type StagingProof,
  stagingProof,
  unproven,
  waitIdle,
} from "./connect";
import { countingException } from "./exceptions";
import { fencedRefusal, fencePath, intentPath, isMarkerOfService, type Marker, markerPath } from "./marker";
import { serviceState, startModes } from "./service";
import { asRefusal, Refusal, type Said, type Session } from "./session";

const quietHours = 48;
const idleMinutes = 15;
const harmlessProfiles = ["Full Import", "Delta Import", "Full Synchronization", "Delta Synchronization"];

interface Retirement {
  readonly generation: number;
  readonly outcome: string;
  /** How the service started before, as CIM names it. */
  readonly startMode: unknown;
  readonly evidence: object;
}

type Proven = "proven-staging" | "no-entra-connect" | "already-retired";

export async function retire(session: Session): Promise<Said<"retire">> {
  const said = await retired(session);
  await removeTask(session);
  return said;
}

async function retired(session: Session): Promise<Said<"retire">> {
  const given = session.expect("computerName", "vmId", "generation", "role", "exceptions");
  session.known = { generation: String(given.generation), vmId: String(given.vmId) };
  await confirmMachine(session, given);
  if (given.role !== "passive") throw new Refusal("declared-active");
  await session.enterLock();
  const { vmId } = await session.world();
  const generation = Number(given.generation);
  const common = { vmId, generation };
  const evidence: Record<string, unknown> = {};
  const startMode = await startModeBefore(session);
  const about = (outcome: string): Retirement => ({ generation, outcome, startMode, evidence });
  const proven = await outcomeOf(session, generation, given.exceptions, evidence).catch((error: unknown) =>
    asRefusal(error),
  );
  if (proven instanceof Refusal) {
    const exception = await countingException(session, given.exceptions, "retireUnproven");
    if (exception === undefined) throw proven;
    const { reason, until } = exception;
    Object.assign(evidence, { objection: proven.code, reason, retireUnproven: exception });
    if ((await session.world()).services.ADSync !== undefined) await stop(session, about("overridden"));
    await writeMarker(session, about("overridden"));
    return { ...common, outcome: "overridden", objection: proven.code, reason, until };
  }
  if (proven === "already-retired") {
    const retiredAt = String((await session.readRecord(markerPath))?.retiredAt);
    return { ...common, outcome: proven, retiredAt };
  }
  if (proven === "proven-staging") await stop(session, about(proven));
  await writeMarker(session, about(proven));
  return { ...common, outcome: proven };
}

async function outcomeOf(
  session: Session,
  generation: number,
  exceptions: unknown,
  evidence: Record<string, unknown>,
): Promise<Proven> {
  const world = await session.world();
  await confirmNoPassThroughAgent(session, exceptions, evidence);
  if (isWizardOpen(world)) throw new Refusal("wizard-open");
  const service = world.services.ADSync;
  if (service === undefined) {
    if (await session.exists(await engineFileOf(session))) throw new Refusal("engine-without-service");
    return "no-entra-connect";
  }
  const retired = service.startType === "Disabled" && service.status === "Stopped";
  if (retired) {
    const mine = (marker: Marker | undefined) =>
      isMarkerOfService(marker, world) && Number(marker.generation) === generation;
    const marker = await session.readRecord(markerPath);
    const intent = await session.readRecord(intentPath);
    const fence = await session.readRecord(fencePath);
    const fenced = fence !== undefined && mine(fence);
    // A fence that found no staging mode is newer than a proof of it: bringing back takes both away.
    const stale = fenced && fence.outcome !== "proven-staging";
    if (mine(marker) && !(stale && marker?.outcome === "proven-staging")) return "already-retired";
    if (mine(intent) && !stale && intent?.outcome === "proven-staging") return "proven-staging";
    if (fenced) throw fencedRefusal(fence, world);
  }
  if (service.status !== "Running") {
    session.addCauses(findCauses("staging", "the service ADSync is stopped"));
    throw new Refusal("service-not-running", {
      state: serviceState(service),
      startMode: startModes[service.startType],
    });
  }
  let proof = await stagingProofOrStop(session);
  if (await waitIdle(session, idleMinutes)) {
    await confirmNoPassThroughAgent(session, exceptions, evidence);
    proof = await stagingProofOrStop(session);
  }
  confirmNoRecentExport(engineOf(await session.world()).runHistory, await session.now());
  Object.assign(evidence, { staging: proof.detail, withoutExportHours: quietHours });
  return "proven-staging";
}

async function confirmNoPassThroughAgent(
  session: Session,
  exceptions: unknown,
  evidence: Record<string, unknown>,
): Promise<void> {
  const agents = passThroughAgents(await session.world());
  if (agents[0] === undefined) return;
  const exception = await countingException(session, exceptions, "passThroughAgentIsElsewhere");
  if (exception === undefined) throw new Refusal("pass-through-agent", { service: agents[0] });
  Object.assign(evidence, { passThroughAgents: agents, passThroughAgentIsElsewhere: exception });
}

async function stagingProofOrStop(session: Session): Promise<StagingProof> {
  if (isWizardOpen(await session.world())) throw new Refusal("wizard-open");
  const proof = await stagingProof(session);
  if (proof.state !== "on") throw unproven(session, proof, proof.state === "off" ? "active" : "unclear");
  return proof;
}

function confirmNoRecentExport(history: readonly RunWorld[], now: Date): void {
  const since = now.getTime() - quietHours * 3_600_000;
  for (const run of history) {
    if (Date.parse(run.startDate) < since) continue;
    const values = { profile: run.runProfileName, connector: run.connectorName };
    if (/export/i.test(run.runProfileName) || run.stepTypes.some((type) => type.startsWith("export")))
      throw new Refusal("recent-export", { ...values, hours: String(quietHours) });
    if (run.stepTypes.length === 0 && !harmlessProfiles.includes(run.runProfileName))
      throw new Refusal("unknown-run", values);
  }
}

async function stop(session: Session, about: Retirement): Promise<void> {
  await writeRecord(session, intentPath, about);
  await disableSynchronization(session);
  session.changes.push("synchronization service stopped and disabled");
}

async function writeMarker(session: Session, about: Retirement): Promise<void> {
  await writeRecord(session, markerPath, about);
  session.changes.push("marker written");
  await session.removeRecord(intentPath);
}

async function writeRecord(session: Session, path: string, about: Retirement): Promise<void> {
  const { generation, outcome, startMode, evidence } = about;
  const { computerName, vmId } = await session.world();
  const retiredAt = await session.instant();
  await session.write(path, asciiJson({ computerName, vmId, generation, retiredAt, outcome, startMode, evidence }));
}

async function startModeBefore(session: Session): Promise<unknown> {
  const world = await session.world();
  const service = world.services.ADSync;
  if (service === undefined) return null;
  const intent = service.startType === "Disabled" ? await session.readRecord(intentPath) : undefined;
  return isMarkerOfService(intent, world) ? (intent.startMode ?? null) : startModes[service.startType];
}
