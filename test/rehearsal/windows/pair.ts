/** The same machine twice: one whose scripts run in the test PowerShell, one whose answers are emulated. */
import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, before, beforeEach } from "mocha";
import { createServerWorld, type ServerWorldOptions } from "../../../rehearsal/windows/createServerWorld";
import { createExecutor } from "../../../rehearsal/windows/executor";
import { needsPowershell, type PeculiarityName, setPeculiarities } from "../../../rehearsal/windows/peculiarities";
import { changeServerWorld, pathOnDrive, readServerWorld } from "../../../rehearsal/windows/serverFiles";
import type { ServerWorld } from "../../../rehearsal/windows/serverWorld";
import { simulatedNow } from "../../../rehearsal/windows/simulatedTime";
import type { MachineDescription, ServerFolder, WindowsExecutor } from "../../../rehearsal/world/contract";
import { makeKeyPair } from "../../../rehearsal/world/keys";
import { type RemoteScript, type ScriptArguments, selfContained } from "../../../scripts/assemble";
import { requires } from "../../support/requires";

export const machine: MachineDescription = {
  resourceId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/aadc-stg-g1",
  vmId: "4c1d2f3a-1111-4222-8333-0123456789ab",
  name: "aadc-stg-g1",
  computerName: "AADC-STG-G1",
  administratorName: "SyncAdmin",
  image: { publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: "2022-datacenter-g2", version: "1.0" },
  osDiskSizeGB: 127,
};

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  /** What is told on standard error while it runs. */
  readonly progress: string;
  /** The rest of standard error: why it stopped. */
  readonly stderr: string;
}

/** Lines of progress, and what is quoted (indented) below one. */
const told = /^[a-z-]+ on [^\s:]+: .*\n(?: {2}.*\n)*/gm;

export function outcomeOf(exitCode: number, stdout: string, stderr: string): Outcome {
  const progress = stderr.match(told)?.join("") ?? "";
  return { exitCode, stdout, progress, stderr: stderr.replace(told, "") };
}

const hostKey = makeKeyPair("system@AADC-STG-G1");
let serial = 0;

export class Pair {
  /** Gives up the test by name: `skipping`. */
  skip: () => never = () => {
    throw new Error("the test PowerShell is missing here, and the emulation refuses this machine");
  };

  private constructor(
    readonly folder: string,
    readonly members: readonly { readonly executor: WindowsExecutor; readonly server: ServerFolder }[],
  ) {}

  /** Without a test PowerShell there is only the emulated one, and nothing to compare. */
  static async make(
    executors: readonly WindowsExecutor[],
    options?: ServerWorldOptions,
    from = machine,
  ): Promise<Pair> {
    const folder = await mkdtemp(join(tmpdir(), "entra-connect-windows-"));
    const clock = { scale: 3000, realStart: new Date().toISOString(), simulatedStart: "2026-11-01T08:00:00.000Z" };
    const members = [];
    for (const executor of executors) {
      const server = { name: from.name, path: join(folder, executor.kind, String(serial++), from.name) };
      await mkdir(join(server.path, "ssh"), { recursive: true });
      await writeFile(join(server.path, "ssh", "ssh_host_ed25519_key"), hostKey.privateKey);
      await writeFile(join(server.path, "ssh", "ssh_host_ed25519_key.pub"), `${hostKey.publicKey}\n`);
      await createServerWorld(server, from, clock, options);
      members.push({ executor, server });
    }
    return new Pair(folder, members);
  }

  /** One of the two: for what the other does not do. */
  alone(member: Pair["members"][number]): Pair {
    const made = new Pair(this.folder, [member]);
    made.skip = this.skip;
    return made;
  }

  /** For what the emulation does not rehearse; a test that needs it is skipped by name where there is none. */
  get powershell(): Pair {
    const [genuine] = this.members;
    assert.ok(genuine);
    return genuine.executor.kind === "powershell" ? this.alone(genuine) : this.skip();
  }

  async each(work: (server: ServerFolder) => Promise<unknown>): Promise<void> {
    for (const { server } of this.members) await work(server);
  }

  edit(change: (world: ServerWorld) => void): Promise<void> {
    return this.each((server) => changeServerWorld(server, change));
  }

  /** Simulated seconds in a real one from here on; the clock does not jump. */
  pace(scale: number): Promise<void> {
    return this.edit((world) => {
      const simulatedStart = simulatedNow(world.clock).toISOString();
      world.clock = { scale, realStart: new Date().toISOString(), simulatedStart };
    });
  }

  be(...names: readonly PeculiarityName[]): Promise<void> {
    return this.each((server) =>
      setPeculiarities(
        server,
        names.map((name) => ({ name, on: true })),
      ),
    );
  }

  beNoMore(...names: readonly PeculiarityName[]): Promise<void> {
    return this.each((server) =>
      setPeculiarities(
        server,
        names.map((name) => ({ name, on: false })),
      ),
    );
  }

