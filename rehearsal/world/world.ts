import type { ServerWorld } from "../windows/serverWorld";
import { openCallLog } from "./callLog";
import { startClock } from "./clock";
import type { AzureView, BlobService, CallLog, Clock, HubOwnerBehaviour, OperatorBehaviour } from "./contract";
import { existingResources } from "./existingResources";
import { armFaults, type EngineProcess, type Fault, parseFault } from "./faults";
import { forwardingTo } from "./forwarding";
import { cuttingOff, watchRuns } from "./goingOn";
import { type HubOwner, startHubOwner } from "./hubOwner";
import { joinMethod } from "./joinStandIns";
import { startJumpHost } from "./jumpHost";
import { type Machine, openMachines, type Power } from "./machines";
import { onNetwork } from "./networkedExecutor";
import { readNetwork } from "./networkModel";
import { startOperator } from "./operator";
import { type RehearsedSettingsFile, rehearseSettings, type SettingsRequest } from "./rehearsedSettings";
import { withRestarts } from "./restarts";
import type { Rooms } from "./rooms";
import { settingNames } from "./settingNames";
import { isSshReached, readSshdConfiguration, refusedLogon } from "./signIn";
import type { StandInSecrets } from "./standInSecrets";
import { amongCycles, type RunCycles, startTaskScheduler } from "./taskScheduler";
import type { WorldFile } from "./worldFile";
import { openWorldFolder, writtenEverySeconds } from "./worldFolder";

export interface WorldOptions {
  /** Folder of the world. */
  readonly dir: string;
  readonly reset?: boolean;
  readonly operator?: OperatorBehaviour;
  /** When the owner of the hub makes its half of the peering. Default: as recorded, at first `at-once`. */
  readonly hubOwner?: HubOwnerBehaviour;
  /** As given with `--fault`. */
  readonly faults?: readonly string[];
  /** As given with `--peculiarity`: for every machine there is, and every one that is made while this world is open. */
  readonly peculiarities?: readonly string[];
  /** As given with `--azure-policy`: what Azure Policy adds in this world from now on. */
  readonly azurePolicies?: readonly string[];
  /** As given with `--azure-knows`. */
  readonly azureKnows?: readonly string[];
  /** `genuine`: somebody else starts the command plugin; the world starts no stand-in. Default `stand-in`. */
  readonly commandPlugin?: "stand-in" | "genuine";
  /** Simulated seconds in one real second. Default: as recorded, at first 240. */
  readonly scale?: number;
  /** Real seconds of silence before the jump host gives up. Default 5. */
  readonly silenceSeconds?: number;
  /** Where relative paths of copied files start from. Default: the working folder. */
  readonly programFolder?: string;
  /** For the jump host of a new world. */
  readonly preferredPort?: number;
  /** Another process took the world over while this one was suspended; this one has ended it on its side. */
  readonly onLost?: (why: Error) => void;
}

export interface WorldServer {
  readonly name: string;
  readonly resourceId: string;
  readonly power: Power;
  readonly state: ServerWorld;
}

/** A world that runs: simulated Azure, jump host, servers, operator. */
export interface World {
  readonly folder: string;
  readonly stateFolder: string;
  readonly projectFolder: string;
  readonly identity: WorldFile;
  /** True where this call made the world. */
  readonly isNew: boolean;
  /** Ports on loopback to attach the engine to, by package. */
  readonly providers: Readonly<Record<string, number>>;
  readonly jumpHost: { readonly host: string; readonly port: number };
  /** The stand-in secrets: nothing of the user's. */
  readonly secrets: StandInSecrets;
  readonly clock: Clock;
  readonly calls: CallLog;
  readonly azure: AzureView;
  readonly blobs: BlobService;
  /** ARM types met so far that are kept without rules of their own. */
  genericTypes(): readonly string[];
  servers(): Promise<readonly WorldServer[]>;
  /**
   * The settings as rehearsed. Call it before the engine runs: simulated servers join the domain named in them, the
   * jump host stands where they let SSH in from, and what they say exists already does.
   */
  settingsOf(request: SettingsRequest): Promise<RehearsedSettingsFile>;
  /** Which engine a `kill` fault kills; undefined when it has ended. */
  engineRuns(engine: EngineProcess | undefined): void;
  /** Faults that have not struck in this run. */
  faultsNotMet(): readonly Fault[];
  /** Machines on which something goes on whose connection a fault has cut; `close` waits for its end. */
  scriptsGoOnAt(): readonly string[];
  /** Ends everything and gives the world up. May be called twice. */
  close(): Promise<void>;
}

