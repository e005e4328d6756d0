/** A machine whose task archives: twice, in the test PowerShell and emulated, each with an archive of its own. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, afterEach, before } from "mocha";
import { listenOnLoopback } from "../../../rehearsal/azure/blobs/listener";
import { createExecutor, type TaskingExecutor } from "../../../rehearsal/windows/executor";
import { changeServerWorld, readServerWorld } from "../../../rehearsal/windows/serverFiles";
import type {
  BlobListener,
  BlobPut,
  BlobService,
  HttpAnswer,
  ServerFolder,
  StoredBlob,
} from "../../../rehearsal/world/contract";
import {
  type Archiving,
  archivedScript,
  archiveFolder,
  archiveTask,
  archivingText,
  type KeepArchivingArguments,
  taskXml,
} from "../../../scripts/assemble";
import { type CollectedHealth, type FailedHealth, type Health, problemsOfHealth } from "../../../scripts/health";
import { requires } from "../../support/requires";
import { machine, Pair, skipping } from "./pair";
import { setUp } from "./stages";

export const taskName = `${archiveTask.path}${archiveTask.name}`;

export const archiving: Archiving = {
  chain: machine.vmId,
  generation: 1,
  endpoint: "https://stcontoso1.blob.core.windows.net",
  container: "configuration",
  queue: { count: 30, megabytes: 500 },
  waitMinutes: 60,
  ports: [
    { host: "10.40.0.4", port: 389 },
    { host: "10.40.0.5", port: 636 },
  ],
};

export function keeping(change: Partial<Archiving> = {}): KeepArchivingArguments {
  const configured = { ...archiving, ...change };
  const text = archivingText(configured);
  const script = archivedScript();
  return {
    computerName: machine.computerName,
    vmId: machine.vmId,
    wanted: true,
    chain: configured.chain,
    script,
    archiving: text,
    definition: taskXml({
      schedule: { startTime: "04:10", everyHours: 24 },
      waitMinutes: configured.waitMinutes,
      scriptSha256: script.sha256,
      configurationSha256: text.sha256,
      chain: configured.chain,
    }),
    firstRunMinutes: 30,
    asked: "",
  };
}

export interface Kept {
  readonly name: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What comes instead of the next answer: another one, or none although the request arrived, or none at all. */
export type Instead = HttpAnswer | "lost" | "closed";