  put(windowsPath: string, content: string | Buffer): Promise<void> {
    return this.each(async (server) => {
      await mkdir(dirname(pathOnDrive(server, windowsPath)), { recursive: true });
      await writeFile(pathOnDrive(server, windowsPath), content);
    });
  }

  /** A file that is clearly newer than everything there: within one tick of the clock two files have one time. */
  async putLater(windowsPath: string, content: string | Buffer): Promise<void> {
    await this.put(windowsPath, content);
    const later = new Date(Date.now() + 60_000);
    await this.each((server) => utimes(pathOnDrive(server, windowsPath), later, later));
  }

  remove(windowsPath: string): Promise<void> {
    return this.each((server) => rm(pathOnDrive(server, windowsPath), { force: true }));
  }

  /** As the engine does over SSH: nothing of ours lies on the server. */
  run<Name extends RemoteScript>(name: Name, given: ScriptArguments[Name], heard?: Heard): Promise<Outcome> {
    const { commandLine: line, stdin } = selfContained(name, given);
    return this.exec(line, stdin, heard);
  }

  async exec(line: string, stdin: string, heard?: Heard): Promise<Outcome> {
    return this.compare(({ executor, server }) => execute(executor, server, line, stdin, heard));
  }

  /** Emulated on both machines: for the way to where a test begins, which other tests compare. */
  async bring<Name extends RemoteScript>(name: Name, given: ScriptArguments[Name]): Promise<void> {
    const emulated = await createExecutor({ powershell: "off" });
    const { commandLine: line, stdin } = selfContained(name, given);
    await this.each(async (server) => {
      const { exitCode, stderr } = await execute(emulated, server, line, stdin);
      assert.equal(exitCode, 0, stderr);
    });
  }

  async runCommand(script: string, parameters: Record<string, string>): Promise<Outcome> {
    return this.compare(async ({ executor, server }) => {
      const { exitCode, output, error } = await executor.runScript(server, {
        runCommandName: "test",
        script,
        parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })),
        timeoutInSeconds: 300,
      });
      return outcomeOf(exitCode, output, error);
    });
  }

  /** The first machine's world. */
  async world(): Promise<ServerWorld> {
    const [first] = this.members;
    assert.ok(first);
    return readServerWorld(first.server);
  }

  async readFile(windowsPath: string): Promise<string | undefined> {
    const [first] = this.members;
    assert.ok(first);
    return readFile(pathOnDrive(first.server, windowsPath), "utf8").catch(() => undefined);
  }

  /** Names in a folder of the first machine. */
  async names(windowsPath: string): Promise<readonly string[]> {
    const [first] = this.members;
    assert.ok(first);
    return readdir(pathOnDrive(first.server, windowsPath)).catch(() => []);
  }

  /**
   * A machine with a peculiarity: the emulation has refused it by name. What the test PowerShell has made of it counts
   * for both from here on.
   */
  private async powershellOnly(
    refusals: readonly (string | undefined)[],
    outcomes: readonly Outcome[],
  ): Promise<Outcome> {
    const [genuine, emulated] = this.members;
    assert.ok(genuine);
    if (emulated === undefined) return this.skip();
    assert.deepEqual(outcomes[1], outcomeOf(1, "", `${refusals[1]}\n`));
    const [from, to] = [genuine, emulated].map(({ server }) => dirname(server.path));
    assert.ok(from && to);
    await rm(to, { recursive: true });
    await cp(from, to, { recursive: true });
    assert.deepEqual((await readServerWorld(genuine.server)).violations, []);
    const [outcome] = outcomes;
    assert.ok(outcome);
    return outcome;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private async compare(run: (member: Pair["members"][number]) => Promise<Outcome>): Promise<Outcome> {
    const refusals = await Promise.all(this.members.map(refusalOf));
    const outcomes = await Promise.all(this.members.map(run));
    if (refusals.some((each) => each !== undefined)) return this.powershellOnly(refusals, outcomes);
    const [first, second] = outcomes;
    assert.ok(first);
    if (second !== undefined) {
      assert.deepEqual(withoutTimes(second), withoutTimes(first), "the two executors answer differently");
      const [one, other] = await Promise.all(this.members.map(({ server }) => stateOf(server)));
      assert.deepEqual(other, one, "the two executors leave different machines");
    }
    for (const { server } of this.members) assert.deepEqual((await readServerWorld(server)).violations, []);
    return first;
  }
}

const refusalOf = async ({ executor, server }: Pair["members"][number]): Promise<string | undefined> =>
  executor.kind === "emulated" ? needsPowershell(await readServerWorld(server)) : undefined;

/** To be called inside a `describe`: what gives up the running test for want of the test PowerShell. */
export function skipping(): () => never {
  let test: Mocha.Context;
  beforeEach(function () {
    test = this;
  });
  return () => {
    requires(test, "the test PowerShell", false);
    throw new Error("unreachable: the test was skipped");
  };
}

