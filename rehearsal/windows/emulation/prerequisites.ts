/** Mirrors scripts/prerequisites.ps1. */
import { readFile } from "node:fs/promises";
import type { PrerequisitesAnswer } from "../../../scripts/answers";
import { asciiJson } from "../../../scripts/assemble";
import { enhancedSecurityKey, machineConfigPath, windowsKey } from "../createServerWorld";
import { secureChannelOf } from "../joining";
import { type Registry, readRegistry, registryValue } from "../serverFiles";
import type { ServerWorld } from "../serverWorld";
import {
  appliedFiles,
  type Baseline,
  baselinePath,
  confirmComputerName,
  connectPackage,
  readBaseline,
} from "./connect";
import { confirmNotRetired } from "./marker";
import { endpointsSeen, portsSeen, recordsSeen } from "./reachability";
import { Refusal, type Said, type Session } from "./session";
import { operatingSystem, pendingRestart, powershellVersion } from "./system";

type Answer = Said<"prerequisites">;
type Unread = PrerequisitesAnswer["unread"][number];

export async function prerequisites(session: Session): Promise<Answer> {
  const given = session.expect(
    "domain",
    "minimumDiskGB",
    "ports",
    "endpoints",
    "tls",
    "serverName",
    "generation",
    "asked",
  );
  await session.enterLock();
  await confirmComputerName(session, String(given.serverName));
  await confirmNotRetired(session);
  const world = await session.world();
  const domain = String(given.domain);
  if (!world.domain.joined) throw new Refusal("not-joined", { domain, found: world.domain.name });
  if (world.domain.name.toLowerCase() !== domain.toLowerCase())
    throw new Refusal("other-domain", { domain, found: world.domain.name });
  const baseline = await baselineOnce(session, world, Number(given.generation));
  const registry = await readRegistry(session.server);
  const { surroundings } = world;
  const unread: Unread[] = [];
  if (world.clockSkewSeconds === null) unread.push({ check: "clock", reason: `w32tm gave no offset to ${domain}` });
  return {
    vmId: world.vmId,
    asked: String(given.asked),
    domain: world.domain.name,
    operatingSystem: await operatingSystem(session),
    windows: { revision: numberOf(registryValue(registry, windowsKey, "UBR")), productType: 3 },
    powershellVersion: await powershellVersion(session),
    hardware: {
      memoryGiB: surroundings.memoryGiB,
      processors: surroundings.processors,
      megahertz: surroundings.megahertz,
      tpmPresent: surroundings.tpm !== "none",
      tpmReady: surroundings.tpm === "ready",
    },
    disk: { sizeGB: world.disk.sizeGB, freeGB: world.disk.freeGB, minimumGB: Number(given.minimumDiskGB) },
    ...registryFacts(registry, given.tls),
    names: {
      dnsSuffix: String(
        registryValue(registry, "HKLM:\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters", "Domain") ?? "",
      ),
      netBios: [...new Set(surroundings.netBiosNames)].sort(),
    },
    licenceStatus: surroundings.licenceStatus,
    pendingRestart: await pendingRestart(session),
    otherEngines: await otherEngines(session, world),
    proxy: { machineConfig: await machineProxy(session), winHttp: surroundings.winHttpProxy },
    ports: portsSeen(world, given.ports),
    endpoints: endpointsSeen(world, given.endpoints),
    records: recordsSeen(world, domain),
    clockSkewSeconds: world.clockSkewSeconds === null ? null : Math.round(world.clockSkewSeconds * 1000) / 1000,
    secureChannel: await secureChannelOf(session.server, world),
    unread,
    baseline: { writtenAt: baseline.writtenAt, appliedFiles: baseline.appliedFiles },
  };
}

async function baselineOnce(session: Session, world: ServerWorld, generation: number): Promise<Baseline> {
  const known = await readBaseline(session);
  if (known !== undefined) return known;
  if ((await connectPackage(session)) !== undefined) throw new Refusal("baseline-lost", { path: baselinePath });
  const { computerName } = world;
  const baseline = {
    writtenAt: await session.instant(),
    computerName,
    generation,
    appliedFiles: await appliedFiles(session),
  };
  await session.write(baselinePath, asciiJson(baseline));
  session.changes.push("baseline written");
  return baseline;
}

const numberOf = (value: string | number | undefined): number | null => (value === undefined ? null : Number(value));

function registryFacts(
  registry: Registry,
  tls: unknown,
): Pick<Answer, "dotNetRelease" | "tls" | "dcom" | "powershell" | "enhancedSecurity"> {
  const ole = "HKLM:\\SOFTWARE\\Microsoft\\Ole";
  const policies = "HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell";
  const shell = "HKLM:\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell";
  const set = (key: string, name: string) => registryValue(registry, key, name) !== undefined;
  const isOne = (key: string, name: string) => String(registryValue(registry, key, name)) === "1";
  const wanted = (Array.isArray(tls) ? tls : []) as readonly { readonly key: string; readonly name: string }[];
  return {
    dotNetRelease: numberOf(
      registryValue(registry, "HKLM:\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full", "Release"),
    ),
    tls: wanted.map(({ key, name }) => ({ key, name, found: numberOf(registryValue(registry, key, name)) })),
    dcom: {
      machineAccessRestriction: set(ole, "MachineAccessRestriction"),
      machineLaunchRestriction: set(ole, "MachineLaunchRestriction"),
      defaultLaunchPermission: set(ole, "DefaultLaunchPermission"),
    },
    powershell: {
      executionPolicy: String(
        registryValue(registry, policies, "ExecutionPolicy") || registryValue(registry, shell, "ExecutionPolicy") || "",
      ),
      transcription: isOne(`${policies}\\Transcription`, "EnableTranscripting"),
    },
    enhancedSecurity: isOne(enhancedSecurityKey, "IsInstalled"),
  };
}

async function otherEngines(session: Session, { services }: ServerWorld): Promise<string[]> {
  const foreign = ["FIMSynchronizationService", "FIMService", "AADConnectProvisioningAgent"];
  const leftOver = services.ADSync !== undefined && (await connectPackage(session)) === undefined;
  return [...foreign.filter((name) => services[name] !== undefined), ...(leftOver ? ["ADSync"] : [])];
}

async function machineProxy(session: Session): Promise<string> {
  const text = await readFile(session.path(machineConfigPath), "utf8");
  const plain = text.replace(/<!--[\s\S]*?-->/g, "");
  const [, settings = "", proxy = ""] = /<defaultProxy\b([^>]*)>\s*<proxy\b([^>]*)/.exec(plain) ?? [];
  const attribute = (name: string): string => new RegExp(`\\b${name}="([^"]*)"`).exec(proxy)?.[1] ?? "";
  if (/\benabled="false"/.test(settings)) return "";
  const address = attribute("proxyaddress") || attribute("scriptLocation");
  return address.replace(/^([^/]*\/\/)?.*@/, "$1").slice(0, 200);
}
