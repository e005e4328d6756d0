import * as compute from "@pulumi/azure-native/compute";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { generationNames, resourceGroupNames } from "../server/names";
import { fingerprintOf } from "../server/plan";
import { found } from "./lookup";
import type { DeployedGeneration, Fingerprint, Memory } from "./memory";
import type { Settings } from "./settings";

/** What the stack's last run left in its outputs; undefined before the first run and after a destroy. */
export async function readMemory(): Promise<Memory | undefined> {
  const self = new pulumi.StackReference("self", {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
  });
  const { value } = await self.getOutputDetails("memory");
  // An earlier release of this library did not remember everything.
  return value === undefined ? undefined : { ...(value as Memory), retired: (value as Partial<Memory>).retired ?? [] };
}

type FoundMachine = compute.GetVirtualMachineResult;

function fingerprintFound(settings: Settings, generation: number, machine: FoundMachine): Fingerprint {
  const image = machine.storageProfile?.imageReference;
  // What a GET does not tell is taken as the settings say it: no false refusal.
  const asked = fingerprintOf(settings, generation);
  return {
    ...asked,
    location: machine.location,
    image: image === undefined ? asked.image : [image.publisher, image.offer, image.sku, image.version].join(":"),
    size: machine.hardwareProfile?.vmSize ?? asked.size,
    osDiskSizeGB: machine.storageProfile?.osDisk?.diskSizeGB ?? asked.osDiskSizeGB,
    zone: machine.zones?.[0] ?? "",
    administratorName: machine.osProfile?.adminUsername ?? asked.administratorName,
    timeZone: machine.osProfile?.windowsConfiguration?.timeZone ?? asked.timeZone,
    encryptionAtHost: machine.securityProfile?.encryptionAtHost ?? false,
  };
}

function findMachine(
  settings: Settings,
  generation: number,
  opts?: pulumi.InvokeOptions,
): Promise<FoundMachine | undefined> {
  const resourceGroupName = resourceGroupNames(settings.server.name).server;
  const vmName = generationNames(settings.server.name, generation).machine;
  return found(() => compute.getVirtualMachine({ resourceGroupName, vmName }, opts));
}

/** For a machine that the outputs do not tell of, for example after a run that failed at the gate. */
async function asDeployed(
  settings: Settings,
  generation: number,
  machine: FoundMachine,
  opts?: pulumi.InvokeOptions,
): Promise<DeployedGeneration> {
  const resourceGroupName = resourceGroupNames(settings.server.name).server;
  const { networkInterface } = generationNames(settings.server.name, generation);
  const nic = await found(() =>
    network.getNetworkInterface({ resourceGroupName, networkInterfaceName: networkInterface }, opts),
  );
  const fingerprint = fingerprintFound(settings, generation, machine);
  const privateAddress = nic?.ipConfigurations?.[0]?.privateIPAddress ?? fingerprint.privateAddress;
  return { fingerprint: { ...fingerprint, privateAddress }, vmId: machine.vmId, hostKey: "" };
}

/** The memory completed with what Azure holds of the generations that are asked for. */
export interface Deployed {
  readonly memory: Memory | undefined;
  /** Generations that a run's outputs tell of: that run reached its end, so their gate is behind them. */
  readonly proven: ReadonlySet<number>;
  /** Remembered generations whose machine is gone, or another. */
  readonly missing: ReadonlySet<number>;
}

export async function readDeployed(
  settings: Settings,
  remembered: Memory | undefined,
  opts?: pulumi.InvokeOptions,
): Promise<Deployed> {
  const left = Object.keys(remembered?.leaving ?? {}).map(Number);
  const asked = [...new Set([...settings.server.generations, ...left])];
  const machines = new Map(
    await Promise.all(
      asked.map(async (generation) => [generation, await findMachine(settings, generation, opts)] as const),
    ),
  );
  // A run that failed before its end left no outputs; what Azure holds then is taken from there.
  const known: Record<string, DeployedGeneration> = { ...remembered?.generations };
  const untold: Record<string, DeployedGeneration> = {};
  const leaving: Record<string, DeployedGeneration> = {};
  const retired = new Set(remembered?.retired);
  const missing = new Set<number>();
  for (const generation of asked) {
    const machine = machines.get(generation);
    const before = known[generation];
    const gone = remembered?.leaving[generation];
    const wanted = settings.server.generations.includes(generation);
    if (before !== undefined) {
      if (machine?.vmId !== before.vmId) missing.add(generation);
    } else if (gone !== undefined) {
      if (machine?.vmId !== gone.vmId) retired.add(generation);
      // Its retirement was refused and it is put back: the same machine, already proven once.
      else if (wanted) known[generation] = gone;
      else leaving[generation] = gone;
    } else if (machine !== undefined) untold[generation] = await asDeployed(settings, generation, machine, opts);
  }
  const proven = new Set(Object.keys(known).map(Number));
  if (remembered === undefined && Object.keys(untold).length === 0) return { memory: undefined, proven, missing };
  return {
    memory: {
      ...remembered,
      generations: { ...known, ...untold },
      leaving,
      retired: [...retired].sort((a, b) => a - b),
    },
    proven,
    missing,
  };
}
