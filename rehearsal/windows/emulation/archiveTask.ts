/** Mirrors scripts/fragments/archiveTask.ps1. */
import { createHash } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import {
  archivedScriptPath,
  archiveTask,
  archivingPath,
  asciiJson,
  type KeepArchivingAnswer,
} from "../../../scripts/assemble";
import { healthEvents } from "../../../scripts/health";
import { nextRun, notYetRun } from "../scheduledTasks";
import { changeRegistry, readRegistry } from "../serverFiles";
import { instantText, simulatedNow } from "../simulatedTime";
import { chainPath, queued, queueFolder } from "./archiving/queue";
import { protectFolder } from "./protect";
import { libraryFolder, Refusal, type Session } from "./session";

const eventSourceKey = `HKLM:\\SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\${healthEvents.source}`;
export const taskName = `${archiveTask.path}${archiveTask.name}`;

export async function initializeArchiveFolder(session: Session): Promise<void> {
  await mkdir(session.path(queueFolder), { recursive: true });
  const { accessControl } = await session.world();
  if (accessControl[libraryFolder]?.some((entry) => entry.startsWith("/inheritance:r"))) return;
  await protectFolder(session, libraryFolder);
  session.changes.push(`access to ${libraryFolder} given to SYSTEM and Administrators only`);
}

export async function hashOrNull(session: Session, path: string): Promise<string | null> {
  return (await session.exists(path)) ? session.sha256(path) : null;
}

export async function writePinned(
  session: Session,
  path: string,
  pinned: { readonly text: string; readonly sha256: string },
  what: string,
): Promise<void> {
  if ((await hashOrNull(session, path)) === pinned.sha256) return;
  const found = createHash("sha256").update(pinned.text).digest("hex");
  await session.write(path, pinned.text);
  if (found !== pinned.sha256) throw new Refusal("not-as-sent", { path, expected: pinned.sha256, found });
  session.changes.push(`${what} laid down`);
}

export async function initializeChain(session: Session, chain: string): Promise<void> {
  if ((await session.exists(chainPath)) || (await queued(session)).length > 0) return;
  await session.write(chainPath, asciiJson({ chain, sequence: 0, previous: null, settingsFiles: [] }));
}

export async function hasEventSource(session: Session): Promise<boolean> {
  return Object.keys(await readRegistry(session.server)).some(
    (key) => key.toLowerCase() === eventSourceKey.toLowerCase(),
  );
}

export async function registerEventSource(session: Session): Promise<void> {
  if (await hasEventSource(session)) return;
  await changeRegistry(session.server, (registry) => {
    registry[eventSourceKey] = {
      EventMessageFile: "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\EventLogMessages.dll",
    };
  });
  session.changes.push(`event source ${healthEvents.source} registered in the log Application`);
}

export async function registerTask(session: Session, definition: string): Promise<"none" | "same" | "another"> {
  const world = await session.world();
  const there = world.tasks?.[taskName];
  if (there !== undefined && there.state !== "Disabled" && there.xml === definition) return "same";
  await session.edit((state) => {
    state.tasks = {
      ...state.tasks,
      [taskName]: {
        xml: definition,
        registeredAt: simulatedNow(state.clock).toISOString(),
        state: "Ready",
        lastRunAt: null,
        lastResult: notYetRun,
        startRequested: false,
      },
    };
  });
  session.changes.push("scheduled task registered");
  return there === undefined ? "none" : "another";
}

/** Waits for a run that goes on: how long it takes on a simulated machine says nothing. */
export async function taskAnswer(session: Session): Promise<KeepArchivingAnswer["task"]> {
  for (;;) {
    const world = await session.world();
    const task = world.tasks?.[taskName];
    if (task === undefined) return null;
    if (task.state === "Running" || task.startRequested) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      session.options.signal?.throwIfAborted();
      continue;
    }
    return {
      state: task.state,
      lastResult: task.lastResult,
      lastRunAt: task.lastRunAt === null ? null : instantText(new Date(task.lastRunAt)),
      nextRunAt: instantText(nextRun(task.xml, simulatedNow(world.clock))),
    };
  }
}

export async function removeTask(session: Session): Promise<void> {
  const world = await session.world();
  if (world.tasks?.[taskName] === undefined) return;
  await session.edit((state) => {
    delete state.tasks?.[taskName];
  });
  session.changes.push("scheduled task removed");
}

/** What stays. */
export async function removeArchiving(session: Session): Promise<readonly string[]> {
  await removeTask(session);
  for (const path of [archivedScriptPath, archivingPath])
    if (await session.exists(path)) {
      await rm(session.path(path));
      session.changes.push(`${path} removed`);
    }
  if (await hasEventSource(session)) {
    await changeRegistry(session.server, (registry) => {
      for (const key of Object.keys(registry))
        if (key.toLowerCase() === eventSourceKey.toLowerCase()) delete registry[key];
    });
    session.changes.push(`event source ${healthEvents.source} removed`);
  }
  const left = await readdir(session.path(queueFolder)).catch(() => undefined);
  if (left?.length === 0) await rm(session.path(queueFolder), { recursive: true });
  const kept: string[] = [];
  for (const path of [queueFolder, chainPath]) if (await session.exists(path)) kept.push(path);
  return kept;
}
