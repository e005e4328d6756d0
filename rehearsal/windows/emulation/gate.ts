/** Mirrors scripts/await-wizard.ps1. */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { asciiJson } from "../../../scripts/assemble";
import {
  appliedFolder,
  type Baseline,
  connectPackage,
  disableSynchronization,
  engineFileOf,
  engineVersion,
  isWizardOpen,
  newAppliedFile,
  plainVersion,
  readBaseline,
  stagingProof,
  wizardPath,
} from "./connect";
import { confirmNotRetired } from "./marker";
import { libraryFolder, Refusal, type Said, type Session } from "./session";

const tokenPath = `${libraryFolder}\\gate.json`;
const passedPath = `${libraryFolder}\\gate-passed.json`;
const record = `${libraryFolder}\\stopped.json`;

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
  const given = session.expect("productVersion", "waitMinutes", "pollSeconds", "instructions", "instructionsPath");
  const expected = plainVersion(String(given.productVersion));
  const waitMinutes = Number(given.waitMinutes);
  const page = String(given.instructionsPath);
  const baseline = await readBaseline(session);
  if (baseline === undefined) throw new Refusal("no-baseline", { path: `${libraryFolder}\\baseline.json` });
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
    if ((await session.readJson(tokenPath))?.token !== token) throw new Refusal("superseded");
    waited = Math.floor(((await session.now()).getTime() - began) / 60_000);
    state = await gateState(session, baseline, expected);
  }
  for (const path of [page, tokenPath]) await rm(session.path(path), { force: true });
  const applied = (await newAppliedFile(session, baseline)) ?? "";
  if (!(await session.exists(passedPath)))
    await session.write(
      passedPath,
      asciiJson({
        passedAt: await session.instant(),
        computerName,
        appliedFile: applied,
        engineFile: await engineFileOf(session),
      }),
    );
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
  if (service?.startType === "Disabled") throw new Refusal("service-disabled", { record });
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

async function stopActive(session: Session, detail: string): Promise<never> {
  if (await session.exists(passedPath)) throw new Refusal("not-proven-staging", { state: "off", detail });
  await disableSynchronization(session);
  const { computerName } = await session.world();
  const reason = "staging mode was off at the gate";
  await session.write(record, asciiJson({ stoppedAt: await session.instant(), computerName, reason }));
  throw new Refusal("staging-off", { detail, engine: await engineFileOf(session) });
}
