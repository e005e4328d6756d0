/** Mirrors scripts/prerequisites.ps1. */
import { asciiJson } from "../../../scripts/assemble";
import { type Registry, readRegistry, registryValue } from "../serverFiles";
import type { ServerWorld } from "../serverWorld";
import {
  appliedFiles,
  type Baseline,
  baselinePath,
  confirmComputerName,
  connectPackage,
  readBaseline,
  uninstallEntries,
} from "./connect";
import { confirmNotRetired } from "./marker";
import { Refusal, type Said, type Session } from "./session";
import { operatingSystem, powershellVersion } from "./system";

export async function prerequisites(session: Session): Promise<Said<"prerequisites">> {
  const given = session.expect("domain", "minimumDiskGB", "ports", "serverName", "generation");
  await session.enterLock();
  await confirmComputerName(session, String(given.serverName));
  await confirmNotRetired(session);
  const world = await session.world();
  const domain = String(given.domain);
  if (!world.domain.joined) throw new Refusal("not-joined", { domain, found: world.domain.name });
  if (world.domain.name.toLowerCase() !== domain.toLowerCase())
    throw new Refusal("other-domain", { domain, found: world.domain.name });
  const minimumGB = Number(given.minimumDiskGB);
  if (world.disk.sizeGB < minimumGB)
    session.warnings.push(
      `Drive C: has ${world.disk.sizeGB} GB; ${minimumGB} GB are advised for this number of objects.`,
    );
  const baseline = await baselineOnce(session, world, Number(given.generation));
  if (world.clockSkewSeconds === null)
    session.warnings.push(`The clock could not be compared with ${domain}: w32tm gave no offset.`);
  const packages = await uninstallEntries(session);
  return {
    vmId: world.vmId,
    domain: world.domain.name,
    operatingSystem: await operatingSystem(session),
    powershellVersion: await powershellVersion(session),
    ...registryFacts(await readRegistry(session.server)),
    clockSkewSeconds: world.clockSkewSeconds === null ? null : Math.round(world.clockSkewSeconds * 1000) / 1000,
    disk: { sizeGB: world.disk.sizeGB, freeGB: world.disk.freeGB, minimumGB },
    ports: portsOf(given.ports).map(({ host, port }) => ({ host, port, open: answers(world, host, port) })),
    packages: packages
      .sort((one, other) => one.displayName.localeCompare(other.displayName))
      .map(({ displayName, displayVersion }) => ({ displayName, displayVersion })),
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

function registryFacts(registry: Registry): Pick<Said<"prerequisites">, "dotNetRelease" | "tls" | "dcom"> {
  const net = "HKLM:\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319";
  const ole = "HKLM:\\SOFTWARE\\Microsoft\\Ole";
  const client = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Client";
  const release = registryValue(registry, "HKLM:\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full", "Release");
  const set = (key: string, name: string) => registryValue(registry, key, name) !== undefined;
  const on = (key: string, name: string) => {
    const value = registryValue(registry, key, name);
    return value === undefined ? null : Number(value) !== 0;
  };
  return {
    dotNetRelease: release === undefined ? null : Number(release),
    tls: {
      strongCrypto: on(net, "SchUseStrongCrypto"),
      systemDefaultVersions: on(net, "SystemDefaultTlsVersions"),
      clientEnabled: on(client, "Enabled"),
    },
    dcom: {
      machineAccessRestriction: set(ole, "MachineAccessRestriction"),
      machineLaunchRestriction: set(ole, "MachineLaunchRestriction"),
      defaultLaunchPermission: set(ole, "DefaultLaunchPermission"),
    },
  };
}

function portsOf(given: unknown): { host: string; port: number }[] {
  const list: unknown[] = Array.isArray(given) ? given : [];
  return list.flatMap((entry) => {
    if (typeof entry !== "object" || entry === null || !("host" in entry) || !("port" in entry)) return [];
    return [{ host: String(entry.host), port: Number(entry.port) }];
  });
}

function answers(world: ServerWorld, host: string, port: number): boolean {
  return world.reachable.some((entry) => {
    const [knownHost, knownPort] = entry.split(":");
    return (knownHost === "*" || knownHost === host) && (knownPort === "*" || knownPort === String(port));
  });
}
