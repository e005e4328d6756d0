import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { silent } from "../../engine/progress";
import { EngineProcess } from "../../rehearsal/run/engineProcess";
import { openRehearsalWorld } from "../../rehearsal/run/openRehearsalWorld";
import { readWorld } from "../../rehearsal/run/readWorld";
import { recoverRehearsed } from "../../rehearsal/run/recover";
import { run } from "../../rehearsal/run/run";
import { openSession, type Session } from "../../rehearsal/run/session";
import type { Action, RunSummary } from "../../rehearsal/run/summary";
import type { ServerWorld } from "../../rehearsal/windows/serverWorld";
import type { HubOwnerBehaviour, OperatorBehaviour } from "../../rehearsal/world/contract";
import { makeKeyPair } from "../../rehearsal/world/keys";
import { hostKeyFile } from "../../rehearsal/world/sshServer";
import { secretsFileName } from "../../rehearsal/world/standInSecrets";
import type { RecoveryReport } from "../../review/recovery";
import { BuiltWorlds, situationOf } from "./builtWorlds";
import { onEmulatedWindows } from "./emulatedWindows";
import { repositoryRoot } from "./repository";
import { switchedByWord } from "./settingsFixture";

type Section = Record<string, unknown>;

/** One generation's block as a user writes it. */
export interface WrittenBlock {
  image: Section;
  connect: Section & { installer: Section; settingsFile: Section };
  exceptions?: Section[];
  [other: string]: unknown;
}

/** The settings as a user writes them, names without their namespace. Sections that are not written are there, empty. */
export interface WrittenSettings {
  generations: Record<string, WrittenBlock>;
  network: Section;
  access: Section;
  domain: Section;
  gate: Section;
  backup: Section;
  tags: Section;
  [other: string]: unknown;
}

/** What Pulumi.rehearsal.yaml has and most tests are not about: a server without it is made in half the time. */
const keptReady = ["archive", "monitoring"] as const;

const sections = ["network", "access", "domain", "gate", "backup", "tags"] as const;

/** One resource as azure.json keeps it. */
export interface KeptResource {
  readonly id: string;
  readonly body: { tags?: Record<string, string> };
  readonly hidden?: Record<string, unknown>;
}

export interface RunOptions {
  readonly operator?: OperatorBehaviour;
  /** Absent: as the world has it, at first `at-once`. */
  readonly hubOwner?: HubOwnerBehaviour;
  readonly faults?: readonly string[];
  /** `--peculiarity`; needs `windows: "powershell"`. */
  readonly peculiarities?: readonly string[];
  /** `--azure-policy`. */
  readonly azurePolicies?: readonly string[];
}

/** One resource of the state as a test may edit it. */
export interface KeptState {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  [other: string]: unknown;
}

/** The ledger as a test may edit it. */
export interface KeptLedger {
  generations: Record<string, unknown>;
  [other: string]: unknown;
}

/** How a command of plain Pulumi ended, and everything it printed. */
export interface PulumiEnd {
  readonly code: number | null;
  readonly said: string;
}

export interface PrintedPreview {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

const builtWorlds = new BuiltWorlds();

/** A project and a world of its own in a temporary folder; the real engine runs the real (compiled) program in it. */
export class Rehearsal {
  readonly folder = mkdtempSync(join(tmpdir(), "entra-connect-rehearsal-"));
  readonly project = join(this.folder, "project");
  readonly world = join(this.folder, "world");
  private copied = false;

