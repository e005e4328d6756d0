/** Mirrors archive-configuration.ps1, and the line of the task that starts it. */
import { lstat } from "node:fs/promises";
import { type Archiving, archivedScriptPath, archiveFolder, archivingPath, asciiJson } from "../../../scripts/assemble";
import { type CollectedHealth, healthEvents, longestEventMessage } from "../../../scripts/health";
import type { ServerFolder } from "../../world/contract";
import { changeServerWorld } from "../serverFiles";
import { instantText, simulatedNow } from "../simulatedTime";
import type { WayToAzure } from "../wayToAzure";
import { hasEventSource, hashOrNull } from "./archiveTask";
import { type Collection, collect, pack } from "./archiving/collection";
import {
  addToQueue,
  blobName,
  type ChainEnd,
  chainEnd,
  queueFolder,
  queueState,
  writeChainEnd,
} from "./archiving/queue";
import { sendQueue } from "./archiving/upload";
import { waitIdle } from "./connect";
import { NotRehearsed } from "./notRehearsed";
import { libraryFolder, Refusal, Session } from "./session";
import { toAscii } from "./text";

/** Runs what the task starts; gives its exit code. */
export async function emulateTask(
  server: ServerFolder,
  command: string,
  way: WayToAzure | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const session = new Session({ name: "keep-archiving", server, given: undefined, tell: () => undefined, signal });
  const [, script, configuration] = /if \(\$found -ceq '(\w+)'\).*-ConfigurationSha256 '(\w+)'/.exec(command) ?? [];
  return new ArchivingRun(session, way, script ?? "", configuration ?? "").run();
}

async function failedHealth(
  session: Session,
  chain: string | null,
  failed: { readonly what: string; readonly why: string; readonly next: string },
): Promise<string> {
  const { computerName } = await session.world();
  const collectedAt = await session.instant();
  return asciiJson({ schema: "entra-connect-health/1", collectedAt, computerName, chain, failed });
}

const levels = { 100: "Information", 101: "Warning", 110: "Error" } as const;

async function writeEvent(session: Session, id: keyof typeof levels, message: string): Promise<boolean> {
  if (message.length > longestEventMessage) throw new NotRehearsed("longReport");
  if (!(await hasEventSource(session))) return false;
  await changeServerWorld(session.server, (world) => {
    const at = simulatedNow(world.clock).toISOString();
    const entry = { log: healthEvents.log, provider: healthEvents.source, id, level: levels[id], at, message };
    world.eventLog = [...(world.eventLog ?? []), entry];
  });
  return true;
}

const long = (text: string): string => (text.length > 1000 ? `${text.slice(0, 1000)} ...` : text);

/** The script's own. */
const exitCodes = { archived: 0, waiting: 40, failed: 41, busy: 42, silent: 44 } as const;

/** Mirrors Stop-Collecting: a run that ends without a collection. */
class Stopped extends Error {
  constructor(
    readonly exitCode: number,
    readonly what: string,
    readonly why: string,
    readonly next: string,
  ) {
    super(what);
  }
}

function unexpected(error: unknown): Stopped {
  if (error instanceof NotRehearsed)
    return new Stopped(
      1,
      "This is not rehearsed.",
      error.message,
      "Rehearse it in the test PowerShell, or bring the server back to where it was.",
    );
  return new Stopped(
    1,
    "An unexpected error in the emulation.",
    error instanceof Error ? error.message : String(error),
    "Nothing where it happens once: the next run of the task begins anew. If it stays so, report these lines.",
  );
}

class ArchivingRun {
  private chain: string | null = null;

  constructor(
    private readonly session: Session,
    private readonly way: WayToAzure | undefined,
    private readonly scriptSha256: string,
    private readonly configurationSha256: string,
  ) {}

  async run(): Promise<number> {
    try {
      return await this.archive();
    } catch (error) {
      const { what, why, next, exitCode } = error instanceof Stopped ? error : unexpected(error);
      const message = await failedHealth(this.session, this.chain, { what, why: long(why), next });
      return (await writeEvent(this.session, healthEvents.failed, message)) ? exitCode : exitCodes.silent;
    } finally {
      await this.session.leaveLock();
    }
  }

