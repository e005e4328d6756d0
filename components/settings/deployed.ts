import * as compute from "@pulumi/azure-native/compute";
import * as pulumi from "@pulumi/pulumi";
import { idOf } from "../backup/existing";
import { generationNames, resourceGroupNames } from "../server/names";
import { fingerprintOf } from "../server/plan";
import type { DeployedGeneration, Fingerprint, Memory } from "./memory";
import type { Settings } from "./settings";

/** What the stack's last run left in its outputs; undefined before the first run and after a destroy. */
export async function readMemory(): Promise<Memory | undefined> {
  const self = new pulumi.StackReference("self", {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
  });
  const { value } = await self.getOutputDetails("memory");
  return value as Memory | undefined;
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

/** Asks Azure for the machine of a generation that the outputs do not tell of, for example after a run that failed at the gate. */
async function findMachine(
  settings: Settings,
  generation: number,
  opts?: pulumi.InvokeOptions,
): Promise<DeployedGeneration | undefined> {
  let found: FoundMachine | undefined;
  await idOf(async () => {
    found = await compute.getVirtualMachine(
      {
        resourceGroupName: resourceGroupNames(settings.server.name).server,
        vmName: generationNames(settings.server.name, generation).machine,
      },
      opts,
    );
    return { id: found.id };
  });
  return found === undefined
    ? undefined
    : { fingerprint: fingerprintFound(settings, generation, found), vmId: found.vmId, hostKey: "" };
}

/** The memory completed with what Azure holds of the generations that are asked for. */
export interface Deployed {
  readonly memory: Memory | undefined;
  /** Generations that a run's outputs tell of: that run reached its end, so their gate is behind them. */
  readonly proven: ReadonlySet<number>;
}

export async function readDeployed(
  settings: Settings,
  remembered: Memory | undefined,
  opts?: pulumi.InvokeOptions,
): Promise<Deployed> {
  const known: Record<string, DeployedGeneration> = { ...remembered?.generations };
  const found: Record<string, DeployedGeneration> = {};
  await Promise.all(
    settings.server.generations
      .filter((generation) => known[generation] === undefined)
      .map(async (generation) => {
        const machine = await findMachine(settings, generation, opts);
        if (machine === undefined) return;
        const left = remembered?.leaving[generation];
        // Its retirement was refused and it is put back: the same machine, already proven once.
        if (left?.vmId === machine.vmId) known[generation] = left;
        else found[generation] = machine;
      }),
  );
  const proven = new Set(Object.keys(known).map(Number));
  if (remembered === undefined && Object.keys(found).length === 0) return { memory: undefined, proven };
  return {
    memory: {
      generations: { ...known, ...found },
      leaving: remembered?.leaving ?? {},
      activeGeneration: remembered?.activeGeneration,
    },
    proven,
  };
}
