/** Mirrors scripts/await-wizard.ps1. */
import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { asciiJson } from "../../../scripts/assemble";
import type { ServiceWorld } from "../serverWorld";
import {
  appliedFolder,
  type Baseline,
  baselinePath,
  connectPackage,
  disableSynchronization,
  engineFileOf,
  engineVersion,
  isWizardOpen,
  newAppliedFile,
  passedPath,
  plainVersion,
  readBaseline,
  stagingProof,
  wizardPath,
} from "./connect";
import { confirmNotRetired, isMarkerOfThisMachine, type Marker } from "./marker";
import { serviceState } from "./service";
import { libraryFolder, Refusal, type Said, type Session } from "./session";

const tokenPath = `${libraryFolder}\\gate.json`;
const stoppedPath = `${libraryFolder}\\stopped.json`;

type Waiting =
  | { readonly kind: "open" | "absent" | "unproven" }
  | { readonly kind: "behind"; readonly installed: string; readonly engine: string };
type GateState = { readonly kind: "done" } | Waiting;

const said: Readonly<Record<Exclude<Waiting["kind"], "behind">, string>> = {
  open: "the wizard is open",
  absent: "nobody has completed the wizard yet",
  unproven: "the wizard is closed, staging mode cannot be read yet",
};

export async function awaitWizard(session: Session): Promise<Said<"await-wizard">> {
  const given = session.expect(
    "productVersion",
    "waitMinutes",
    "pollSeconds",
    "instructions",
    "instructionsPath",
    "settingsFilePath",
  );
  const expected = plainVersion(String(given.productVersion));
  const waitMinutes = Number(given.waitMinutes);
  const page = String(given.instructionsPath);
  const baseline = await readBaseline(session);
  if (baseline === undefined) throw new Refusal("no-baseline", { path: baselinePath });
  if ((await wizardPath(session)) === "") throw new Refusal("no-wizard");
  const { computerName } = await session.world();
  const began = (await session.now()).getTime();
  const token = randomUUID();
  let state = await gateState(session, baseline, expected);
  if (state.kind !== "done") {
    await publishPage(session, page, String(given.instructions));
    await session.write(tokenPath, asciiJson({ token }));
  }
  let waited = 0;
  while (state.kind !== "done") {
    if (waited >= waitMinutes) throw stillClosed(state, given);
    session.options.print(`gate on ${computerName}: ${waited} of ${waitMinutes} min, ${stateText(state)}`);
    await session.sleep(Number(given.pollSeconds));
    if ((await session.readRecord(tokenPath))?.token !== token) throw new Refusal("superseded");
    waited = Math.floor(((await session.now()).getTime() - began) / 60_000);
    state = await gateState(session, baseline, expected);
  }
  await session.removeRecord(tokenPath);
  await rm(session.path(page), { force: true });
  const applied = (await newAppliedFile(session, baseline)) ?? "";
  await writePassed(session, applied, String(given.settingsFilePath));
  const sha256 = await session.sha256(`${appliedFolder}\\${applied}`);
  return { appliedFile: { name: applied, sha256 }, waitedMinutes: waited };
}

function stateText(state: Waiting): string {
  if (state.kind !== "behind") return said[state.kind];
  return `the installed package is ${state.installed}, the engine still ${state.engine}`;
}

function stillClosed(state: Waiting, given: Readonly<Record<string, unknown>>): Refusal {
  const minutes = String(given.waitMinutes);
  if (state.kind !== "behind")
    return new Refusal("waiting", { minutes, state: stateText(state), page: String(given.instructionsPath) });
  const { installed, engine } = state;
  return new Refusal("upgrade-unfinished", {
    minutes,
    package: installed,
    engine,
    expected: String(given.productVersion),
  });
}

async function publishPage(session: Session, path: string, text: string): Promise<void> {
  if (!path.startsWith("C:\\Users\\Public\\Desktop\\"))
    throw new Refusal("bad-arguments", { problem: "instructionsPath is not on the public desktop" });
  if ((await session.readText(path)) !== text) await session.write(path, text);
}

