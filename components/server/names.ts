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

/** Ids of every group that something of this server is in, as the settings spell it. */
export function groupsOf(settings: Settings, ownSubscriptionId: string | undefined): readonly string[] {
  const { name, network, backup, archive } = settings;
  const idOf = (subscriptionId: string, group: string) => `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
  const others = [network.peerVirtualNetworkId, backup.vaultId, archive.accountId].flatMap((id) => {
    const place = parseResourceId(id ?? "");
    return place === undefined ? [] : [idOf(place.subscriptionId, place.resourceGroupName)];
  });
  if (ownSubscriptionId === undefined) return others;
  const own = [serverResourceGroup(settings), ...Object.values(resourceGroupNames(name))];
  return [...own.map((group) => idOf(ownSubscriptionId, group)), ...others];
}
