import type { JsonObject } from "../../../rehearsal/azure/properties/json";
import { secret } from "../../../rehearsal/azure/properties/wire";
import { Resource, type Simulated } from "./simulatedAzure";

export const password = "Correct-Horse-7";

/** A resource group, a network, a subnet, a security group, an interface and a virtual machine. */
export class Landscape {
  readonly group = "rg-sync";
  readonly parts = new Map<string, Resource>();

  constructor(readonly azure: Simulated) {}

  async add(token: string, name: string, inputs: JsonObject): Promise<Resource> {
    const resource = new Resource(this.azure, `azure-native:${token}`, name);
    this.parts.set(name, resource);
    return resource.create(inputs);
  }

  resourceGroup(name = this.group, location = "westeurope"): Promise<Resource> {
    return this.add("resources:ResourceGroup", name, { resourceGroupName: name, location });
  }

  async network(): Promise<{ vnet: Resource; subnet: Resource; nsg: Resource }> {
    const nsg = await this.add("network:NetworkSecurityGroup", "nsg", {
      resourceGroupName: this.group,
      networkSecurityGroupName: "nsg",
      securityRules: [securityRule("allow-dns", 200), securityRule("deny-all", 4000, { access: "Deny" })],
    });
    const vnet = await this.add("network:VirtualNetwork", "vnet", {
      resourceGroupName: this.group,
      virtualNetworkName: "vnet",
      addressSpace: { addressPrefixes: ["10.40.0.0/16"] },
    });
    const subnet = await this.add("network:Subnet", "servers", {
      resourceGroupName: this.group,
      virtualNetworkName: "vnet",
      subnetName: "servers",
      addressPrefix: "10.40.0.0/24",
      defaultOutboundAccess: false,
      networkSecurityGroup: { id: nsg.id },
    });
    return { vnet, subnet, nsg };
  }

  nic(name: string, subnetId: string, address?: string): Promise<Resource> {
    return this.add("network:NetworkInterface", name, {
      resourceGroupName: this.group,
      networkInterfaceName: name,
      ipConfigurations: [
        {
          name: "primary",
          subnet: { id: subnetId },
          ...(address === undefined ? {} : { privateIPAllocationMethod: "Static", privateIPAddress: address }),
        },
      ],
    });
  }

  machine(name: string, nicId: string, more: JsonObject = {}): Promise<Resource> {
    return this.add("compute:VirtualMachine", name, { ...machineInputs(this.group, name, nicId), ...more });
  }

  /** All of it, up to a running machine. */
  async server(
    name = "aadc-stg-g1",
  ): Promise<{ vm: Resource; nic: Resource; subnet: Resource; nsg: Resource; vnet: Resource }> {
    await this.resourceGroup();
    const network = await this.network();
    const nic = await this.nic(`${name}-nic`, network.subnet.id, "10.40.0.11");
    const vm = await this.machine(name, nic.id);
    return { vm, nic, ...network };
  }
}

export function machineInputs(group: string, name: string, nicId: string): JsonObject {
  return {
    resourceGroupName: group,
    vmName: name,
    hardwareProfile: { vmSize: "Standard_D2s_v5" },
    identity: { type: "SystemAssigned" },
    licenseType: "Windows_Server",
    zones: ["1"],
    securityProfile: {
      securityType: "TrustedLaunch",
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
      encryptionAtHost: true,
    },
    osProfile: {
      computerName: name,
      adminUsername: "entraadmin",
      adminPassword: secret(password),
      windowsConfiguration: { patchSettings: { patchMode: "AutomaticByOS" }, enableAutomaticUpdates: true },
    },
    storageProfile: {
      imageReference: {
        publisher: "MicrosoftWindowsServer",
        offer: "WindowsServer",
        sku: "2022-datacenter-g2",
        version: "20348.2762.241006",
      },
      osDisk: {
        name: `${name}-os`,
        createOption: "FromImage",
        deleteOption: "Delete",
        diskSizeGB: 127,
        managedDisk: { storageAccountType: "Premium_LRS" },
      },
    },
    networkProfile: { networkInterfaces: [{ id: nicId, primary: true, deleteOption: "Detach" }] },
    diagnosticsProfile: { bootDiagnostics: { enabled: true } },
    tags: { role: "staging" },
  };
}

export function securityRule(name: string, priority: number, more: JsonObject = {}): JsonObject {
  return {
    name,
    priority,
    direction: "Outbound",
    access: "Allow",
    protocol: "Tcp",
    sourceAddressPrefix: "*",
    sourcePortRange: "*",
    destinationAddressPrefix: "10.40.1.0/24",
    destinationPortRange: "53",
    ...more,
  };
}