async function gateState(session: Session, baseline: Baseline, expected: string): Promise<GateState> {
  const applied = await newAppliedFile(session, baseline);
  const world = await session.world();
  const open = isWizardOpen(world);
  const service = world.services.ADSync;
  await confirmNotRetired(session);
  if (service?.startType === "Disabled") await stopDisabled(session, service);
  const proof = stagingProof(world);
  if (service !== undefined && proof.state === "off") {
    const connectors = world.adsync?.connectors.length ?? 0;
    if (applied !== undefined || (!open && connectors > 0)) await stopActive(session, proof.detail);
  }
  if (open) return { kind: "open" };
  if (applied === undefined) return { kind: "absent" };
  if (service === undefined) return { kind: "unproven" };
  const installed = plainVersion((await connectPackage(session))?.displayVersion ?? "");
  const engine = await engineVersion(session);
  if (engine !== expected) return { kind: "behind", installed, engine };
  return { kind: proof.state === "on" ? "done" : "unproven" };
}

async function stopRecord(session: Session): Promise<Marker | undefined> {
  const record = await session.readRecord(stoppedPath);
  return isMarkerOfThisMachine(record, await session.world()) ? record : undefined;
}

/** The record is an intent: it is there before the service is stopped. */
async function stopRecorded(session: Session, reason: string): Promise<void> {
  const { computerName, vmId } = await session.world();
  await session.write(stoppedPath, asciiJson({ stoppedAt: await session.instant(), computerName, vmId, reason }));
  await disableSynchronization(session);
}

async function stopActive(session: Session, detail: string): Promise<never> {
  if ((await session.readRecord(passedPath)) !== undefined)
    throw new Refusal("not-proven-staging", { state: "off", detail });
  await stopRecorded(session, `staging mode was off at the gate (${detail})`);
  throw new Refusal("staging-off", { detail, engine: await engineFileOf(session) });
}

/** A disabled service is not yet a stopped one. */
async function stopDisabled(session: Session, found: ServiceWorld): Promise<never> {
  let stopped = await stopRecord(session);
  const passed = (await session.readRecord(passedPath)) !== undefined;
  if (found.status !== "Stopped" && !passed) {
    const was = serviceState(found);
    await stopRecorded(
      session,
      String(stopped?.reason ?? `it was disabled and ${was} before this server had passed its gate`),
    );
    session.notes.push(`ADSync was ${was} when this gate looked; it has stopped it just now.`);
    stopped = await stopRecord(session);
  }
  const state = serviceState((await session.world()).services.ADSync);
  if (stopped === undefined || passed) throw new Refusal("service-disabled", { state });
  throw new Refusal("stopped-by-gate", {
    at: String(stopped.stoppedAt),
    reason: String(stopped.reason),
    state,
    record: stoppedPath,
    engine: await engineFileOf(session),
  });
}

async function writePassed(session: Session, appliedFile: string, settingsFilePath: string): Promise<void> {
  if ((await session.readRecord(passedPath)) !== undefined) return;
  const { computerName, vmId } = await session.world();
  const passed = {
    passedAt: await session.instant(),
    computerName,
    vmId,
    appliedFile,
    engineFile: await engineFileOf(session),
    settingsFile: await settingsFileAt(session, settingsFilePath, appliedFile),
    stopped: (await stopRecord(session)) ?? null,
  };
  await session.write(passedPath, asciiJson(passed));
  await session.removeRecord(stoppedPath);
}

/** The settings file that was imported: the one that lies there, if it lay there before the wizard succeeded. */
async function settingsFileAt(session: Session, path: string, appliedFile: string) {
  if (!(await session.exists(path))) return null;
  const written = async (each: string) => (await stat(session.path(each))).mtimeMs;
  if ((await written(path)) > (await written(`${appliedFolder}\\${appliedFile}`))) return null;
  return { path, sha256: await session.sha256(path) };
}
