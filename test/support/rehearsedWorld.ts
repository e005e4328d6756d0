import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readWorld } from "../../rehearsal/run/readWorld";
import type { ServerWorld } from "../../rehearsal/windows/serverWorld";
import { makeKeyPair } from "../../rehearsal/world/keys";
import { hostKeyFile } from "../../rehearsal/world/sshServer";
import { secretsFileName } from "../../rehearsal/world/standInSecrets";
import { RehearsedProject } from "./rehearsedProject";

/** One resource as azure.json keeps it. */
export interface KeptResource {
  readonly id: string;
  readonly body: { tags?: Record<string, string> };
  readonly hidden?: Record<string, unknown>;
}

/** One resource of the state as a test may edit it. */
export interface KeptState {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  dependencies?: string[] | undefined;
  [other: string]: unknown;
}

/** The ledger as a test may edit it. */
export interface KeptLedger {
  generations: Record<string, unknown>;
  [other: string]: unknown;
}

/** The world's clock as world.json keeps it. */
interface KeptClock {
  readonly scale: number;
  readonly latest: string;
}

const deleted = ".deleted";

/** The project's world as it lies on disk between two commands: its clock, Azure, the servers, the stack's state. */
export class RehearsedWorld extends RehearsedProject {
  readonly world = join(this.folder, "world");

  /** Simulated seconds in a real one from the next command on. */
  pace(scale: number): void {
    this.changeClock(() => ({ scale }));
  }

  /** The world's time goes on while nobody looks. */
  later(days: number): void {
    this.changeClock(({ latest }) => ({ latest: new Date(Date.parse(latest) + days * 86_400_000).toISOString() }));
  }

  private changeClock(change: (clock: KeptClock) => Partial<KeptClock>): void {
    const file = join(this.world, "world.json");
    const world = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...world, clock: { ...world.clock, ...change(world.clock) } }));
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

  /** Their folders are kept as they were, beside those of the others. */
  deletedMachines(): readonly string[] {
    const grave = join(this.world, "servers", deleted);
    return existsSync(grave) ? readdirSync(grave).sort() : [];
  }

  deletedServer(machine: string): ServerWorld {
    return this.server(join(deleted, machine));
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

  /** Edits the ledger in the state, as another release of the library would have written it. */
  changeLedger(change: (ledger: KeptLedger) => void): void {
    this.changeState((resources) => {
      const stash = resources.find(({ type }) => type === "pulumi:index:Stash");
      const ledger = stash?.outputs?.input as KeptLedger | undefined;
      if (ledger === undefined) throw new Error("there is no ledger in the state");
      change(ledger);
    });
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
    this.changeState((resources) => {
      const others = resources.filter((each) => each.urn !== urn);
      for (const each of others) each.dependencies = each.dependencies?.filter((other) => other !== urn);
      resources.splice(0, resources.length, ...others);
    });
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
}