  private async archive(): Promise<number> {
    const { session } = this;
    for (const [path, sha256] of [
      [archivedScriptPath, this.scriptSha256],
      [archivingPath, this.configurationSha256],
    ] as const)
      if ((await hashOrNull(session, path)) !== sha256) throw new NotRehearsed("changedTask");
    const given = JSON.parse((await session.readText(archivingPath)) ?? "") as Archiving;
    this.chain = given.chain;
    for (const path of [libraryFolder, archiveFolder, queueFolder])
      if (await isLink(session, path)) throw new NotRehearsed("link");
    try {
      await session.enterLock(0, "Global_pulumi-entra-connect-archive", 0);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return exitCodes.busy;
    }
    await this.confirmEngine();
    await waitIdle(session, given.waitMinutes).catch((error: unknown) => {
      throw error instanceof Refusal ? new NotRehearsed("busyEngine") : error;
    });
    const end = await chainEnd(session, given.chain);
    const collection = await collect(session, given, end);
    const added = await this.add(given, end, collection);
    const health = await this.complete(given, added);
    const archived = health.archive.state === "uploaded" && health.archive.queue.count === 0;
    const id = archived ? healthEvents.archived : healthEvents.waiting;
    const code = archived ? exitCodes.archived : exitCodes.waiting;
    return (await writeEvent(session, id, asciiJson(health))) ? code : exitCodes.silent;
  }

  private async confirmEngine(): Promise<void> {
    const service = (await this.session.world()).services.ADSync;
    if (service === undefined) throw new NotRehearsed("noEngine");
    if (service.status === "Running") return;
    throw new Stopped(
      exitCodes.failed,
      `The service ADSync is ${service.status}, start type ${service.startType}.`,
      "Without it nothing can be read of the engine.",
      "Find out who stopped it before it is started again: a server that its guard retired stays stopped.",
    );
  }

  /** The whole collection in its place of the chain. */
  private async add(given: Archiving, end: ChainEnd, collection: Collection): Promise<CollectedHealth> {
    const { session } = this;
    const { computerName, vmId } = await session.world();
    const sequence = end.sequence + 1;
    const { previous, startedAnew } = end;
    const stamp = instantText(collection.at).replaceAll(/[-:]/g, "");
    const file = `${String(sequence).padStart(8, "0")}-${stamp}.zip`;
    const name = blobName(given.chain, computerName, file);
    const { archive } = collection.health;
    const health = { ...collection.health, sequence, archive: { ...archive, name } };
    const files = new Map(collection.files);
    files.set("health/health.json", Buffer.from(asciiJson(health), "ascii"));
    const { zip, manifestSha256 } = pack(
      { ...collection, files, health },
      {
        chain: given.chain,
        ...{ sequence, previous, startedAnew },
        vmId,
        generation: given.generation,
        script: { version: archiverVersion, sha256: this.scriptSha256 },
      },
    );
    await addToQueue(session, given, file, zip);
    await writeChainEnd(session, given.chain, {
      sequence,
      previous: { name, manifestSha256 },
      settingsFiles: [...new Set([...end.settingsFiles, ...collection.newFiles])],
    });
    return health;
  }

  /** Mirrors Complete-Health. */
  private async complete(given: Archiving, health: CollectedHealth): Promise<CollectedHealth> {
    const { session } = this;
    const { name } = health.archive;
    const file = name?.slice(name.lastIndexOf("/") + 1) ?? "";
    let state: CollectedHealth["archive"]["state"] = "disabled";
    let said = `no archive is configured; collections stay in ${queueFolder} until they are fetched`;
    if (given.endpoint !== "") {
      said = await sendQueue({ session, given, way: this.way });
      state = (await session.names(queueFolder)).includes(file) ? "queued" : "uploaded";
    }
    const why = said === "" ? null : toAscii(long(said));
    return { ...health, archive: { state, name, queue: await queueState(session), why } };
  }
}

const archiverVersion = "1";

async function isLink(session: Session, path: string): Promise<boolean> {
  return (await lstat(session.path(path)).catch(() => undefined))?.isSymbolicLink() === true;
}
