/** Mirrors scripts/await-wizard.ps1. */
import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { asciiJson } from "../../../scripts/assemble";
import { findCauses } from "../../../scripts/causes";
import type { ServiceWorld } from "../serverWorld";
import {
  appliedFolder,
  type Baseline,
  baselinePath,
  connectPackage,
  disableSynchronization,
  engineFileOf,
  engineVersion,
  gatePassed,
  isWizardOpen,
  moduleFileOf,
  newAppliedFile,
  passedPath,
  plainVersion,
  readBaseline,
  type StagingProof,
  stagingProof,
  unproven,
  wizardPath,
} from "./connect";
import { confirmNotRetired, isMarkerOfThisMachine, type Marker } from "./marker";
import { serviceState } from "./service";
import { libraryFolder, Refusal, type Said, type Session } from "./session";
import { toAscii } from "./text";
import { type WizardTrace, wizardTrace } from "./trace";

const tokenPath = `${libraryFolder}\\gate.json`;
const stoppedPath = `${libraryFolder}\\stopped.json`;
const unreadableSeconds = 15;
const unreadableLooks = 9;
const unreadableLooksStopped = 25;

type Waiting =
  | { readonly kind: "no-service" }
  | { readonly kind: "left-open"; readonly running?: string }
  | { readonly kind: "open"; readonly trace?: WizardTrace }
  | { readonly kind: "absent"; readonly trace?: WizardTrace; readonly running?: string }
  | { readonly kind: "failed"; readonly trace: WizardTrace; readonly running?: string }
  | { readonly kind: "unproven"; readonly proof: StagingProof; readonly trace?: WizardTrace }
  | { readonly kind: "unreadable"; readonly proof: StagingProof; readonly patience: number }
  | { readonly kind: "behind"; readonly installed: string; readonly engine: string; readonly trace?: WizardTrace };
type GateState = { readonly kind: "done" } | Waiting;

