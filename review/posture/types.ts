/**
 * Pulumi's type tokens in one form: `azure-native:network/v20240501:NetworkSecurityGroup`, the same without a version, of
 * a generated package (`azure-native_network_v20240501:network:…`) and the classic provider's
 * `azure:network/networkSecurityGroup:NetworkSecurityGroup`.
 */
export interface TypeName {
  readonly provider: string;
  readonly module: string;
  readonly name: string;
}

export function typeName(type: string): TypeName {
  const [provider = "", module = "", name = ""] = type.split(":");
  return {
    provider: provider.startsWith("azure-native_") ? "azure-native" : provider,
    module: module.split("/")[0] ?? "",
    name,
  };
}

/** What the rules look at, and the names it has with the two Azure providers and the command provider. */
export const kinds = {
  securityGroup: ["azure-native:network:NetworkSecurityGroup", "azure:network:NetworkSecurityGroup"],
  securityRule: ["azure-native:network:SecurityRule", "azure:network:NetworkSecurityRule"],
  networkInterface: ["azure-native:network:NetworkInterface", "azure:network:NetworkInterface"],
  loadBalancer: ["azure-native:network:LoadBalancer"],
  virtualMachine: [
    "azure-native:compute:VirtualMachine",
    "azure:compute:WindowsVirtualMachine",
    "azure:compute:LinuxVirtualMachine",
  ],
  disk: [
    "azure-native:compute:Disk",
    "azure-native:compute:Snapshot",
    "azure:compute:ManagedDisk",
    "azure:compute:Snapshot",
  ],
  runCommand: [
    "azure-native:compute:VirtualMachineRunCommandByVirtualMachine",
    "azure-native:compute:VirtualMachineRunCommandByVirtualMachineScaleSetVM",
    "azure:compute:RunCommand",
  ],
  extension: ["azure-native:compute:VirtualMachineExtension", "azure:compute:Extension"],
  vault: ["azure-native:recoveryservices:Vault", "azure:recoveryservices:Vault"],
  backupPolicy: ["azure-native:recoveryservices:ProtectionPolicy", "azure:backup:PolicyVM"],
  protectedItem: ["azure-native:recoveryservices:ProtectedItem", "azure:backup:ProtectedVM"],
  keyVault: ["azure-native:keyvault:Vault", "azure:keyvault:KeyVault"],
  storageAccount: ["azure-native:storage:StorageAccount", "azure:storage:Account"],
  storageContainer: ["azure-native:storage:BlobContainer", "azure:storage:Container"],
  lock: [
    "azure-native:authorization:ManagementLockByScope",
    "azure-native:authorization:ManagementLockAtResourceLevel",
    "azure-native:authorization:ManagementLockAtResourceGroupLevel",
    "azure-native:authorization:ManagementLockAtSubscriptionLevel",
    "azure:management:Lock",
  ],
  remoteCommand: ["command:remote:Command", "command:remote:CopyToRemote", "command:remote:CopyFile"],
  localCommand: ["command:local:Command"],
} as const satisfies Record<string, readonly string[]>;

export type Kind = keyof typeof kinds;

const byName: ReadonlyMap<string, Kind> = new Map(
  (Object.keys(kinds) as Kind[]).flatMap((kind) => kinds[kind].map((name) => [name, kind] as const)),
);

export function kindOf(type: string): Kind | undefined {
  const { provider, module, name } = typeName(type);
  return byName.get(`${provider}:${module}:${name}`);
}

export function isClassic(type: string): boolean {
  return typeName(type).provider === "azure";
}
