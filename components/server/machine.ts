import * as compute from "@pulumi/azure-native/compute";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import type { DeployedGeneration } from "../settings/memory";
import type { Settings } from "../settings/settings";
import { generationNames } from "./names";
import { machineArguments, networkInterfaceArguments } from "./plan";

export interface MachineArgs {
  readonly settings: Settings;
  readonly generation: number;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly subnetId: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly administratorPassword: pulumi.Input<string>;
  /** What the stack remembers of this generation; spares previews a false alarm. */
  readonly remembered?: DeployedGeneration;
}

/** One generation's virtual machine and its network interface. No public address. */
export class Machine extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** Azure's identity of the machine. Triggers hang on it, so it is the remembered one in a preview. */
  readonly vmId: pulumi.Output<string>;
  readonly members: readonly pulumi.Resource[];

  constructor(name: string, args: MachineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("entra-connect:server:Machine", name, {}, opts);
    const { settings, generation, resourceGroupName } = args;
    const { ipConfiguration, dnsServers, ...networkInterface } = networkInterfaceArguments(settings, generation);
    const child = { parent: this };

    const nic = new network.NetworkInterface(
      `${name}-nic`,
      {
        ...networkInterface,
        resourceGroupName,
        tags: settings.tags,
        dnsSettings: { dnsServers: [...dnsServers] },
        ipConfigurations: [{ ...ipConfiguration, subnet: { id: args.subnetId } }],
        networkSecurityGroup: { id: args.securityGroupId },
      },
      child,
    );
    const { osProfile, ...machine } = machineArguments(settings, generation);
    const vm = new compute.VirtualMachine(
      `${name}-vm`,
      {
        ...machine,
        zones: machine.zones && [...machine.zones],
        resourceGroupName,
        tags: {
          ...settings.tags,
          "entra-connect-server": settings.server.name,
          "entra-connect-generation": String(generation),
        },
        osProfile: { ...osProfile, adminPassword: args.administratorPassword },
        // Detach: the interface is a resource of its own, and a machine replaced inside its generation needs it again.
        networkProfile: { networkInterfaces: [{ id: nic.id, primary: true, deleteOption: "Detach" }] },
      },
      {
        ...child,
        // The guard is asked before a replacement only if the old machine goes first (facts/pulumi-engine.md 4).
        deleteBeforeReplace: true,
        // ARM refuses another password on a running machine; it is reset through VMAccess.
        ignoreChanges: ["osProfile.adminPassword"],
      },
    );
    this.members = [nic, vm];
    this.id = vm.id;
    this.name = pulumi.output(generationNames(settings.server.name, generation).machine);
    this.vmId = pulumi.runtime.isDryRun() && args.remembered ? pulumi.output(args.remembered.vmId) : vm.vmId;
    this.registerOutputs({ id: this.id, vmId: this.vmId });
  }
}
