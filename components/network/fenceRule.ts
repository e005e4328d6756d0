import type { FenceSettings, Role } from "../settings/settings";

export const fenceRuleName = "out-fence";

/**
 * Whether this run settles the security group of a generation: the one member that a fence changes. Also where its rule is no longer
 * wanted and stands: with everything else ignored it would stay, and a service that needs its domain or a database server elsewhere
 * could never be started to be asked.
 */
export const settlesFenceRule = (
  { role, fence }: { readonly role: Role; readonly fence: FenceSettings },
  stands: boolean | undefined,
): boolean => role === "fenced" && (fence.cutOutbound || stands === true);