export const refused = (status: number, code: string): HttpAnswer => ({
  status,
  headers: { "x-ms-error-code": code },
  body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>m</Message></Error>`,
});

/** As narrow as the rights of a server: a blob of a new name, and nothing else. */
export class Archive implements BlobService {
  readonly kept: Kept[] = [];
  readonly insteadOfToken: Instead[] = [];
  readonly insteadOfPut: Instead[] = [];
  puts = 0;

  async token(): Promise<HttpAnswer> {
    const instead = this.insteadOfToken.shift();
    if (instead === "lost" || instead === "closed") throw new Error("nothing comes back");
    return instead ?? { status: 200, headers: {}, body: JSON.stringify({ access_token: "of-the-machine" }) };
  }

  async put({ url, headers, body }: BlobPut): Promise<HttpAnswer> {
    this.puts += 1;
    const instead = this.insteadOfPut.shift();
    if (instead === "closed") throw new Error("nothing comes back");
    if (instead !== undefined && instead !== "lost") return instead;
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    assert.equal(given.authorization, "Bearer of-the-machine");
    assert.equal(given["if-none-match"], "*");
    assert.equal(given["x-ms-blob-type"], "BlockBlob");
    assert.equal(given["content-type"], "application/zip");
    const md5 = createHash("md5").update(body).digest("base64");
    assert.equal(given["content-md5"], md5);
    const name = decodeURIComponent(new URL(url).pathname.slice(1).split("/").slice(1).join("/"));
    if (this.kept.some((blob) => blob.name === name)) return refused(403, "UnauthorizedBlobOverwrite");
    this.kept.push({ name, body, headers: given });
    if (instead === "lost") throw new Error("nothing comes back");
    return { status: 201, headers: { "content-md5": md5 }, body: "" };
  }

  list(): readonly StoredBlob[] {
    return [];
  }

  listen(): Promise<BlobListener> {
    return listenOnLoopback(this, (name) => name);
  }
}

export class ArchiveWorld {
  constructor(
    readonly pair: Pair,
    readonly archives: readonly Archive[],
  ) {}

  get archive(): Archive {
    const [first] = this.archives;
    assert.ok(first);
    return first;
  }

  /** Another day, far from the task's own hour, so that nothing but what is asked for runs. */
  private day = 1;

  async nextDay(at?: string): Promise<void> {
    this.day += 1;
    const simulatedStart = at ?? new Date(Date.UTC(2026, 10, this.day, 8)).toISOString();
    await this.pair.edit((world) => {
      world.clock = { scale: 600, realStart: new Date().toISOString(), simulatedStart };
    });
  }

  /** A start that somebody asks for; gives the last result of the task and its event. Both machines must agree. */
  async runTask(
    at?: string,
  ): Promise<{ readonly result: number; readonly health: Health | undefined; readonly id: number | undefined }> {
    await this.nextDay(at);
    const outcomes = [];
    for (const { executor, server } of this.pair.members) {
      const before = (await readServerWorld(server)).eventLog?.length ?? 0;
      await changeServerWorld(server, (world) => {
        const task = world.tasks?.[taskName];
        assert.ok(task, "there is no task");
        task.startRequested = true;
      });
      await (executor as TaskingExecutor).runDueTasks(server);
      const world = await readServerWorld(server);
      const events = (world.eventLog ?? []).slice(before).filter(({ provider }) => provider === "pulumi-entra-connect");
      assert.ok(events.length <= 1, "one event a run");
      const [event] = events;
      const health = event === undefined ? undefined : (JSON.parse(event.message) as Health);
      if (health !== undefined) assert.deepEqual(problemsOfHealth(health), []);
      assert.deepEqual(world.violations, []);
      outcomes.push({ result: world.tasks?.[taskName]?.lastResult ?? -1, health, id: event?.id });
    }
    const [first, second] = outcomes;
    assert.ok(first);
    if (second !== undefined) {
      assert.equal(second.result, first.result, JSON.stringify([first, second]));
      assert.equal(second.id, first.id);
      assert.deepEqual(comparable(second.health), comparable(first.health));
    }
    return first;
  }

  async collected(at?: string): Promise<CollectedHealth> {
    const { health } = await this.runTask(at);
    assert.ok(health !== undefined && !("failed" in health), JSON.stringify(health));
    return health;
  }

  /** A run that ends without a collection, and what its event says of it. */
  async failed(code: number): Promise<FailedHealth["failed"]> {
    const { result, id, health } = await this.runTask();
    assert.equal(result, code, JSON.stringify(health));
    assert.equal(id, 110);
    assert.ok(health !== undefined && "failed" in health);
    return health.failed;
  }

  /** Names of the collections that wait on the server. */
  async waiting(): Promise<readonly string[]> {
    const names = await this.pair.names(`${archiveFolder}\\queue`);
    return names.filter((name) => name.endsWith(".zip")).sort();
  }

  /** What the next uploads are answered, in each archive; none: as it should be. */
  insteadOfPuts(...instead: readonly Instead[]): void {
    for (const { insteadOfPut } of this.archives) insteadOfPut.splice(0, insteadOfPut.length, ...instead);
  }

  async each(change: (server: ServerFolder, archive: Archive) => Promise<unknown>): Promise<void> {
    for (const [index, { server }] of this.pair.members.entries()) {
      const archive = this.archives[index];
      assert.ok(archive);
      await change(server, archive);
    }
  }
}

/** Without what differs between any two runs: instants, sizes of archives, what the test PowerShell says of itself. */
export function comparable(value: unknown): unknown {
  const text = JSON.stringify(value ?? null)
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "<instant>")
    .replace(/\d{8}T\d{6}Z/g, "<stamp>")
    // In the words of .NET and of Node.
    .replace(/The response ended prematurely\. \(ResponseEnded\)|nothing comes back/g, "<no answer>")
    .replace(/SHA-256 unreadable: .*? instead of/g, "SHA-256 unreadable: <why> instead of")
    .replace(/is damaged on this server: .*?; it was put aside/g, "is damaged on this server: <why>; it was put aside")
    .replace(/"sizeMB":[\d.]+,"oldestAt"/g, '"sizeMB":0,"oldestAt"');
  return JSON.parse(text);
}

/**
 * To be called inside a `describe`. A machine with Entra Connect, staging; with the step done unless said otherwise.
 * @param only for what the emulation does not rehearse
 */
export function useArchiveWorlds(
  only?: "powershell",
): (options?: { readonly laid?: boolean | Partial<Archiving> }) => Promise<ArchiveWorld> {
  const executors: { executor: TaskingExecutor; reach: (archive: Archive) => void }[] = [];
  const listeners: BlobListener[] = [];
  const made: Pair[] = [];
  const skip = skipping();
  before(async function () {
    const make = async (powershell?: "off") => {
      let archive: Archive | undefined;
      let listener: BlobListener | undefined;
      // One listener for all archives of this executor, one after the other.
      const through: BlobService = {
        token: (...given) => (archive as BlobService).token(...given),
        put: (...given) => (archive as BlobService).put(...given),
        list: () => [],
        listen: () => listenOnLoopback(through, (name) => name),
      };
      const executor = await createExecutor({
        ...(powershell && { powershell }),
        way: () => archive && { blobs: archive, base: (name) => listener?.base(name) },
      });
      if (executor.kind === "powershell") {
        listener = await through.listen();
        listeners.push(listener);
      }
      executors.push({
        executor,
        reach: (given) => {
          archive = given;
        },
      });
      return executor.kind;
    };
    const powershell = (await make()) === "powershell";
    if (only !== undefined) requires(this, "the test PowerShell", powershell);
    else if (powershell) await make("off");
    else if (process.env.REQUIRE_ALL === "1") throw new Error("REQUIRE_ALL=1, but the test PowerShell is missing here");
  });
  afterEach(async () => {
    for (const pair of made.splice(0)) await pair.close();
  });
  after(async () => {
    for (const listener of listeners.splice(0)) await listener.close();
  });
  return async ({ laid = true } = {}) => {
    const pair = await Pair.make(executors.map(({ executor }) => executor));
    pair.skip = skip;
    made.push(pair);
    const archives = executors.map(({ reach }) => {
      const archive = new Archive();
      reach(archive);
      return archive;
    });
    await setUp(pair);
    const world = new ArchiveWorld(pair, archives);
    await world.nextDay();
    if (laid === false) return world;
    const { exitCode, stderr } = await pair.run("keep-archiving", keeping(laid === true ? {} : laid));
    assert.equal(exitCode, 0, stderr);
    return world;
  };
}
