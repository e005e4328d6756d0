/** Mirrors archive-configuration.ps1, and the line of the task that starts it. */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { type Archiving, archivedScriptPath, archiveFolder, archivingPath, asciiJson } from "../../../scripts/assemble";
import { type CollectedHealth, healthEvents, longestEventMessage } from "../../../scripts/health";
import type { ServerFolder } from "../../world/contract";
import { changeServerWorld } from "../serverFiles";
import { instantText, simulatedNow } from "../simulatedTime";
import type { WayToAzure } from "../wayToAzure";
import { accessProblem, hasEventSource, isLink } from "./archiveTask";
import { type Collection, collect, pack } from "./archiving/collection";
import { ArchivingFailure, again, exitCodes } from "./archiving/failure";
import {
  addToQueue,
  blobName,
  type ChainEnd,
  chainEnd,
  chainPath,
  clearLeftover,
  type Place,
  placeInQueue,
  queueFolder,
  queueState,
  removeFromQueue,
  writeChainEnd,
} from "./archiving/queue";
import { sendQueue } from "./archiving/upload";
import { whoRuns } from "./connect";
import { libraryFolder, Session } from "./session";
import { toAscii } from "./text";

/** Runs what the task starts; gives its exit code. */
export async function emulateTask(
  server: ServerFolder,
  command: string,
  way: WayToAzure | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const session = new Session({ name: "keep-archiving", server, given: undefined, print: () => undefined, signal });
  const [, wanted = "", configuration = "", next = ""] =
    /if \(\$found -ceq '(\w+)'\).*-ConfigurationSha256 '(\w+)'.*next = '([^']*)'/.exec(command) ?? [];
  const chain = /chain = '([^']*)'/.exec(command)?.[1] ?? "";
  let found: string;
  try {
    found = await session.sha256(archivedScriptPath);
  } catch (error) {
    found = `unreadable: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (found !== wanted) {
    const what = `${archivedScriptPath} is not as it was installed, so it was not run.`;
    const failed = { what, why: `SHA-256 ${found} instead of ${wanted}`, next };
    return (await writeEvent(session, healthEvents.failed, await failedHealth(session, chain, failed))) ? 43 : 44;
  }
  return new ArchivingRun(session, way, found, configuration).run();
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
  if (!(await hasEventSource(session)) || message.length > longestEventMessage) return false;
  await changeServerWorld(session.server, (world) => {
    const at = simulatedNow(world.clock).toISOString();
    const entry = { log: healthEvents.log, provider: healthEvents.source, id, level: levels[id], at, message };
    world.eventLog = [...(world.eventLog ?? []), entry];
  });
  return true;
}

const long = (text: string): string => (text.length > 1000 ? `${text.slice(0, 1000)} ...` : text);

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
      const failure =
        error instanceof ArchivingFailure
          ? error
          : new ArchivingFailure(
              1,
              "An unexpected error in the emulation.",
              error instanceof Error ? error.message : String(error),
              "Nothing where it happens once: the next run of the task begins anew. If it stays so, report these lines.",
            );
      if (failure.exitCode === exitCodes.busy) return failure.exitCode;
      const { what, why, next } = failure;
      const told = { what: long(what), why: long(why), next: long(next) };
      const message = await failedHealth(this.session, this.chain, told);
      return (await writeEvent(this.session, healthEvents.failed, message)) ? failure.exitCode : exitCodes.silent;
    } finally {
      await this.session.leaveLock();
    }
  }

  private async archive(): Promise<number> {
    const { session } = this;
    await this.confirmProtected();
    const given = await this.readArchiving();
    this.chain = given.chain;
    await session.enterLock(0, "Global_pulumi-entra-connect-archive", 0).catch(() => {
      throw new ArchivingFailure(
        exitCodes.busy,
        "Another run of this script is at work.",
        "Two at once would give two collections one number.",
        "Wait until it is done.",
      );
    });
    await mkdir(session.path(queueFolder), { recursive: true });
    await clearLeftover(session);
    await this.confirmEngine();
    await this.waitIdle(given.waitMinutes);
    const end = await chainEnd(session, given.chain);
    const collection = await collect(session, given, end);
    const added = await this.add(given, end, collection);
    const health = await this.complete(given, added);
    const archived = health.archive.state === "uploaded" && health.archive.queue.count === 0;
    const id = archived ? healthEvents.archived : healthEvents.waiting;
    const code = archived ? exitCodes.archived : exitCodes.waiting;
    return (await writeEvent(session, id, messageOf(health))) ? code : exitCodes.silent;
  }

  private async confirmProtected(): Promise<void> {
    const { session } = this;
    const paths = [libraryFolder, archiveFolder, queueFolder, archivedScriptPath, archivingPath, chainPath];
    for (const path of paths) {
      const link = await isLink(session, path);
      if (link === undefined) continue;
      if (link)
        throw new ArchivingFailure(
          exitCodes.changed,
          `${path} is a link or mount point.`,
          "What SYSTEM reads and writes there could be led elsewhere, so nothing was run.",
          `Find out who made it, remove it. ${again}`,
        );
      const problem = accessProblem(await session.world(), path);
      if (problem !== undefined)
        throw new ArchivingFailure(
          exitCodes.changed,
          `${problem}.`,
          "Only SYSTEM and Administrators may change what SYSTEM runs, so nothing was run.",
          `Find out who changed that (the Security log, where it is audited). ${again}`,
        );
    }
  }

  private async readArchiving(): Promise<Archiving> {
    const text = await this.session.readText(archivingPath);
    if (text === undefined)
      throw new ArchivingFailure(
        exitCodes.changed,
        `There is no ${archivingPath}.`,
        "It says which chain this server has and where its collections go.",
        again,
      );
    const found = createHash("sha256").update(text).digest("hex");
    if (found !== this.configurationSha256)
      throw new ArchivingFailure(
        exitCodes.changed,
        `${archivingPath} is not as it was installed: SHA-256 ${found} instead of ${this.configurationSha256}.`,
        "Somebody changed it since, and a guess could send the configuration elsewhere.",
        `Find out who did. ${again}`,
      );
    return JSON.parse(text) as Archiving;
  }

  private async confirmEngine(): Promise<void> {
    const { services } = await this.session.world();
    const service = services.ADSync;
    if (service === undefined)
      throw new ArchivingFailure(
        exitCodes.failed,
        "There is no service ADSync on this server.",
        "Entra Connect is not set up here, or was removed.",
        "Complete the wizard, or take the archive out of the settings of this server.",
      );
    if (service.status === "Running") return;
    throw new ArchivingFailure(
      exitCodes.failed,
      `The service ADSync is ${service.status}, start type ${service.startType}.`,
      "Without it nothing can be read of the engine.",
      "Find out who stopped it before it is started again: a server that its guard retired stays stopped.",
    );
  }

  private async waitIdle(minutes: number): Promise<void> {
    const { session } = this;
    const began = await session.now();
    for (;;) {
      const who = whoRuns(await session.world());
      if (who === "") return;
      if ((await session.now()).getTime() - began.getTime() >= minutes * 60_000)
        throw new ArchivingFailure(
          exitCodes.failed,
          `The engine was busy for ${minutes} minutes: ${who}.`,
          "A configuration that is read while a run goes on is not known to be whole.",
          "Nothing where it happens once: the next run of the task collects. Else move archive.schedule.startTime away from the runs.",
        );
      await session.sleep(60);
    }
  }

  /** The whole collection in its place, or what to say where there is none. */
  private async add(given: Archiving, end: ChainEnd, collection: Collection): Promise<CollectedHealth> {
    const { session } = this;
    const { computerName, vmId } = await session.world();
    const whole = (place: Place) => {
      const stamp = instantText(collection.at).replaceAll(/[-:]/g, "");
      const file = `${String(place.sequence).padStart(8, "0")}-${stamp}.zip`;
      const name = blobName(given.chain, computerName, file);
      const { archive } = collection.health;
      const health = { ...collection.health, sequence: place.sequence, archive: { ...archive, name } };
      const files = new Map(collection.files);
      files.set("health/health.json", Buffer.from(asciiJson(health), "ascii"));
      const packed = pack(
        { ...collection, files, health },
        {
          chain: given.chain,
          ...{ sequence: place.sequence, previous: place.previous, startedAnew: place.startedAnew },
          vmId,
          generation: given.generation,
          script: { version: archiverVersion, sha256: this.scriptSha256 },
        },
      );
      return { file, name, health, ...packed };
    };
    const { sequence, previous, startedAnew } = end;
    let made = whole({ sequence: sequence + 1, previous, startedAnew });
    const place = await placeInQueue(session, end, given, made.zip.length);
    if (place === undefined) {
      const why = `the queue in ${queueFolder} is full and this collection was not kept`;
      const { archive } = collection.health;
      return { ...collection.health, sequence: null, archive: { ...archive, name: null, why } };
    }
    if (place.replaces !== undefined) made = whole(place);
    await addToQueue(session, made.file, made.zip);
    if (place.replaces !== undefined) await removeFromQueue(session, place.replaces.file);
    await writeChainEnd(session, given.chain, {
      sequence: place.sequence,
      previous: { name: made.name, manifestSha256: made.manifestSha256 },
      settingsFiles: [...new Set([...end.settingsFiles, ...collection.newFiles])],
    });
    if (place.replaces === undefined) return made.health;
    const why = `the queue in ${queueFolder} is full: this collection took the place of ${place.replaces.file}, which was never sent`;
    return { ...made.health, archive: { ...made.health.archive, why } };
  }

  /** Mirrors Complete-Health. */
  private async complete(given: Archiving, health: CollectedHealth): Promise<CollectedHealth> {
    const { session } = this;
    const { name } = health.archive;
    const said = health.archive.why === null ? [] : [health.archive.why];
    let state: CollectedHealth["archive"]["state"] = "failed";
    if (given.endpoint === "") {
      if (name !== null) {
        state = "disabled";
        said.push(`no archive is configured; collections stay in ${queueFolder} until they are fetched`);
      }
    } else {
      const sent = await sendQueue({ session, given, way: this.way });
      if (sent !== "") said.push(sent);
      if (name !== null) {
        const file = name.slice(name.lastIndexOf("/") + 1);
        const names = await session.names(queueFolder);
        state = "uploaded";
        if (names.includes(file)) state = "queued";
        else if (names.some((each) => each.startsWith(`${file}.`))) state = "failed";
      }
    }
    const why = said.length === 0 ? null : toAscii(long(said.join("; ")));
    return { ...health, archive: { state, name, queue: await queueState(session), why } };
  }
}

const archiverVersion = "1";

/** Mirrors ConvertTo-Message. */
function messageOf(health: CollectedHealth): string {
  let shown: CollectedHealth = health;
  const closed = health.ports.filter(({ state }) => state !== "open");
  const lists = {
    ports: [...closed, ...health.ports.filter(({ state }) => state === "open")],
    notAvailable: health.notAvailable,
    permissions: health.permissions,
  };
  for (const name of ["ports", "notAvailable", "permissions"] as const) {
    let left = lists[name].length;
    while (asciiJson(shown).length > longestEventMessage && left > 0) {
      left = Math.floor(left / 2);
      const shortened = { ...shown.shortened, [name]: lists[name].length };
      shown = { ...shown, [name]: lists[name].slice(0, left), shortened };
    }
  }
  return asciiJson(shown);
}