  /**
   * @param windows `emulated` is faster; that both give the same answers has tests of its own (test/rehearsal/windows).
   * @param with_ what of `keptReady` the settings keep
   */
  constructor(
    private readonly windows: "emulated" | "powershell" = "emulated",
    program = join(repositoryRoot, "dist", "index.js"),
    with_: readonly (typeof keptReady)[number][] = [],
  ) {
    mkdirSync(this.project);
    const description = parse(readFileSync(join(repositoryRoot, "Pulumi.yaml"), "utf8"));
    writeFileSync(join(this.project, "Pulumi.yaml"), stringify({ ...description, main: program }));
    // A project is rehearsed if it says that it uses the library.
    writeFileSync(
      join(this.project, "package.json"),
      JSON.stringify({ dependencies: { "pulumi-entra-connect": "*" } }),
    );
    symlinkSync(join(repositoryRoot, "node_modules"), join(this.project, "node_modules"), "dir");
    const settings = parse(readFileSync(join(repositoryRoot, "Pulumi.rehearsal.yaml"), "utf8"));
    for (const name of keptReady) if (!with_.includes(name)) delete settings.config[`entra-connect:${name}`];
    writeFileSync(this.settingsFile, stringify(settings));
  }

  get settingsFile(): string {
    return join(this.project, "Pulumi.rehearsal.yaml");
  }

  /** Edits the settings as a user would. */
  settings(change: (settings: WrittenSettings) => void): void {
    const file = parse(readFileSync(this.settingsFile, "utf8"));
    const prefix = "entra-connect:";
    const given = Object.entries(file.config ?? {}).map(([key, value]) => [key.slice(prefix.length), value]);
    const empty = Object.fromEntries(["generations", ...sections].map((name) => [name, {}]));
    const settings = { ...empty, ...Object.fromEntries(given) } as WrittenSettings;
    const written = new Set(given.map(([key]) => key));
    change(settings);
    const kept = Object.entries(settings).filter(([key, value]) => written.has(key) || !isEmpty(value));
    const config = Object.fromEntries(kept.map(([key, value]) => [`${prefix}${key}`, value]));
    // Without aliases: a block that was copied is a block of its own.
    writeFileSync(this.settingsFile, stringify({ ...file, config }, { aliasDuplicateObjects: false }));
  }

  /** Edits the block of one generation. */
  block(generation: number, change: (block: WrittenBlock) => void): void {
    this.settings(({ generations }) => change(writtenBlock(generations, generation)));
  }

  /** Declares a generation active on somebody's word: for tests that are not about how it became that. */
  declareActive(generation: number): void {
    this.settings((settings) => {
      writtenBlock(settings.generations, generation).role = "active";
      settings.roleSwitch = switchedByWord;
    });
  }

  /**
   * Writes a block for another generation: a copy of the newest one (highest number), without what belongs to that
   * one's machine alone (address, role, exceptions).
   */
  addBlock(generation: number, change: (block: WrittenBlock) => void = () => undefined): void {
    this.settings(({ generations }) => {
      if (generations[generation]) throw new Error(`there is a block of generation ${generation} already`);
      const newest = Math.max(...Object.keys(generations).map(Number));
      const { address, role, exceptions, ...rest } = writtenBlock(generations, newest);
      const block = structuredClone(rest) as WrittenBlock;
      generations[generation] = block;
      change(block);
    });
  }

  /** Takes the block of a generation out. */
  removeBlock(generation: number): void {
    this.settings(({ generations }) => {
      writtenBlock(generations, generation);
      delete generations[generation];
    });
  }

  /** One command of the rehearsal; afterwards the world is closed and lies on disk. */
  run(action: Action, options: RunOptions = {}): Promise<RunSummary> {
    return this.inSession(options, async (session) => (await run(session, action, silent)).summary);
  }

  /** `up`, and `up` again while the world goes on: what the first leaves at work on a server is met by the second. */
  upTwice(options: RunOptions, between: () => Promise<void>): Promise<readonly [RunSummary, RunSummary]> {
    return this.inSession(options, async (session) => {
      const { summary } = await run(session, "up", silent);
      await between();
      return [summary, (await run(session, "up", silent)).summary];
    });
  }

  /** One command, and what happens on the servers meanwhile. */
  runBeside(action: Action, meanwhile: () => Promise<void>): Promise<RunSummary> {
    return this.inSession({}, async (session) => {
      const [{ summary }] = await Promise.all([run(session, action, silent), meanwhile()]);
      return summary;
    });
  }

