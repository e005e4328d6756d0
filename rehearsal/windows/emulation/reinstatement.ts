/** Mirrors scripts/reinstate.ps1. */
import { asciiJson } from "../../../scripts/assemble";
import { findCauses } from "../../../scripts/causes";
import { confirmMachine, disableSynchronization, engineFileOf, isWizardOpen, stagingProof, unproven } from "./connect";
import { dayOf, isOver } from "./exceptions";
import { fencePath, intentPath, isMarkerOfThisMachine, type Marker, markerGround, markerPath } from "./marker";
import { libraryFolder, Refusal, type Said, type Session } from "./session";

type Given = Readonly<Record<string, unknown>>;

export async function reinstate(session: Session): Promise<Said<"reinstate">> {
  const given = session.expect("computerName", "vmId", "generation", "reason", "until");
  session.known = { generation: String(given.generation) };
  if (String(given.reason).trim() === "") throw new Refusal("bad-arguments", { problem: "'reason' is empty" });
  const until = String(given.until);
  const lastDay = dayOf(until);
  if (lastDay === undefined) throw new Refusal("bad-arguments", { problem: "'until' is no day (yyyy-MM-dd)" });
  await confirmMachine(session, given);
  await session.enterLock();
  const { vmId } = await session.world();
  const common = { vmId, generation: Number(given.generation) };
  const marker = await retirementRecord(session, common.generation);
  if (marker !== undefined && isOver(lastDay, await session.now()))
    throw new Refusal("exception-ended", { until, now: await session.instant() });
  if (marker === undefined) return { ...common, outcome: "not-retired" };
  if (marker.outcome === "no-entra-connect")
    return { ...common, ...(await putAway(session, marker, given, "")), outcome: "without-entra-connect" };
  const { detail, startType } = await provenAgain(session, marker);
  const kept = await putAway(session, marker, given, detail);
  const stagingMode = { scheduler: true, globalParameter: true } as const;
  return { ...common, ...kept, outcome: "reinstated", startType, stagingMode };
}

async function retirementRecord(session: Session, expected: number): Promise<Marker | undefined> {
  const world = await session.world();
  const markers: Marker[] = [];
  for (const path of [intentPath, markerPath, fencePath]) {
    const marker = await session.readRecord(path);
    if (marker === undefined) continue;
    if (isMarkerOfThisMachine(marker, world) && Number(marker.generation) === expected) {
      markers.push(marker);
      continue;
    }
    const [computerName = "", vmId = "", generation = ""] = [marker.computerName, marker.vmId, marker.generation].map(
      (value) => String(value ?? ""),
    );
    throw new Refusal("other-marker", { path, computerName, vmId, generation });
  }
  return markers.find(({ outcome }) => outcome !== "proven-staging" && outcome !== "no-entra-connect") ?? markers[0];
}

async function provenAgain(
  session: Session,
  marker: Marker,
): Promise<{ readonly detail: string; readonly startType: "Automatic" | "Manual" }> {
  const was = marker.fencedAt === undefined ? "retired" : "fenced";
  if (marker.outcome !== "proven-staging") throw new Refusal(`${was}-unproven`, { ground: markerGround(marker) });
  const world = await session.world();
  const service = world.services.ADSync;
  if (service === undefined) throw new Refusal("service-missing");
  if (isWizardOpen(world)) throw new Refusal("wizard-open");
  const ours = service.status !== "Running" || service.startType === "Disabled";
  if (service.status !== "Running") await startUnproven(session);
  const proof = await stagingProof(session);
  const { state, detail } = proof;
  if (state !== "on") {
    if (!ours) throw unproven(session, proof);
    session.addCauses(findCauses("staging", detail));
    await disableSynchronization(session);
    throw new Refusal("retired-again", { was, state, detail, engine: await engineFileOf(session) });
  }
  const startType = marker.startMode === "Manual" ? "Manual" : "Automatic";
  const changed = await session.edit(({ services: { ADSync } }) => {
    if (ADSync === undefined || ADSync.startType === startType) return false;
    ADSync.startType = startType;
    return true;
  });
  if (changed) session.changes.push(`start type of the synchronization service set to ${startType}`);
  return { detail, startType };
}

async function startUnproven(session: Session): Promise<void> {
  await session.edit(({ services: { ADSync } }) => {
    if (ADSync !== undefined) Object.assign(ADSync, { startType: "Disabled", status: "Running" });
  });
  session.changes.push("synchronization service started");
}

async function putAway(session: Session, marker: Marker, given: Given, staging: string) {
  const reinstatedAt = await session.instant();
  const reason = String(given.reason);
  const record = `${libraryFolder}\\reinstated-${reinstatedAt.replace(/[:-]/g, "")}.json`;
  await session.write(record, asciiJson({ reinstatedAt, reason, until: String(given.until), staging, marker }));
  for (const old of [intentPath, markerPath, fencePath]) await session.removeRecord(old);
  session.changes.push("marker put away");
  return { retiredAt: String(marker.fencedAt ?? marker.retiredAt), reason, record };
}
