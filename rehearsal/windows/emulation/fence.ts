/** Mirrors scripts/fence.ps1. */
import { asciiJson } from "../../../scripts/assemble";
import { confirmMachine, disableSynchronization, isWizardOpen, type StagingProof, stagingProof } from "./connect";
import { fencePath, intentPath, isMarkerOfThisMachine, type Marker, markerPath } from "./marker";
import { startModes } from "./service";
import { Refusal, type Said, type Session } from "./session";

type Given = Readonly<Record<string, unknown>>;

export async function fence(session: Session): Promise<Said<"fence">> {
  const given = session.expect("computerName", "vmId", "generation", "since");
  session.known = { generation: String(given.generation) };
  await confirmMachine(session, given);
  await session.enterLock();
  const world = await session.world();
  const service = world.services.ADSync;
  const common = { vmId: world.vmId, generation: Number(given.generation) };
  if (service === undefined)
    return { ...common, outcome: "no-entra-connect", staging: "unclear", startMode: null, fencedAt: null };
  const earlier = await earlierFence(session);
  if (earlier !== undefined && service.startType === "Disabled") {
    if (service.status === "Stopped") return { ...common, outcome: "already-fenced", ...told(earlier) };
    await disableSynchronization(session);
    session.changes.push("synchronization service stopped");
    return { ...common, outcome: "fenced", ...told(earlier) };
  }
  if (isWizardOpen(world))
    session.warnings.push("the wizard of Entra Connect is open: close it, it can start the service again");
  const proof = await stagingProof(session);
  await writeFence(session, given, proof, await startModeBefore(session, earlier));
  await disableSynchronization(session);
  session.changes.push("synchronization service stopped and disabled");
  return { ...common, outcome: "fenced", ...told((await earlierFence(session)) ?? {}) };
}

async function recordOrNothing(session: Session, path: string): Promise<Marker | undefined> {
  try {
    return await session.readRecord(path);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    session.warnings.push(`the record ${path} on it is damaged: it counts as none`);
    return undefined;
  }
}

async function earlierFence(session: Session): Promise<Marker | undefined> {
  const record = await recordOrNothing(session, fencePath);
  return isMarkerOfThisMachine(record, await session.world()) ? record : undefined;
}

function told({ state, startMode, fencedAt }: Marker): Pick<Said<"fence">, "staging" | "startMode" | "fencedAt"> {
  return {
    staging: String(state) as "on" | "off" | "unclear",
    startMode: String(startMode),
    fencedAt: String(fencedAt),
  };
}

async function startModeBefore(session: Session, earlier: Marker | undefined): Promise<string> {
  const world = await session.world();
  const mode = startModes[world.services.ADSync?.startType ?? "Disabled"];
  if (mode !== "Disabled") return mode;
  const records = [earlier, await recordOrNothing(session, intentPath), await recordOrNothing(session, markerPath)];
  const known = records.find((record) => isMarkerOfThisMachine(record, world) && record.startMode);
  return known === undefined ? mode : String(known.startMode);
}

async function writeFence(session: Session, given: Given, proof: StagingProof, startMode: string): Promise<void> {
  const { computerName, vmId } = await session.world();
  const record = {
    computerName,
    vmId,
    generation: Number(given.generation),
    fencedAt: await session.instant(),
    outcome: proof.state === "on" ? "proven-staging" : "unproven",
    startMode,
    state: proof.state,
    evidence: { staging: proof.detail },
  };
  await session.write(fencePath, asciiJson(record));
  session.changes.push("fence written down");
}
