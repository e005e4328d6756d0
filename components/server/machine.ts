import * as compute from "@pulumi/azure-native/compute";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import type { RememberedGeneration } from "../memory/remembered";
import { securityRules } from "../network/plan";
import type { GenerationSettings, Settings } from "../settings/settings";
import { memberOptions } from "./members";
import { generationNames } from "./names";
import { machineArguments, networkInterfaceArguments } from "./plan";

export interface MachineArgs {
  /** Structure, known in a preview too. */
  readonly structure: Settings;
  /** The same with every Input as it is given. */
  readonly settings: pulumi.Output<Settings>;
  readonly block: GenerationSettings;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly subnetId: pulumi.Input<string>;
  readonly administratorPassword: pulumi.Input<string>;
  readonly remembered?: RememberedGeneration;
}

export interface Machine {
  readonly id: pulumi.Output<string>;
  /** Azure's identity of the machine. Triggers hang on it, so it is the remembered one in a preview. */
  readonly vmId: pulumi.Output<string>;
  readonly members: readonly pulumi.Resource[];
}

/** One generation's security group, network interface and virtual machine. No public address. */
export function machine(base: string, args: MachineArgs, parent: pulumi.Resource): Machine {
  const { structure, settings, block, resourceGroupName } = args;
  const options = memberOptions(block.role, parent);
  const { location } = structure;
  const tags = settings.apply((known) => known.tags);

  const securityGroup = new network.NetworkSecurityGroup(
    `${base}-nsg`,
    {
      resourceGroupName,
      location,
      tags,
      networkSecurityGroupName: generationNames(structure.name, block.generation).securityGroup,
      securityRules: settings.apply((known) =>
        securityRules(known, block.features).map((rule) => ({
          ...rule,
          sourceAddressPrefixes: rule.sourceAddressPrefixes && [...rule.sourceAddressPrefixes],
          destinationAddressPrefixes: rule.destinationAddressPrefixes && [...rule.destinationAddressPrefixes],
        })),
      ),
    },
    options,
  );
  const { ipConfiguration, ...networkInterface } = networkInterfaceArguments(structure, block);
  const nic = new network.NetworkInterface(
    `${base}-nic`,
    {
      ...networkInterface,
      resourceGroupName,
      tags,
      dnsSettings: settings.apply((known) => ({ dnsServers: [...known.network.dnsServers] })),
      ipConfigurations: [{ ...ipConfiguration, subnet: { id: args.subnetId } }],
      networkSecurityGroup: { id: securityGroup.id },
    },
    options,
  );
  const { osProfile, ...virtualMachine } = machineArguments(
    structure,
    block,
    args.remembered?.licenseType !== undefined,
  );
  const vm = new compute.VirtualMachine(
    `${base}-vm`,
    {
      ...virtualMachine,
      zones: virtualMachine.zones && [...virtualMachine.zones],
      resourceGroupName,
      tags: tags.apply((own) => ({
        ...own,
        "entra-connect-server": structure.name,
        "entra-connect-generation": String(block.generation),
      })),
      osProfile: { ...osProfile, adminPassword: args.administratorPassword },
      // Detach: the interface is a resource of its own, and a machine replaced inside its generation needs it again.
      networkProfile: { networkInterfaces: [{ id: nic.id, primary: true, deleteOption: "Detach" }] },
    },
    pulumi.mergeOptions(options, {
      // The guard is asked before a replacement only if the old machine goes first (facts/pulumi-engine.md 4).
      deleteBeforeReplace: true,
      // ARM refuses another password on a running machine; it is reset through VMAccess.
      ignoreChanges: ["osProfile.adminPassword"],
    }),
  );
  const known = args.remembered?.vmId;
  return {
    id: vm.id,
    // In a preview the remembered one: whatever hangs on it would else show as changed.
    vmId: pulumi.runtime.isDryRun() && known !== undefined ? pulumi.output(known) : vm.vmId,
    members: [securityGroup, nic, vm],
  };
}