const said: Readonly<Record<Exclude<Waiting["kind"], "behind" | "unreadable">, string>> = {
  open: "the wizard is open",
  "left-open": "the wizard has finished, but its window is still open (process AzureADConnect): close it",
  absent: "nobody has completed the wizard yet",
  failed: "the wizard has been run, and its configuration failed",
  "no-service": "the wizard has finished, but there is no service ADSync",
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
  let looks = 0;
  let traceSaid = "";
  let told = "";
  let toldAt = 0;
  while (state.kind !== "done") {
    looks = state.kind === "unreadable" ? looks + 1 : 0;
    if (state.kind === "unreadable") {
      if (looks >= state.patience) throw await stopUnreadable(session, state.proof, looks);
    } else if (waited >= waitMinutes) throw stillClosed(session, state, given);
    traceSaid = sayTrace(session, computerName, state, traceSaid);
    const text = stateText(state, looks);
    if (text !== told || waited - toldAt >= 3) {
      session.options.tell(`gate on ${computerName}: ${waited} of ${waitMinutes} min, ${text}`);
      told = text;
      toldAt = waited;
    }
    await session.sleep(state.kind === "unreadable" ? unreadableSeconds : Number(given.pollSeconds));
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

function stateText(state: Waiting, looks = 0): string {
  if (state.kind === "unreadable")
    return `the wizard is closed, staging mode cannot be read (${looks} of ${state.patience} looks, then ADSync is stopped and disabled)`;
  if (state.kind !== "behind") return said[state.kind];
  return `the installed package is ${state.installed}, the engine still ${state.engine}`;
}

function traceOf(state: Waiting): WizardTrace | undefined {
  return "trace" in state ? state.trace : undefined;
}

/** What is new in the wizard's log is said once. */
function sayTrace(session: Session, computerName: string, state: Waiting, before: string): string {
  const trace = traceOf(state);
  if (trace === undefined || trace.shown.length === 0) return before;
  const { path, at, shown, causes } = trace;
  const lines = [
    ...shown,
    ...causes.flatMap(({ cause, remedy }) => [`Known cause: ${cause}`, `What to do: ${remedy}`]),
  ];
  const now = [path, ...lines].join(" ");
  if (now === before) return before;
  session.options.tell(`gate on ${computerName}: the wizard's log ${path}, ${at}:`);
  for (const line of lines) session.options.tell(toAscii(`  ${line}`));
  return now;
}

function stillClosed(session: Session, state: Waiting, given: Readonly<Record<string, unknown>>): Refusal {
  const minutes = String(given.waitMinutes);
  const trace = traceOf(state);
  session.notes.push(...(trace?.shown ?? []).map((shown) => `From ${trace?.path}: ${shown}`));
  session.addCauses(trace?.causes ?? []);
  if ("running" in state && state.running) session.notes.push(state.running);
  if (state.kind === "failed") {
    const { path: log, at } = state.trace;
    return new Refusal("wizard-failed", { minutes, log, at, page: String(given.instructionsPath) });
  }
  if (state.kind === "unproven") return unproven(session, state.proof);
  if (state.kind === "left-open") return new Refusal("left-open", { minutes });
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
  const proof = await stagingProof(session);
  if (service !== undefined && proof.state === "off") {
    const connectors = world.adsync?.connectors.length ?? 0;
    if (applied !== undefined || (!open && connectors > 0)) await stopActive(session, proof);
  }
  const engine = await engineVersion(session);
  if (open && applied !== undefined && engine === expected)
    return {
      kind: "left-open",
      running: runningUnread(service, proof, "When the wizard's window is closed it may begin to export"),
    };
  if (
    !open &&
    applied !== undefined &&
    service !== undefined &&
    proof.state === "unclear" &&
    !(await gatePassed(session))
  )
    return { kind: "unreadable", proof, patience: patienceOf(service) };
  const news = [baselinePath, passedPath, ...(applied === undefined ? [] : [`${appliedFolder}\\${applied}`])];
  const trace = await wizardTrace(session, news);
  if (open) return { kind: "open", trace };
  if (applied === undefined && trace !== undefined && trace.shown.length > 0)
    return { kind: "failed", trace, running: runningUnread(service, proof) };
  if (applied === undefined) return { kind: "absent", trace, running: runningUnread(service, proof) };
  if (service === undefined) return { kind: "no-service" };
  const installed = plainVersion((await connectPackage(session))?.displayVersion ?? "");
  if (engine !== expected) return { kind: "behind", installed, engine, trace };
  if (proof.state !== "on") return { kind: "unproven", proof, trace };
  if (isWizardOpen(await session.world()) || (await newAppliedFile(session, baseline)) !== applied)
    return { kind: "open", trace };
  return { kind: "done" };
}

/** An engine that runs and does not say whether it is staging, where it is not stopped for that. */
function runningUnread(
  service: ServiceWorld | undefined,
  { state, detail }: StagingProof,
  may = "If somebody has configured it, it may be exporting",
): string | undefined {
  if (service === undefined || service.status === "Stopped" || state !== "unclear") return undefined;
  return (
    `ADSync is ${serviceState(service)}, and whether it is staging cannot be read (${detail}). ${may}: then ` +
    "`Stop-Service ADSync -Force; Set-Service ADSync -StartupType Disabled` on the server."
  );
}

/** A service that does not run exports nothing meanwhile. */
function patienceOf({ status }: ServiceWorld): number {
  return status === "Running" ? unreadableLooks : unreadableLooksStopped;
}

async function stopRecord(session: Session): Promise<Marker | undefined> {
  let record: Marker | undefined;
  try {
    record = await session.readRecord(stoppedPath);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "record-damaged") throw error;
    session.notes.push(`${stoppedPath} cannot be read: the record ${stoppedPath} is damaged`);
  }
  return isMarkerOfThisMachine(record, await session.world()) ? record : undefined;
}

/** The record is an intent: it is there before the service is stopped. */
async function stopRecorded(session: Session, reason: string, ground: string): Promise<void> {
  const { computerName, vmId } = await session.world();
  const stoppedAt = await session.instant();
  await session.write(stoppedPath, asciiJson({ stoppedAt, computerName, vmId, reason, ground }));
  await disableSynchronization(session);
}

async function stopActive(session: Session, proof: StagingProof): Promise<never> {
  const { detail } = proof;
  if (await gatePassed(session)) throw unproven(session, proof);
  session.addCauses(findCauses("staging", detail));
  await stopRecorded(session, `staging mode was off at the gate (${detail})`, "staging-off");
  throw new Refusal("staging-off", { detail, engine: await engineFileOf(session) });
}

/** The wizard has finished, and whether this server is staging cannot be read: it may be exporting. */
async function stopUnreadable(session: Session, { detail }: StagingProof, looks: number): Promise<Refusal> {
  const time = `${looks} looks, ${unreadableSeconds} seconds apart`;
  session.addCauses(findCauses("staging", detail));
  const reason = `staging mode could not be read after the wizard had finished (${time}): ${detail}`;
  await stopRecorded(session, reason, "staging-unreadable");
  const [engine, module] = [await engineFileOf(session), await moduleFileOf(session)];
  return new Refusal("staging-unreadable", { time, detail, engine, module });
}

/** A disabled service is not yet a stopped one. */
async function stopDisabled(session: Session, found: ServiceWorld): Promise<never> {
  let stopped = await stopRecord(session);
  const passed = await gatePassed(session);
  if (found.status !== "Stopped" && !passed) {
    const was = serviceState(found);
    await stopRecorded(
      session,
      String(stopped?.reason ?? `it was disabled and ${was} before this server had passed its gate`),
      String(stopped?.ground ?? ""),
    );
    session.notes.push(`ADSync was ${was} when this gate looked; it has stopped it just now.`);
    stopped = await stopRecord(session);
  }
  const state = serviceState((await session.world()).services.ADSync);
  if (stopped === undefined || passed) throw new Refusal("service-disabled", { state });
  const unreadable = stopped.ground === "staging-unreadable";
  if (unreadable) session.addCauses(findCauses("staging", String(stopped.reason)));
  throw new Refusal(unreadable ? "stopped-unreadable" : "stopped-by-gate", {
    at: String(stopped.stoppedAt),
    reason: String(stopped.reason),
    state,
    record: stoppedPath,
    engine: await engineFileOf(session),
    module: await moduleFileOf(session),
  });
}

async function writePassed(session: Session, appliedFile: string, settingsFilePath: string): Promise<void> {
  if (await gatePassed(session)) return;
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
