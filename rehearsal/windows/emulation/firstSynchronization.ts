/** Mirrors scripts/first-synchronization.ps1. */
import { randomUUID } from "node:crypto";
import type { ConnectorWorld, RunWorld, SynchronizationWorld } from "../serverWorld";
import { simulatedNow } from "../simulatedTime";
import { confirmStaging, engineOf, isWizardOpen, waitIdle } from "./connect";
import { confirmNotRetired } from "./marker";
import { Refusal, type Said, type Session } from "./session";

const entraConnectorId = "b891884f-051e-4a83-95af-2544101c9083";

type Step = Said<"first-synchronization">["steps"][number];
type Profile = "Full Import" | "Delta Synchronization";
/** The scheduler may have run the full form of what we would run. */
const countsAs: Readonly<Record<Profile, readonly Step["runProfileName"][]>> = {
  "Full Import": ["Full Import"],
  "Delta Synchronization": ["Delta Synchronization", "Full Synchronization"],
};

export async function firstSynchronization(session: Session): Promise<Said<"first-synchronization">> {
  const { enableScheduler, runWaitMinutes } = session.expect("enableScheduler", "runWaitMinutes");
  const wait = Number(runWaitMinutes);
  await session.enterLock(wait);
  const world = await session.world();
  if (world.services.ADSync === undefined) throw new Refusal("not-set-up");
  await confirmNotRetired(session);
  await confirmReady(session);
  const { connectors } = engineOf(world);
  const sorted = [...connectors].sort((one, other) => one.name.localeCompare(other.name));
  const entra = sorted.filter(({ identifier }) => identifier === entraConnectorId);
  const directories = sorted.filter(({ type }) => type === "AD");
  if (entra.length !== 1 || directories.length === 0)
    throw new Refusal("connectors-missing", { names: sorted.map(({ name }) => name).join(", ") });
  const steps: Step[] = [];
  const ordered = [...directories, ...entra];
  const imports: string[] = [];
  for (const connector of ordered) imports.push(await takeStep(session, steps, connector, "Full Import", "", wait));
  const imported = imports.sort().at(-1) ?? "";
  for (const connector of ordered) await takeStep(session, steps, connector, "Delta Synchronization", imported, wait);
  const { syncCycleEnabled } = engineOf(await session.world()).scheduler;
  if (syncCycleEnabled || enableScheduler !== true) return { steps, schedulerEnabled: syncCycleEnabled };
  await confirmReady(session);
  await session.edit((state) => {
    engineOf(state).scheduler.syncCycleEnabled = true;
  });
  session.changes.push("scheduler enabled; in staging mode it suppresses exports");
  return { steps, schedulerEnabled: true };
}

async function confirmReady(session: Session): Promise<void> {
  const world = await session.world();
  if (isWizardOpen(world)) throw new Refusal("wizard-open");
  await confirmStaging(session);
}

function doneRun(
  { runHistory }: SynchronizationWorld,
  connector: ConnectorWorld,
  profile: Profile,
  after: string,
): RunWorld | undefined {
  return runHistory.find(
    (known) =>
      known.connectorIdentifier === connector.identifier &&
      countsAs[profile].some((name) => name === known.runProfileName) &&
      isCompleted(known) &&
      known.startDate >= after,
  );
}

/** Gives the start of the run that counts. */
async function takeStep(
  session: Session,
  steps: Step[],
  connector: ConnectorWorld,
  profile: Profile,
  after: string,
  wait: number,
): Promise<string> {
  let run = doneRun(engineOf(await session.world()), connector, profile, after);
  let outcome: Step["outcome"] = "already-done";
  if (run === undefined) {
    await waitIdle(session, wait, () => confirmReady(session));
    run = doneRun(engineOf(await session.world()), connector, profile, after);
  }
  if (run === undefined) {
    run = await runProfile(session, connector, profile);
    await session.tell(`${profile} of ${connector.name} has begun`);
    outcome = "ran";
    session.changes.push(`${profile} of ${connector.name}`);
  }
  const { result, startDate } = run;
  const runProfileName = countsAs[profile].find((name) => name === run.runProfileName) ?? profile;
  steps.push({ connectorName: connector.name, runProfileName, outcome, result });
  return startDate;
}

function isCompleted({ result }: RunWorld): boolean {
  return result === "success" || result.startsWith("completed-");
}

function runProfile(session: Session, connector: ConnectorWorld, profile: Profile): Promise<RunWorld> {
  return session.edit((world) => {
    const at = simulatedNow(world.clock).toISOString();
    const run: RunWorld = {
      runHistoryId: randomUUID(),
      connectorIdentifier: connector.identifier,
      connectorName: connector.name,
      runProfileName: profile,
      result: "success",
      startDate: at,
      endDate: at,
      stepTypes: [profile === "Full Import" ? "full-import" : "delta-synchronization"],
    };
    engineOf(world).runHistory.unshift(run);
    return run;
  });
}