/** Opens or makes the world in a folder and starts what it consists of. Throws BadInput and CouldNotRun. */
export async function openWorldOf(rooms: Rooms, options: WorldOptions): Promise<World> {
  const goingOn = watchRuns();
  const faults = cuttingOff(armFaults((options.faults ?? []).map(parseFault)), goingOn);
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (let last = closing.pop(); last; last = closing.pop()) await last().catch(() => undefined);
  };
  const folder = await openWorldFolder(options.dir, options, (why) => {
    goingOn.forget();
    close().then(() => options.onLost?.(why));
  });
  const clock = startClock(folder.world.clock.scale, folder.simulatedStart);
  closing.push(() => folder.release(clock.now()));
  try {
    const timekeeper = setInterval(() => {
      folder.reached(clock.now()).catch(() => undefined);
    }, writtenEverySeconds * 1000);
    timekeeper.unref();
    closing.push(async () => clearInterval(timekeeper));

    const calls = openCallLog(folder.entries.calls, clock);
    const windows = await rooms.openWindows(options.peculiarities ?? []);
    let domain: string | undefined;
    let proxy: string | undefined;
    // Where the settings do not join a machine, the operator has: a rehearsal does not stop for that.
    let joinedByOthers = true;
    let hubOwner: HubOwner | undefined;
    const executor = onNetwork(windows.executor, {
      isCutOff: ({ path }) => {
        const machine = machines.all().find(({ server }) => server.path === path);
        const network = readNetwork(azure.view.resources());
        const nic = machine && network.interfaceOf(machine.description.resourceId);
        return nic !== undefined && network.isCutOff(nic.virtualNetworkId);
      },
      setCutOff: windows.setCutOff,
    });
    const machines = await openMachines(
      folder.entries.servers,
      {
        executor,
        followClock: windows.followClock,
        boot: windows.boot,
        createServerWorld: (server, machine, anchor) =>
          windows.createServerWorld(server, machine, anchor, {
            ...(domain ? { domain } : {}),
            ...(proxy ? { proxy } : {}),
            ...(joinedByOthers ? {} : { domain: null }),
          }),
      },
      clock,
      calls,
    );
    closing.push(() => machines.close());
    const operator = startOperator({ behaviour: () => folder.world.operator, hands: windows, clock, calls });
    closing.push(() => operator.leave());
    const azure = await rooms.startAzure({
      world: folder.path,
      clock,
      faults,
      calls,
      machines,
      written: async (type) => hubOwner?.noticed(type),
      policies: options.azurePolicies ?? [],
      knownNames: options.azureKnows ?? [],
    });
    closing.push(() => azure.stop());
    const unreach = await windows.reaches?.(azure.blobs);
    if (unreach) closing.push(unreach);
    const { runDueTasks } = windows;
    const runCycles: RunCycles = async (server) => windows.runCycles?.(server);
    if (runDueTasks !== undefined) {
      const scheduler = startTaskScheduler({
        machines: () => machines,
        runDueTasks: (server, signal) => runDueTasks(server, signal),
        runCycles,
        calls,
      });
      closing.push(() => scheduler.stop());
    }
    hubOwner = startHubOwner({
      behaviour: () => folder.world.hubOwner ?? "at-once",
      azure: azure.view,
      write: (resource) => azure.write(resource),
      calls,
    });
    const overSsh = withRestarts(amongCycles(executor, runCycles), {
      machines,
      clock,
      readServerWorld: (server) => windows.readServerWorld(server),
    });
    const jumpHost = await startJumpHost({
      identity: folder.world.jumpHost,
      calls,
      silenceSeconds: options.silenceSeconds,
      decide: (target) =>
        forwardingTo(target, {
          azure: azure.view,
          machines,
          executor: overSsh,
          faults,
          calls,
          jumpHostAddress: folder.world.jumpHost.privateAddress,
          isSshRunning: async ({ server, restarting }: Machine) =>
            !restarting && isSshReached(await windows.readServerWorld(server)),
          refusesLogon: async ({ server }: Machine, name: string) =>
            refusedLogon(await windows.readServerWorld(server), await readSshdConfiguration(server), name),
          onRun: (running, server) => goingOn.began(running, server),
          onCut: () => goingOn.cut(),
          onScript: ({ server, gone }, script) => {
            if (script === "await-wizard") operator.asked(server, gone);
          },
        }),
    });
    closing.push(() => jumpHost.close());
    const providers: Record<string, number> = { "azure-native": azure.port };
    if (options.commandPlugin !== "genuine") {
      const command = await rooms.startCommand({ folder: options.programFolder ?? process.cwd() });
      closing.push(() => command.stop());
      providers.command = command.port;
    }
    closing.push(() => goingOn.ended());

    return {
      folder: folder.path,
      stateFolder: folder.entries.state,
      projectFolder: folder.entries.project,
      get identity() {
        return folder.world;
      },
      isNew: folder.isNew,
      providers,
      jumpHost: { host: "127.0.0.1", port: jumpHost.port },
      secrets: folder.secrets,
      clock,
      calls,
      azure: azure.view,
      blobs: azure.blobs,
      genericTypes: () => azure.genericTypes(),
      servers: () =>
        Promise.all(
          machines.all().map(async ({ server, description, power }) => ({
            name: server.name,
            resourceId: description.resourceId,
            power,
            state: await windows.readServerWorld(server),
          })),
        ),
      async settingsOf(request) {
        const rehearsed = await rehearseSettings(request, folder, windows);
        domain = rehearsed.domain ?? domain;
        proxy = rehearsed.proxy;
        joinedByOthers = joinMethod(rehearsed.settings) === "operator";
        await folder.placeJumpHost(rehearsed.jumpHostAddress);
        const subscriptionId = rehearsed.settings[settingNames.subscription];
        const existing = existingResources(
          rehearsed.settings,
          typeof subscriptionId === "string" ? subscriptionId : azure.subscriptionId,
        );
        for (const resource of existing.resources) azure.seed(resource);
        hubOwner?.owns(existing.hubId);
        await hubOwner?.comesToWork();
        return { ...rehearsed, notRehearsed: [...rehearsed.notRehearsed, ...existing.notRehearsed] };
      },
      engineRuns: (engine) => faults.registerEngine(engine),
      faultsNotMet: () => faults.notMet(),
      scriptsGoOnAt: () => goingOn.waitedFor(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
