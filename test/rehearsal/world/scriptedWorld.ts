import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type ConnectConfig } from "ssh2";
import { openCallLog } from "../../../rehearsal/world/callLog";
import { startClock } from "../../../rehearsal/world/clock";
import type {
  ArmResource,
  MachineDescription,
  ScriptRun,
  ServerFolder,
  WindowsExecutor,
} from "../../../rehearsal/world/contract";
import { armFaults, parseFault } from "../../../rehearsal/world/faults";
import { forwardingTo } from "../../../rehearsal/world/forwarding";
import { type JumpHost, startJumpHost } from "../../../rehearsal/world/jumpHost";
import { openMachines, type WindowsRoom, type WorldMachines } from "../../../rehearsal/world/machines";
import { openWorldFolder, type WorldFolder } from "../../../rehearsal/world/worldFolder";

export const administratorName = "azureadmin";
export const serverAddress = "10.40.0.11";
export const computerName = "AADCSTG-G1";

const subscription = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-test/providers";
export const machineId = `${subscription}/Microsoft.Compute/virtualMachines/aadc-stg-g1`;

/** A Windows room whose scripts are functions of the test; the machine has sshd and the given key. */
export class ScriptedWindows implements WindowsRoom {
  readonly booted: string[] = [];
  readonly runs: { server: ServerFolder; commandLine: string; stdin: string }[] = [];
  script: (run: ScriptRun, server: ServerFolder) => Promise<number> = async () => 0;

  constructor(private readonly authorizedKeys: string) {}

  async createServerWorld(server: ServerFolder): Promise<void> {
    const folder = join(server.path, "C", "ProgramData", "ssh");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "administrators_authorized_keys"), `${this.authorizedKeys}\n`);
  }
  async followClock(): Promise<boolean> {
    return false;
  }
  async boot(server: ServerFolder): Promise<void> {
    this.booted.push(server.name);
  }
  readonly executor: WindowsExecutor = {
    kind: "emulated",
    exec: async (server, run) => {
      this.runs.push({ server, commandLine: run.commandLine, stdin: run.stdin.toString() });
      return this.script(run, server);
    },
    runScript: async () => ({ exitCode: 0, output: "", error: "" }),
  };
}

/** One machine on one subnet, as the azure room would hold it. */
export function network(options: { rules?: readonly Record<string, unknown>[] } = {}): ArmResource[] {
  const resource = (type: string, name: string, properties: Record<string, unknown>): ArmResource => {
    const id = `${subscription}/${type}/${name}`;
    return { id, type, name, apiVersion: "2024-05-01", body: { id, name, properties } };
  };
  const group = `${subscription}/Microsoft.Network/networkSecurityGroups/nsg`;
  return [
    resource("Microsoft.Network/networkSecurityGroups", "nsg", { securityRules: options.rules ?? [] }),
    resource("Microsoft.Network/virtualNetworks", "vnet", {
      addressSpace: { addressPrefixes: ["10.40.0.0/24"] },
      subnets: [{ name: "aadc", properties: { networkSecurityGroup: { id: group } } }],
    }),
    resource("Microsoft.Network/networkInterfaces", "nic-g1", {
      ipConfigurations: [
        {
          name: "ipconfig",
          properties: {
            privateIPAddress: serverAddress,
            subnet: { id: `${subscription}/Microsoft.Network/virtualNetworks/vnet/subnets/aadc` },
          },
        },
      ],
    }),
    resource("Microsoft.Compute/virtualMachines", "aadc-stg-g1", {
      networkProfile: {
        networkInterfaces: [{ id: `${subscription}/Microsoft.Network/networkInterfaces/nic-g1` }],
      },
    }),
  ];
}

export const machine: MachineDescription = {
  resourceId: machineId,
  vmId: "11111111-2222-3333-4444-555555555555",
  name: "aadc-stg-g1",
  computerName,
  administratorName,
  image: {
    publisher: "MicrosoftWindowsServer",
    offer: "WindowsServer",
    sku: "2025-datacenter-azure-edition",
    version: "26100.1.1",
  },
  osDiskSizeGB: 128,
};

