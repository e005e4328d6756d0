import * as compute from "@pulumi/azure-native/compute";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import type { RememberedGeneration } from "../memory/remembered";
import { settlesFenceRule } from "../network/fenceRule";
import { securityRules } from "../network/plan";
import type { GenerationSettings, Settings } from "../settings/settings";
import { memberOptions, type OfGeneration } from "./members";
import { generationNames } from "./names";
import { machineArguments, networkInterfaceArguments } from "./plan";

export interface MachineArgs extends OfGeneration {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly subnetId: pulumi.Input<string>;
  readonly administratorPassword: pulumi.Input<string>;
  readonly remembered?: RememberedGeneration;
  /** Another machine has its name: what is taken out is forgotten, not deleted. */
  readonly kept: boolean;
  /** A targeted up without it makes no machine: what the state does not tell of, nobody could later ask for its role. */
  readonly ledger: pulumi.Resource;
  /** Whether a member is to be named at all: of a lost generation only what the state still holds. */
  readonly stands: (part: string) => boolean;
}

export interface Machine {
  readonly id: pulumi.Output<string>;
  /** Azure's identity of the machine. Triggers hang on it, so it is the remembered one in a preview. */
  readonly vmId: pulumi.Output<string>;
  /** Of the machine's own identity; the remembered one in a preview. */
  readonly principalId: pulumi.Output<string>;
  readonly members: readonly pulumi.Resource[];
  /** The virtual machine itself; absent where a lost generation has none any more. */
  readonly machine?: pulumi.Resource;
  /** Absent where a lost generation has none any more. */
  readonly securityGroupId?: pulumi.Output<string>;
}

/**
 * One generation's security group, network interface and virtual machine. No public address. Whatever of a lost one is
 * no longer in the state (a refresh drops what Azure has no more) is not named: it would be made anew.
 */
export function machine(base: string, args: MachineArgs, parent: pulumi.Resource): Machine {
  if (args.stands("vm")) return wholeMachine(base, args, parent);
  const options = { ...memberOptions(args.treatment, parent), retainOnDelete: args.kept };
  const group = args.stands("nsg") ? securityGroupOf(base, args, options) : undefined;
  const left = [
    ...(group === undefined ? [] : [group]),
    // With its group, so that the engine deletes the interface first: Azure keeps a group that is in use.
    ...(args.stands("nic") ? [interfaceOf(base, args, group?.id, options)] : []),
  ];
  return {
    id: pulumi.output(""),
    vmId: pulumi.output(args.remembered?.vmId ?? ""),
    principalId: pulumi.output(args.remembered?.principalId ?? ""),
    members: left,
  };
}

function wholeMachine(base: string, args: MachineArgs, parent: pulumi.Resource): Machine {
  const { structure, settings, block, resourceGroupName } = args;
  const options = { ...memberOptions(args.treatment, parent), retainOnDelete: args.kept };
  const tags = settings.apply((known) => known.tags);

  const settled = settlesFenceRule(block, args.remembered?.cut);
  const securityGroup = securityGroupOf(base, args, settled ? { parent, retainOnDelete: args.kept } : options);
  const nic = interfaceOf(base, args, securityGroup.id, options);
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
      dependsOn: [args.ledger],
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
    principalId:
      pulumi.runtime.isDryRun() && args.remembered?.principalId !== undefined
        ? pulumi.output(args.remembered.principalId)
        : vm.identity.apply((identity) => identity?.principalId ?? ""),
    members: [securityGroup, nic, vm],
    machine: vm,
    securityGroupId: securityGroup.id,
  };
}

function securityGroupOf(
  base: string,
  { structure, settings, block, resourceGroupName }: MachineArgs,
  options: pulumi.CustomResourceOptions,
): network.NetworkSecurityGroup {
  return new network.NetworkSecurityGroup(
    `${base}-nsg`,
    {
      resourceGroupName,
      location: structure.location,
      tags: settings.apply((known) => known.tags),
      networkSecurityGroupName: generationNames(structure.name, block.generation).securityGroup,
      securityRules: settings.apply((known) =>
        securityRules(known, blockIn(known, block)).map((rule) => ({
          ...rule,
          destinationPortRanges: rule.destinationPortRanges && [...rule.destinationPortRanges],
          sourceAddressPrefixes: rule.sourceAddressPrefixes && [...rule.sourceAddressPrefixes],
          destinationAddressPrefixes: rule.destinationAddressPrefixes && [...rule.destinationAddressPrefixes],
        })),
      ),
    },
    options,
  );
}

/** The same block with every Input as it is given. */
function blockIn({ generations }: Settings, { generation, ...block }: GenerationSettings): GenerationSettings {
  return generations.find((each) => each.generation === generation) ?? { generation, ...block };
}

function interfaceOf(
  base: string,
  { structure, settings, block, resourceGroupName, subnetId }: MachineArgs,
  securityGroupId: pulumi.Output<string> | undefined,
  options: pulumi.CustomResourceOptions,
): network.NetworkInterface {
  const { ipConfiguration, ...networkInterface } = networkInterfaceArguments(structure, block);
  return new network.NetworkInterface(
    `${base}-nic`,
    {
      ...networkInterface,
      resourceGroupName,
      tags: settings.apply((known) => known.tags),
      dnsSettings: settings.apply((known) => ({ dnsServers: [...known.network.dnsServers] })),
      ipConfigurations: [{ ...ipConfiguration, subnet: { id: subnetId } }],
      networkSecurityGroup: securityGroupId === undefined ? undefined : { id: securityGroupId },
    },
    options,
  );
}
