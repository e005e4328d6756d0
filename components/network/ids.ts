/** Parts of a resource id, as ARM writes them in any letter case. */
export interface IdParts {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  /** The names below the provider, outermost first: network, subnet. */
  readonly names: readonly string[];
}

/** Undefined where it is no id of something in a resource group. */
export function idParts(id: string): IdParts | undefined {
  const [, subscriptionId, resourceGroupName, rest] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/[^/]+\/(.+)$/i.exec(id) ?? [];
  if (subscriptionId === undefined || resourceGroupName === undefined || rest === undefined) return undefined;
  return { subscriptionId, resourceGroupName, names: rest.split("/").filter((_, index) => index % 2 === 1) };
}

/** Azure compares ids and names without regard to letter case. */
export function sameId(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && left.toLowerCase() === right?.toLowerCase();
}