export interface ScriptedWorld {
  readonly folder: WorldFolder;
  readonly machines: WorldMachines;
  readonly windows: ScriptedWindows;
  readonly jumpHost: JumpHost;
  readonly calls: ReturnType<typeof openCallLog>;
  readonly killed: number[];
  resources: ArmResource[];
  sshRunning: boolean;
  /** The configuration of a client at the jump host that would be let in. */
  readonly jumpLogin: ConnectConfig;
  readonly serverLogin: ConnectConfig;
  close(): Promise<void>;
}

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "entra-connect-world-"));
}

/** A world in a folder of its own, with one running machine where it is new. */
export async function openScriptedWorld(
  options: { dir?: string; faults?: readonly string[]; silenceSeconds?: number } = {},
): Promise<ScriptedWorld> {
  const dir = options.dir ?? (await temporaryFolder());
  const folder = await openWorldFolder(dir, { scale: 10_000 });
  const clock = startClock(folder.world.clock.scale, folder.simulatedStart);
  const calls = openCallLog(folder.entries.calls, clock);
  const windows = new ScriptedWindows(folder.secrets.login.publicKey);
  const machines = await openMachines(folder.entries.servers, windows, clock, calls);
  if (folder.isNew) await machines.create(machine);
  const killed: number[] = [];
  const faults = armFaults((options.faults ?? []).map(parseFault), (engine) => killed.push(engine.pid));
  faults.registerEngine({ pid: 4242, ownGroup: true });
  const world: ScriptedWorld = {
    folder,
    machines,
    windows,
    calls,
    killed,
    resources: network(),
    sshRunning: true,
    jumpHost: await startJumpHost({
      identity: folder.world.jumpHost,
      calls,
      silenceSeconds: options.silenceSeconds ?? 60,
      decide: (target) =>
        forwardingTo(target, {
          azure: {
            resources: () => world.resources,
            get: (id) => world.resources.find((resource) => resource.id === id),
          },
          machines,
          executor: windows.executor,
          faults,
          calls,
          jumpHostAddress: folder.world.jumpHost.privateAddress,
          isSshRunning: async () => world.sshRunning,
        }),
    }),
    jumpLogin: {
      host: "127.0.0.1",
      port: folder.world.jumpHost.port,
      username: folder.world.jumpHost.user,
      privateKey: folder.secrets.jumpHost.privateKey,
    },
    serverLogin: { username: administratorName, privateKey: folder.secrets.login.privateKey },
    async close() {
      machines.close();
      await world.jumpHost.close();
      await folder.release(clock.now());
      if (!options.dir) await rm(dir, { recursive: true, force: true });
    },
  };
  return world;
}

/** Signs in; the caller ends the client. */
export function connect(config: ConnectConfig): Promise<Client> {
  const client = new Client();
  return new Promise((resolve, reject) => {
    client.once("ready", () => resolve(client));
    client.on("error", reject);
    client.connect({ ...config, readyTimeout: 0 });
  });
}

/** Through the jump host to the server, as the command plugin does. */
export async function connectThrough(world: ScriptedWorld, config: ConnectConfig = {}): Promise<Client> {
  const jump = await connect(world.jumpLogin);
  const channel = await new Promise<NonNullable<ConnectConfig["sock"]>>((resolve, reject) => {
    jump.forwardOut("127.0.0.1", 0, serverAddress, 22, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
  try {
    const client = await connect({ ...world.serverLogin, ...config, sock: channel });
    client.once("close", () => jump.end());
    return client;
  } catch (error) {
    jump.end();
    throw error;
  }
}

export interface Ran {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(client: Client, command: string, stdin = ""): Promise<Ran> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let [stdout, stderr] = ["", ""];
      let code: number | undefined;
      channel.on("data", (chunk: Buffer) => {
        stdout += chunk.toString();
      });
      channel.stderr.on("data", (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      channel.on("exit", (status: number | null) => {
        code = status ?? undefined;
      });
      channel.on("close", () => resolve({ code, stdout, stderr }));
      channel.end(stdin);
    });
  });
}

/** What has happened after a while: used only to see that something has *not* happened. */
export function stillSilent(work: Promise<unknown>, milliseconds = 300): Promise<boolean> {
  const silence = Symbol("silence");
  const waited = new Promise((resolve) => setTimeout(resolve, milliseconds, silence));
  return Promise.race([work.catch((error: unknown) => error), waited]).then((first) => first === silence);
}
