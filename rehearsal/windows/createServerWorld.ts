import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tlsValues } from "../../review/readiness/judge";
import type { MachineDescription, ServerFolder } from "../world/contract";
import { becomeMember } from "./joining";
import { endedByRestart } from "./scheduledTasks";
import {
  changeRegistry,
  changeServerWorld,
  pathOnDrive,
  type Registry,
  readServerWorld,
  writeServerWorld,
} from "./serverFiles";
import type { ServerWorld, ServiceWorld, Surroundings } from "./serverWorld";
import { simulatedNow } from "./simulatedTime";
import { cyclesEndedByRestart } from "./synchronizationCycles";

export type ClockAnchor = ServerWorld["clock"];

export interface ServerWorldOptions {
  /** Domain that the machine is joined to; null = a workgroup. Default `contoso.com`. */
  readonly domain?: string | null;
  /** Proxy of .NET, as machine.config has it; default none. */
  readonly proxy?: string;
  /** host:port that answer; default all. */
  readonly reachable?: readonly string[];
}

interface WindowsRelease {
  readonly year: string;
  readonly version: string;
  readonly buildNumber: string;
  /** Of the build: patched past what is known to disturb a synchronization. */
  readonly revision: number;
  readonly opensshIncluded: boolean;
}

const releases: readonly WindowsRelease[] = [
  { year: "2019", version: "10.0.17763", buildNumber: "17763", revision: 7919, opensshIncluded: false },
  { year: "2022", version: "10.0.20348", buildNumber: "20348", revision: 4294, opensshIncluded: false },
  { year: "2025", version: "10.0.26100", buildNumber: "26100", revision: 6905, opensshIncluded: true },
];

/** Writes the state of a machine that has just been made from its image: joined to its domain, nothing of ours on it. */
export async function createServerWorld(
  server: ServerFolder,
  machine: MachineDescription,
  clock: ClockAnchor,
  options: ServerWorldOptions = {},
): Promise<void> {
  const image = `${machine.image.offer} ${machine.image.sku}`.toLowerCase();
  const release = releases.find(({ year }) => image.includes(year)) ?? releases[1];
  if (release === undefined) throw new Error("no Windows release is known");
  const core = /core|smalldisk-core/.test(image);
  const domain = options.domain === undefined ? "contoso.com" : options.domain;
  const world: ServerWorld = {
    computerName: machine.computerName,
    vmId: machine.vmId.toLowerCase(),
    administratorName: machine.administratorName,
    operatingSystem: {
      caption: `Microsoft Windows Server ${release.year} Datacenter`,
      version: release.version,
      buildNumber: release.buildNumber,
      installationType: core ? "Server Core" : "Server",
    },
    domain: domain === null ? { joined: false, name: "WORKGROUP" } : { joined: true, name: domain },
    clock: { ...clock },
    bootedAt: simulatedNow(clock).toISOString(),
    services: release.opensshIncluded ? { sshd: sshService("Manual") } : {},
    processes: [],
    packages: [],
    fileVersions: {},
    reachable: [...(options.reachable ?? ["*:*"])],
    disk: { sizeGB: machine.osDiskSizeGB, freeGB: Math.max(1, machine.osDiskSizeGB - 22) },
    clockSkewSeconds: 0.012,
    capabilities: release.opensshIncluded ? [opensshCapability] : [],
    firewallRules: {},
    accounts: freshAccounts(machine.administratorName),
    logonRights: freshRights(),
    accessControl: {},
    violations: [],
    surroundings: goodSurroundings(),
    peculiarities: {},
    wizard: { state: "not-installed" },
  };
  for (const folder of [
    ["ProgramData"],
    ["Windows", "System32"],
    ["Windows", "Temp"],
    ["Users", "Public", "Desktop"],
    ["Users", machine.administratorName],
    ["Program Files"],
  ])
    await mkdir(join(server.path, "C", ...folder), { recursive: true });
  await changeRegistry(server, (registry) => Object.assign(registry, freshRegistry(world, release.revision)));
  const configuration = pathOnDrive(server, machineConfigPath);
  await mkdir(dirname(configuration), { recursive: true });
  await writeFile(configuration, machineConfig(options.proxy ?? ""));
  await writeServerWorld(server, world);
}

/** Of every Windows machine before its rid. */
export const machineSid = "S-1-5-21-1000000000-2000000000-3000000000";

/** What Windows brings along; Azure gives the built-in administrator its name. */
export function freshAccounts(administratorName: string): ServerWorld["accounts"] {
  return {
    [administratorName]: {
      rid: 500,
      enabled: true,
      administrator: true,
      description: "Built-in account for administering the computer/domain",
    },
    Guest: {
      rid: 501,
      enabled: false,
      administrator: false,
      description: "Built-in account for guest access to the computer/domain",
    },
  };
}

/** Of a server that no policy has reached: Everyone, Administrators, Users, Backup Operators; nobody is denied but Guest. */
export function freshRights(): ServerWorld["logonRights"] {
  return { granted: ["*S-1-1-0", "*S-1-5-32-544", "*S-1-5-32-545", "*S-1-5-32-551"], denied: ["Guest"] };
}

