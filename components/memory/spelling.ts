import type { Settings } from "../settings/settings";
import type { Ledger } from "./ledger";

const before = (known: string | undefined, written: string): string =>
  known !== undefined && known.toLowerCase() === written.toLowerCase() ? known : written;

/**
 * Ids in the letters of the last run. Azure does not care, but the engine compares letter by letter: a hub whose name was
 * copied from another page would have its peering made anew.
 */
export function spelledAsBefore(settings: Settings, ledger: Ledger | undefined): Settings {
  const { shared } = ledger ?? {};
  if (shared === undefined) return settings;
  const { existingSubnetId, peerVirtualNetworkId, routeTableId } = settings.network;
  const { bastion } = settings;
  return {
    ...settings,
    network: {
      ...settings.network,
      ...(existingSubnetId === undefined ? {} : { existingSubnetId: before(shared.subnet, existingSubnetId) }),
      ...(peerVirtualNetworkId === undefined
        ? {}
        : { peerVirtualNetworkId: before(shared.peerVirtualNetworkId, peerVirtualNetworkId) }),
      ...(routeTableId === undefined ? {} : { routeTableId: before(shared.routeTableId, routeTableId) }),
    },
    ...(bastion?.existingId === undefined
      ? {}
      : { bastion: { ...bastion, existingId: before(shared.bastion, bastion.existingId) } }),
  };
}
