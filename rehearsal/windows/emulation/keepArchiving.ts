/** Mirrors scripts/keep-archiving.ps1. */
import {
  archivedScriptPath,
  archivingPath,
  type KeepArchivingAnswer,
  type PinnedText,
} from "../../../scripts/assemble";
import { hideSecrets } from "../../../scripts/causes";
import { healthEvents } from "../../../scripts/health";
import { simulatedNow } from "../simulatedTime";
import {
  hashOrNull,
  initializeArchiveFolder,
  initializeChain,
  registerEventSource,
  registerTask,
  removeArchiving,
  taskAnswer,
  taskName,
  writePinned,
} from "./archiveTask";
import { queued } from "./archiving/queue";
import { confirmMachine, confirmStaging } from "./connect";
import { confirmNotRetired } from "./marker";
import { Refusal, type Said, type Session } from "./session";

export async function keepArchiving(session: Session): Promise<Said<"keep-archiving">> {
  const given = session.expect(
    ...["computerName", "vmId", "wanted", "chain", "script", "archiving", "definition", "firstRunMinutes", "asked"],
  );
  await confirmMachine(session, given);
  await session.enterLock();
  if ((await session.world()).services.ADSync === undefined) throw new Refusal("not-set-up");
  await confirmNotRetired(session);
  await confirmStaging(session);
  const { vmId } = await session.world();
  const wanted = given.wanted === true;
  const rest = wanted
    ? await lay(session, given)
    : { before: null, firstRun: null, task: null, kept: await removeArchiving(session) };
  return { vmId, wanted, asked: String(given.asked), ...rest, waiting: (await queued(session)).length };
}

async function lay(
  session: Session,
  given: Readonly<Record<string, unknown>>,
): Promise<Pick<KeepArchivingAnswer, "before" | "firstRun" | "task" | "kept">> {
  const script = await hashOrNull(session, archivedScriptPath);
  const archiving = await hashOrNull(session, archivingPath);
  await initializeArchiveFolder(session);
  await writePinned(session, archivedScriptPath, given.script as PinnedText, "archive-configuration.ps1");
  await writePinned(session, archivingPath, given.archiving as PinnedText, "archiving.json");
  await initializeChain(session, String(given.chain));
  await registerEventSource(session);
  const before = { script, archiving, task: await registerTask(session, String(given.definition)) };
  const answer = await taskAnswer(session);
  const firstRun = session.changes.length > 0 || answer?.lastResult !== 0 ? await runFirst(session) : null;
  return { before, firstRun, task: await taskAnswer(session), kept: [] };
}

async function runFirst(session: Session): Promise<KeepArchivingAnswer["firstRun"]> {
  const since = (await session.now()).getTime() - 1000;
  await session.edit((world) => {
    const task = world.tasks?.[taskName];
    if (task === undefined) return;
    task.startRequested = true;
    task.lastRunAt = simulatedNow(world.clock).toISOString();
  });
  const answer = await taskAnswer(session);
  if (answer === null) return null;
  const { eventLog = [] } = await session.world();
  const event = eventLog.findLast(
    ({ provider, id }) => provider === healthEvents.source && [100, 101, 110].includes(id),
  );
  if (event === undefined || Date.parse(event.at) < since) return { result: answer.lastResult, event: null };
  const message = JSON.parse(event.message) as {
    readonly archive?: { readonly name: string | null; readonly why: string | null };
    readonly failed?: { readonly what: string; readonly why: string; readonly next: string };
  };
  const { archive, failed } = message;
  const why = failed === undefined ? (archive?.why ?? "") : `${failed.what} ${failed.why} ${failed.next}`;
  return { result: answer.lastResult, event: { id: event.id, name: archive?.name ?? null, why: hideSecrets(why) } };
}