/** A good Azure machine that is joined to its domain: nothing is missing, and everything answers. */
export function goodSurroundings(): Surroundings {
  return {
    // Enough for every row of the sizing table.
    memoryGiB: 32,
    processors: 8,
    megahertz: 2800,
    tpm: "ready",
    licenceStatus: 1,
    secureChannel: { test: true, verify: true },
    missingRecords: [],
    closedAtFirst: [],
    closedEverywhere: [],
    issuer: "CN=Microsoft Azure RSA TLS Issuing CA 03, O=Microsoft Corporation, C=US",
    issuerTrusted: true,
    winHttpProxy: "",
    netBiosNames: [],
  };
}

export const machineConfigPath = "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\Config\\machine.config";

/** @param proxy address, or empty for none */
export function machineConfig(proxy: string): string {
  const network =
    proxy === ""
      ? ""
      : `<system.net><defaultProxy><proxy usesystemdefault="true" proxyaddress="${proxy}" bypassonlocal="true" /></defaultProxy></system.net>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<configuration>${network}</configuration>\n`;
}

/** The world was opened again: the machine has been running, and its clock goes on with the world's. True: it restarted meanwhile. */
export async function followClock(server: ServerFolder, clock: ClockAnchor): Promise<boolean> {
  await changeServerWorld(server, (world) => {
    world.clock = { ...clock };
    // A machine that an earlier release made.
    world.surroundings ??= goodSurroundings();
    world.accounts ??= freshAccounts(world.administratorName);
    world.logonRights ??= freshRights();
    // A task that the end of the world before cut off; the engine's own cycle goes on with the clock.
    endedByRestart(world);
  });
  // It went down when the world was closed.
  if ((await readServerWorld(server)).restartAt === undefined) return false;
  await boot(server, clock);
  return true;
}

/** What switching on does inside: automatic services run, others do not, no process of before is there, no restart is owed. */
export async function boot(server: ServerFolder, clock: ClockAnchor): Promise<void> {
  await changeRegistry(server, (registry) => {
    for (const key of restartKeys) delete registry[key];
    delete registry[sessionManagerKey]?.PendingFileRenameOperations;
  });
  await changeServerWorld(server, async (world) => {
    world.clock = { ...clock };
    world.bootedAt = simulatedNow(clock).toISOString();
    delete world.restartAt;
    await becomeMember(server, world);
    world.processes = [];
    endedByRestart(world);
    cyclesEndedByRestart(world);
    const { logonRightsAtStart } = world.peculiarities;
    if (logonRightsAtStart !== undefined && world.domain.joined) world.logonRights = logonRightsAtStart;
    if (world.wizard.state === "open") world.wizard.state = "waiting";
    for (const [name, service] of Object.entries(world.services))
      service.status = service.startType === "Automatic" && startsIn(world, name) ? "Running" : "Stopped";
  });
}

/** What Windows Update says of a host whose name it cannot resolve (WU_E_PT_WINHTTP_NAME_NOT_RESOLVED). */
const namesUnknown = "Add-WindowsCapability failed. Error code = 0x8024402c";

/** The hub with the domain controllers, which are the machine's DNS servers, is out of reach, or is no more. */
export async function setCutOff(server: ServerFolder, cutOff: boolean): Promise<void> {
  if (((await readServerWorld(server)).cutOff !== undefined) === cutOff) return;
  await changeServerWorld(server, (world) => {
    if (cutOff) world.cutOff = namesUnknown;
    else delete world.cutOff;
  });
}

function startsIn({ peculiarities }: ServerWorld, name: string): boolean {
  if (name === "ADSync") return peculiarities.serviceDoesNotStart === undefined;
  return name !== "sshd" || (peculiarities.sshFoldersOpen ?? []).length === 0;
}

/** Keys that are there while Windows waits for a restart, and the key of the value that says the same. */
export const restartKeys = [
  "Component Based Servicing\\RebootPending",
  "WindowsUpdate\\Auto Update\\RebootRequired",
].map((key) => `HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\${key}`);
export const sessionManagerKey = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager";

export const opensshCapability = "OpenSSH.Server~~~~0.0.1.0";

export function sshService(startType: ServiceWorld["startType"]): ServiceWorld {
  return {
    displayName: "OpenSSH SSH Server",
    status: "Stopped",
    startType,
    account: "LocalSystem",
    path: "C:\\Windows\\System32\\OpenSSH\\sshd.exe",
  };
}

/** Key of the version of Windows: `UBR` is the number behind the build. */
export const windowsKey = "HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
export const enhancedSecurityKey =
  "HKLM:\\SOFTWARE\\Microsoft\\Active Setup\\Installed Components\\{A509B1A7-37EF-4b3f-8CFC-4F3A74704073}";

function freshRegistry(world: ServerWorld, revision: number): Registry {
  const tls: Registry = {};
  for (const { key, name, value } of tlsValues) tls[key] = { ...tls[key], [name]: value };
  return {
    ...tls,
    [enhancedSecurityKey]: { IsInstalled: 0 },
    "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall": {},
    "HKLM:\\SOFTWARE\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall": {},
    [windowsKey]: {
      InstallationType: world.operatingSystem.installationType,
      CurrentBuildNumber: world.operatingSystem.buildNumber,
      UBR: revision,
    },
    "HKLM:\\SOFTWARE\\Microsoft\\PowerShell\\3\\PowerShellEngine": {
      PowerShellVersion: `5.1.${world.operatingSystem.buildNumber}.1`,
    },
    "HKLM:\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full": { Release: 528449 },
    "HKLM:\\SOFTWARE\\Microsoft\\Ole": {
      MachineAccessRestriction: "set by Windows",
      MachineLaunchRestriction: "set by Windows",
      DefaultLaunchPermission: "set by Windows",
    },
  };
}
