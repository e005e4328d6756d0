/** What an ARM id says about its resource. */
export interface ArmId {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly subscriptionId: string | undefined;
  readonly resourceGroup: string | undefined;
  /** The id of the resource this one is a child of, or the scope it extends; undefined at the top. */
  readonly parent: string | undefined;
}

export const resourceGroupType = "Microsoft.Resources/resourceGroups";

/** Reads an id; percent-encoded parts are decoded, since a GET answers with the plain form. */
export function parseId(text: string): ArmId | undefined {
  const id = `/${text.split("/").filter(Boolean).map(decode).join("/")}`;
  const parts = id.split("/").slice(1);
  const subscriptionId = parts[0]?.toLowerCase() === "subscriptions" ? parts[1] : undefined;
  const resourceGroup = parts[2]?.toLowerCase() === "resourcegroups" ? parts[3] : undefined;
  const provider = parts.findLastIndex((part) => part.toLowerCase() === "providers");
  if (provider === -1) {
    if (subscriptionId === undefined || resourceGroup === undefined || parts.length !== 4) return undefined;
    return { id, type: resourceGroupType, name: resourceGroup, subscriptionId, resourceGroup, parent: undefined };
  }
  const scope = parts.slice(0, provider);
  const [namespace, ...rest] = parts.slice(provider + 1);
  if (namespace === undefined || rest.length < 2 || rest.length % 2 === 1) return undefined;
  const kinds = rest.filter((_, index) => index % 2 === 0);
  const parent =
    rest.length > 2 ? `/${parts.slice(0, -2).join("/")}` : scope.length > 0 ? `/${scope.join("/")}` : undefined;
  return { id, type: [namespace, ...kinds].join("/"), name: rest.at(-1) ?? "", subscriptionId, resourceGroup, parent };
}

export function idKey(id: string): string {
  return parseId(id)?.id.toLowerCase() ?? id.toLowerCase();
}

/**
 * The id with its resource group in capitals, as some services answer it whatever was sent: Compute an operating system
 * disk's (Azure/bicep issue 2729), Recovery Services a protected machine's (azure-rest-api-specs issue 10357).
 */
export function groupInCapitals(id: string): string {
  return id.replace(/^(\/subscriptions\/[^/]+\/resourceGroups\/)([^/]+)/i, (_, start: string, group: string) => {
    return `${start}${group.toUpperCase()}`;
  });
}

export function isInside(id: string, ancestor: string): boolean {
  return idKey(id).startsWith(`${idKey(ancestor)}/`);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray percent sign is part of the name
  }
}
