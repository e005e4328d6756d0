import { parseResourceId } from "../settings/resourceId";
import type { Settings } from "../settings/settings";

/** Windows computer names have at most 15 characters, and Entra Connect does not survive a renamed server. */
export const longestComputerName = 15;

export interface GenerationNames {
  /** Also the name of the virtual machine and of the computer. */
  readonly machine: string;
  readonly networkInterface: string;
  readonly securityGroup: string;
  readonly osDisk: string;
  /** Maintenance configuration, and its assignment to the machine. */
  readonly maintenance: string;
}

export function generationNames(serverName: string, generation: number): GenerationNames {
  const machine = `${serverName}-g${generation}`;
  return {
    machine,
    networkInterface: `${machine}-nic`,
    securityGroup: `${machine}-nsg`,
    osDisk: `${machine}-os`,
    maintenance: `${machine}-updates`,
  };
}

export function resourceGroupNames(serverName: string): {
  readonly server: string;
  readonly backup: string;
  readonly archive: string;
  readonly monitoring: string;
} {
  return {
    server: `rg-${serverName}`,
    backup: `rg-${serverName}-backup`,
    archive: `rg-${serverName}-archive`,
    monitoring: `rg-${serverName}-monitoring`,
  };
}

/** The group that everything but the backup is in: our own, or the one that the settings name. */
export function serverResourceGroup({ name, resourceGroupName }: Pick<Settings, "name" | "resourceGroupName">): string {
  return resourceGroupName ?? resourceGroupNames(name).server;
}

/** Every group that something of this server is in, as the settings spell it. */
export function groupsOf(settings: Settings): readonly string[] {
  const { name, network, backup, archive } = settings;
  const byId = [network.peerVirtualNetworkId, backup.vaultId, archive.accountId];
  const others = byId.flatMap((id) => parseResourceId(id ?? "")?.resourceGroupName ?? []);
  return [serverResourceGroup(settings), ...others, ...Object.values(resourceGroupNames(name))];
}