  /** Simulated seconds in a real one from the next command on. */
  pace(scale: number): void {
    const file = join(this.world, "world.json");
    const world = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...world, clock: { ...world.clock, scale } }));
  }

  /** One command of plain Pulumi in the same world, as somebody with a shell would type it. */
  async pulumi(...args: readonly string[]): Promise<PulumiEnd> {
    const [end] = await this.shell(args);
    if (end === undefined) throw new Error("nothing was run");
    return end;
  }

  /** `rehearse recover`, on the stack as it was left. */
  recover(yes: "--yes" | undefined = undefined): Promise<RecoveryReport> {
    return this.inSession({}, (session) => recoverRehearsed(session, yes !== undefined), true);
  }

  /** Several of them, one after the other, in one sitting. */
  shell(...commands: readonly (readonly string[])[]): Promise<readonly PulumiEnd[]> {
    return this.inSession({}, async (session) => {
      const run = await this.typing(session);
      const ends: PulumiEnd[] = [];
      for (const args of commands) ends.push(await run(args));
      return ends;
    });
  }

  /**
   * What a preview prints on standard output, byte for byte.
   * @param form `digest`: what `pulumi preview --json` prints by default; `events`: its streaming form
   */
  preview(form: "digest" | "events", ...args: readonly string[]): Promise<PrintedPreview> {
    return this.inSession({}, async (session) => {
      await this.typing(session);
      const { cli, environment, project } = session;
      const { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: streaming, ...rest } = environment;
      const env = form === "events" ? environment : rest;
      const words = [...args, "--json", "--non-interactive", "--color", "never"];
      return new Promise((resolve) => {
        execFile(cli.path, words, { cwd: project.folder, env, maxBuffer: 2 ** 30 }, (error, output, errors) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? 1), output, errors }),
        );
      });
    });
  }

  /** Two commands of plain Pulumi at the same moment, as two people would run them. */
  together(...commands: readonly (readonly string[])[]): Promise<readonly PulumiEnd[]> {
    return this.inSession({}, async (session) => {
      const run = await this.typing(session);
      return Promise.all(commands.map(run));
    });
  }

  /** A shell in the project's folder, in which the stack is selected as somebody would have selected it. */
  private async typing({ cli, environment, project }: Session) {
    const run = async (args: readonly string[]): Promise<PulumiEnd> => {
      const call = { pulumi: cli.path, args, cwd: project.folder, environment };
      const { code, output, errors } = await new EngineProcess().run(call);
      return { code, said: `${output}\n${errors}` };
    };
    // A selection belongs to a folder, so it was not copied with the world.
    if (this.copied) await run(["stack", "select", "rehearsal"]);
    this.copied = false;
    return run;
  }

  /** The world's time goes on while nobody looks. */
  later(days: number): void {
    const file = join(this.world, "world.json");
    const world = JSON.parse(readFileSync(file, "utf8"));
    const latest = new Date(Date.parse(world.clock.latest) + days * 86_400_000).toISOString();
    writeFileSync(file, JSON.stringify({ ...world, clock: { ...world.clock, latest } }));
  }

  /** A session in this world, which the caller closes. */
  open(
    { operator = "complete", hubOwner, faults = [], peculiarities = [], azurePolicies = [] }: RunOptions = {},
    leaveState = false,
  ): Promise<Session> {
    const opened = () =>
      openSession({
        rehearsal: {
          dir: this.world,
          stack: "rehearsal",
          reset: false,
          json: true,
          faults,
          peculiarities,
          azurePolicies,
          commandPlugin: "stand-in",
          operator,
          ...(hubOwner === undefined ? {} : { hubOwner }),
        },
        progress: silent,
        openWorld: openRehearsalWorld,
        leaveState,
        from: this.project,
      });
    return this.windows === "emulated" ? onEmulatedWindows(opened) : opened();
  }

  private async inSession<T>(
    options: RunOptions,
    use: (session: Session) => Promise<T>,
    leaveState = false,
  ): Promise<T> {
    const session = await this.open(options, leaveState);
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  }

  /**
   * `up`. One that this process has run before, on the same world with the same project, is not run again: the world
   * that it left is copied, and its summary given. (One with other options is always run.)
   */
  async up(options?: RunOptions): Promise<RunSummary> {
    if (options !== undefined) return this.run("up", options);
    const before = situationOf(this.windows, this.project, this.world);
    const known = builtWorlds.find(before);
    if (known !== undefined) {
      rmSync(this.world, { recursive: true, force: true });
      cpSync(known.folder, this.world, { recursive: true });
      this.copied = true;
      return structuredClone(known.summary);
    }
    const summary = await this.run("up");
    if (summary.result === "succeeded") builtWorlds.keep(before, this.world, summary);
    return structuredClone(summary);
  }

  async picture() {
    const picture = await readWorld(this.world);
    if (picture === undefined) throw new Error(`there is no world in ${this.world}`);
    return picture;
  }

  serverFile(machine: string): string {
    return join(this.world, "servers", machine, "server.json");
  }

  server(machine: string): ServerWorld {
    return JSON.parse(readFileSync(this.serverFile(machine), "utf8"));
  }

  changeServer(machine: string, change: (server: ServerWorld) => void): void {
    const server = this.server(machine);
    change(server);
    writeFileSync(this.serverFile(machine), JSON.stringify(server, null, 2));
  }

  /** Edits what Azure holds, as somebody in the portal would. */
  changeAzure(change: (resources: KeptResource[]) => KeptResource[]): void {
    const file = join(this.world, "azure.json");
    const azure = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...azure, resources: change(azure.resources) }));
  }

  /** Stops or starts a machine as somebody in the portal would, while nothing is running. */
  setPower(machine: string, power: "running" | "deallocated"): void {
    this.changeAzure((resources) =>
      resources.map((each) =>
        each.id.endsWith(`/virtualMachines/${machine}`) ? { ...each, hidden: { ...each.hidden, power } } : each,
      ),
    );
    const file = join(this.world, "servers", machine, "machine.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), power }, null, 2));
  }

  hasServer(machine: string): boolean {
    return existsSync(this.serverFile(machine));
  }

  /** Everything that happened on a machine over SSH, by script. */
  async scriptsRunOn(machine: string): Promise<readonly string[]> {
    const { calls } = await this.picture();
    return calls.flatMap(({ room, action, target }) => {
      const script = room === "ssh" && target.includes(machine) ? /^exec (\S+)/.exec(action)?.[1] : undefined;
      return script === undefined ? [] : [script];
    });
  }

  /** The project's program. */
  programOf(): string {
    return String(parse(readFileSync(join(this.project, "Pulumi.yaml"), "utf8")).main);
  }

  /** From now on the project's program is another one. */
  program(path: string): void {
    const file = join(this.project, "Pulumi.yaml");
    writeFileSync(file, stringify({ ...parse(readFileSync(file, "utf8")), main: path }));
  }

  /** Writes a program beside the project's; LIBRARY and INDEX stand for the compiled library and its own program. */
  writeProgram(name: string, source: string): string {
    const file = join(this.project, name);
    const dist = (...path: string[]): string => JSON.stringify(join(repositoryRoot, "dist", ...path));
    writeFileSync(
      file,
      source.replaceAll("LIBRARY", dist("components", "index.js")).replaceAll("INDEX", dist("index.js")),
    );
    return file;
  }

  /** The settings file as it is; given one, it is put back. */
  settingsText(text?: string): string {
    if (text !== undefined) writeFileSync(this.settingsFile, text);
    return readFileSync(this.settingsFile, "utf8");
  }

  /** Edits the ledger in the state, as another release of the library would have written it. */
  changeLedger(change: (ledger: KeptLedger) => void): void {
    const [file = ""] = this.stateFiles();
    const state = JSON.parse(readFileSync(file, "utf8"));
    const resources: { type: string; outputs?: { input?: KeptLedger } }[] = state.checkpoint.latest.resources;
    const ledger = resources.find(({ type }) => type === "pulumi:index:Stash")?.outputs?.input;
    if (ledger === undefined) throw new Error("there is no ledger in the state");
    change(ledger);
    writeFileSync(file, JSON.stringify(state));
  }

  /** As if somebody else answered in the server's place. */
  replaceHostKey(machine: string): void {
    const { privateKey, publicKey } = makeKeyPair("somebody-else");
    const file = join(this.world, "servers", machine, hostKeyFile);
    writeFileSync(file, privateKey);
    writeFileSync(`${file}.pub`, publicKey);
  }

  /** Somebody installed the SSH server anew: it made itself another host key, and the machine knows it. */
  reinstallSshServer(machine: string): void {
    this.replaceHostKey(machine);
    const known = join(this.world, "servers", machine, "C", "ProgramData", "ssh", "ssh_host_ed25519_key.pub");
    cpSync(join(this.world, "servers", machine, `${hostKeyFile}.pub`), known);
  }

  /** Edits the resources in the state. */
  changeState(change: (resources: KeptState[]) => void): void {
    const [file = ""] = this.stateFiles();
    const state = JSON.parse(readFileSync(file, "utf8"));
    change(state.checkpoint.latest.resources);
    writeFileSync(file, JSON.stringify(state));
  }

  /** Takes one resource out of the state by hand, and every mention of it. */
  dropFromState(urn: string): void {
    const [file = ""] = this.stateFiles();
    const state = JSON.parse(readFileSync(file, "utf8"));
    const without = (urns: readonly string[] | undefined) => urns?.filter((each) => each !== urn);
    state.checkpoint.latest.resources = state.checkpoint.latest.resources
      .filter((each: { urn: string }) => each.urn !== urn)
      .map((each: { dependencies?: string[]; propertyDependencies?: Record<string, string[] | null> }) => ({
        ...each,
        dependencies: without(each.dependencies),
      }));
    writeFileSync(file, JSON.stringify(state));
  }

  standInSecrets(): { administratorPassword: string; login: string; jumpHost: string } {
    const { administratorPassword, login, jumpHost } = JSON.parse(readFileSync(this.secretsFile, "utf8"));
    return { administratorPassword, login: login.privateKey, jumpHost: jumpHost.privateKey };
  }

  /** The one file where the world keeps the stand-ins that it made itself. */
  isOwnSecretsFile(file: string): boolean {
    return file === this.secretsFile;
  }

  private get secretsFile(): string {
    return join(this.world, "standins", secretsFileName);
  }

  /** The state's file, with the writing of it cut off as a full disk would. */
  cutState(bytes: number): void {
    const [file = ""] = this.stateFiles();
    writeFileSync(file, readFileSync(file).subarray(0, bytes));
  }

  /** The state as the engine wrote it. */
  stateText(): string {
    return this.stateFiles()
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
  }

  private stateFiles(): readonly string[] {
    const stacks = join(this.world, "state", ".pulumi", "stacks");
    const names = (readdirSync(stacks, { recursive: true }) as string[]).filter((name) => name.endsWith(".json"));
    return names.map((name) => join(stacks, name));
  }

  resources(): readonly { urn: string; type: string; inputs?: Record<string, unknown>; delete?: boolean }[] {
    return JSON.parse(this.stateText()).checkpoint.latest.resources;
  }

  /** Names of the resources in the state, without their types. */
  names(): readonly string[] {
    return this.resources().map((each) => each.urn.split("::").at(-1) ?? "");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function writtenBlock(generations: Record<string, WrittenBlock>, generation: number): WrittenBlock {
  const block = generations[generation];
  if (!block) throw new Error(`there is no block of generation ${generation}`);
  return block;
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;