/** To be called inside a `describe`; gives what makes a pair, and removes the pairs after each test. */
export function usePairs(): (options?: ServerWorldOptions, from?: MachineDescription) => Promise<Pair> {
  let executors: readonly WindowsExecutor[] = [];
  const made: Pair[] = [];
  before(async () => {
    const executor = await createExecutor();
    const emulated = await createExecutor({ powershell: "off" });
    if (executor.kind !== "powershell" && process.env.REQUIRE_ALL === "1")
      throw new Error("REQUIRE_ALL=1, but the test PowerShell is missing here, so nothing is compared");
    // PowerShell first, so that it is the one whose answer tests look at.
    executors = executor.kind === "powershell" ? [executor, emulated] : [emulated];
  });
  const skip = skipping();
  afterEach(async () => {
    for (const pair of made.splice(0)) await pair.close();
  });
  return async (options, from) => {
    const pair = await Pair.make(executors, options, from);
    pair.skip = skip;
    made.push(pair);
    return pair;
  };
}

/** The same with machines in the test PowerShell alone: peculiarities are refused where scripts are emulated. */
export function usePowershell(): (options?: ServerWorldOptions, from?: MachineDescription) => Promise<Pair> {
  let executor: WindowsExecutor | undefined;
  const made: Pair[] = [];
  before(async function () {
    executor = await createExecutor();
    requires(this, "the test PowerShell", executor.kind === "powershell");
  });
  afterEach(async () => {
    for (const pair of made.splice(0)) await pair.close();
  });
  return async (options, from) => {
    assert.ok(executor);
    const pair = await Pair.make([executor], options, from);
    made.push(pair);
    return pair;
  };
}

/** What a script says on a machine, while it runs there. */
export type Heard = (server: ServerFolder, said: string) => void;

export async function execute(
  executor: WindowsExecutor,
  server: ServerFolder,
  line: string,
  stdin: string,
  heard: Heard = () => undefined,
): Promise<Outcome> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const exitCode = await executor.exec(server, {
    commandLine: line,
    stdin: Buffer.from(stdin),
    onStdout: (chunk) => out.push(chunk),
    onStderr: (chunk) => {
      err.push(chunk);
      heard(server, chunk.toString());
    },
  });
  return outcomeOf(exitCode, Buffer.concat(out).toString(), Buffer.concat(err).toString());
}

const instant = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const identifier = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

/** What differs between any two runs: instants, identifiers, minutes waited. */
function timeless(text: string): string {
  return (
    text
      .replace(instant, "<instant>")
      .replace(identifier, "<identifier>")
      .replace(/reinstated-\d{8}T\d{6}Z/g, "reinstated-<stamp>")
      .replace(/\d{8}-\d{8}T\d{6}Z\.zip/g, (name) => `${name.slice(0, 8)}-<stamp>.zip`)
      // Of an archive: what the test PowerShell says of itself differs, and so does how it packs.
      .replace(/(\\?"manifestSha256\\?":\\?")[0-9a-f]{64}/g, "$1<hash>")
      .replace(/(\\?"sizeMB\\?":)[\d.]+(,\\?"oldestAt)/g, "$10$2")
      .replace(/trace-\d{8}-\d{6}/g, "trace-<stamp>")
      .replace(/\[\d\d:\d\d:\d\d\.\d{3}\]/g, "[<time>]")
      .replace(/\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d:\d{3}/g, "<log time>")
      .replace(/Applied-SynchronizationPolicy-[\d-]+/g, "Applied-<stamp>")
  );
}

function withoutTimes({ exitCode, stdout, stderr }: Outcome) {
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  const answer: unknown = last.startsWith("{")
    ? JSON.parse(timeless(last).replace(/"waitedMinutes":\d+/, '"waitedMinutes":0'))
    : last.replace(/\d+ of/, "N of");
  return { exitCode, answer, stderr: timeless(stderr) };
}

async function stateOf(server: ServerFolder) {
  const world: unknown = JSON.parse(timeless(JSON.stringify(await readServerWorld(server))));
  const registry: unknown = JSON.parse(await readFile(join(server.path, "registry.json"), "utf8"));
  const files: Record<string, string> = {};
  const drive = join(server.path, "C");
  for (const name of (await readdir(drive, { recursive: true })).sort()) {
    const path = join(drive, name);
    if (name.endsWith(".zip")) files[timeless(name)] = "archive";
    else if ((await stat(path)).isFile()) files[timeless(name)] = timeless(await readFile(path, "utf8"));
    else files[name] = "folder";
  }
  return { world: withoutEmpty(world), registry: withoutEmptyKeys(registry), files };
}

/** `[]` and an absent list are the same to whoever reads a world. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0));
  return Object.fromEntries(entries.sort().map(([key, inner]) => [key, withoutEmpty(inner)]));
}

/** The test PowerShell writes every key above another one too. */
function withoutEmptyKeys(registry: unknown): unknown {
  if (typeof registry !== "object" || registry === null) return registry;
  return Object.fromEntries(
    Object.entries(registry)
      .filter(([, values]) => Object.keys(values).length > 0)
      .sort(),
  );
}
