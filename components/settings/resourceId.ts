/** An Azure resource id in its parts. Azure compares ids without regard to letter case. */
export interface ResourceId {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  /** `Microsoft.Compute/disks`, as written. */
  readonly type: string;
  /** One for each level of the type. */
  readonly names: readonly string[];
}

export function parseResourceId(id: string): ResourceId | undefined {
  const [, subscriptionId, resourceGroupName, namespace, rest] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/([^/]+)\/(.+)$/i.exec(id) ?? [];
  const parts = rest?.split("/") ?? [];
  if (subscriptionId === undefined || resourceGroupName === undefined || parts.length % 2 !== 0) return undefined;
  if (parts.includes("")) return undefined;
  const types = parts.filter((_, index) => index % 2 === 0);
  return {
    subscriptionId,
    resourceGroupName,
    type: [namespace, ...types].join("/"),
    names: parts.filter((_, index) => index % 2 === 1),
  };
}

/** Azure compares ids and names without regard to letter case. */
export function sameId(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && left.toLowerCase() === right?.toLowerCase();
}

/** What a text is that should have been another id, for whoever wrote it; undefined where it is no id at all. */
export function idKind(text: string): string | undefined {
  const parsed = parseResourceId(text);
  if (parsed !== undefined) return `the id of a ${parsed.type}`;
  if (/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i.test(text)) return "the id of a resource group";
  if (/^\/subscriptions\/[^/]+$/i.test(text)) return "the id of a subscription";
  return undefined;
}
