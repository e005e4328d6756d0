import { getBastionHost } from "@pulumi/azure-native/network/getBastionHost";
import { getNetworkInterface } from "@pulumi/azure-native/network/getNetworkInterface";
import { getRouteTable } from "@pulumi/azure-native/network/getRouteTable";
import { type GetSubnetResult, getSubnet } from "@pulumi/azure-native/network/getSubnet";
import { getVirtualNetwork } from "@pulumi/azure-native/network/getVirtualNetwork";
import type * as pulumi from "@pulumi/pulumi";
import type { Ledger, Shared } from "../memory/ledger";
import { found, goneForArm, mayNotRead } from "../memory/lookup";
import { generationNames, serverResourceGroup } from "../server/names";
import { parseResourceId, sameId } from "../settings/resourceId";
import type { Problem, Settings } from "../settings/settings";
import {
  behindFirewall,
  type Judged,
  judgeBastion,
  judgePlace,
  judgeRouteTable,
  judgeSubnet,
  nothingFound,
  notRead,
} from "./judgeExisting";

export interface NetworkQuestion {
  readonly settings: Settings;
  readonly ledger: Ledger | undefined;
  /** Of the component's own provider, which looks into its own subscription only. */
  readonly subscriptionId: string | undefined;
  /** Settings that only another resource's creation will give. */
  readonly unknown: ReadonlySet<string>;
  /** Generations without a machine. */
  readonly toBeBuilt: ReadonlySet<number>;
}

/**
 * What exists already is read before the first resource: what it has, not only that it is there. Where nothing new is
 * built and the settings name what they named before, nothing is asked.
 */
export async function existingNetwork(question: NetworkQuestion, asked: pulumi.InvokeOptions): Promise<Judged> {
  const { settings, unknown, toBeBuilt } = question;
  const { network, bastion } = settings;
  const before = question.ledger?.subscriptionId;
  // Signed in to another subscription than the server's: that is refused elsewhere, and nothing here is evidence.
  if (before !== undefined && !sameId(before, question.subscriptionId)) return nothingFound;
  const read = (path: string, id: string, look: typeof lookAtSubnet): Promise<Judged> =>
    unlessForbidden(path, id, () => look(id, question, asked));
  // A Bastion may be anywhere.
  const readHere = async (path: string, what: string, id: string, look: typeof lookAtSubnet): Promise<Judged> =>
    judgePlace(path, what, id, question.subscriptionId) ?? read(path, id, look);
  const looks: Promise<Judged>[] = [];
  if (network.existingSubnetId !== undefined && !unknown.has("existingSubnetId") && toBeBuilt.size > 0)
    looks.push(readHere("network.existingSubnetId", "subnet", network.existingSubnetId, lookAtSubnet));
  if (network.routeTableId !== undefined && !unknown.has("routeTableId") && changed(question, "routeTableId"))
    looks.push(readHere("network.routeTableId", "route table", network.routeTableId, lookAtRouteTable));
  if (bastion?.existingId !== undefined && !unknown.has("existingId") && changed(question, "bastion"))
    looks.push(read("bastion.existingId", bastion.existingId, lookAtBastion));
  if (network.firewallAddress !== undefined && changed(question, "firewallAddress"))
    looks.push(Promise.resolve({ problems: [], findings: [behindFirewall("network.firewallAddress")] }));
  const all = await Promise.all(looks);
  return { problems: all.flatMap((each) => each.problems), findings: all.flatMap((each) => each.findings) };
}

/** Whether the last run knew another value, or another way out beside it. */
function changed({ settings: { network, bastion }, ledger }: NetworkQuestion, key: keyof Shared): boolean {
  const { shared } = ledger ?? {};
  if (shared === undefined) return true;
  if (key === "bastion") return !sameId(shared.bastion, bastion?.existingId);
  if (key === "routeTableId")
    return (
      !sameId(shared.routeTableId, network.routeTableId) ||
      shared.natGateway !== network.natGateway ||
      shared.useRemoteGateways !== network.useRemoteGateways
    );
  return shared[key] !== network[key as keyof typeof network];
}

/** Parts of an id in our own subscription. */
function placeOf(id: string, { subscriptionId }: NetworkQuestion) {
  const parts = parseResourceId(id);
  return parts !== undefined && sameId(parts.subscriptionId, subscriptionId) ? parts : undefined;
}

const missing = (path: string, what: string, id: string, write: string): Judged => ({
  problems: [{ path, problem: `there is no ${what} ${id}`, write }],
  findings: [],
});

/** Whoever runs Pulumi may join it and not read it; then Azure judges it, later. */
async function unlessForbidden(path: string, id: string, look: () => Promise<Judged>): Promise<Judged> {
  try {
    return await look();
  } catch (error) {
    if (!mayNotRead(error)) throw error;
    return { problems: [], findings: [notRead(path, id)] };
  }
}

async function lookAtSubnet(id: string, question: NetworkQuestion, asked: pulumi.InvokeOptions): Promise<Judged> {
  const { resourceGroupName, names: [virtualNetworkName, subnetName] = [] } = placeOf(id, question) ?? {};
  if (resourceGroupName === undefined || virtualNetworkName === undefined || subnetName === undefined)
    return nothingFound;
  const where = { resourceGroupName, virtualNetworkName, subnetName };
  // Of a child that its network does not have, ARM's code is NotFound.
  const [subnet, location] = await Promise.all([
    found(() => getSubnet(where, asked)),
    regionOf(resourceGroupName, virtualNetworkName, asked),
  ]);
  if (subnet === undefined) {
    const problem: Problem = {
      path: "network.existingSubnetId",
      problem: `there is no subnet ${subnetName} in the virtual network ${virtualNetworkName} (resource group ${resourceGroupName})`,
      write: "the resource id of an existing subnet, or no existingSubnetId",
    };
    return { problems: [problem], findings: [] };
  }
  const seen = {
    name: subnetName,
    location,
    prefixes: prefixesOf(subnet),
    delegatedTo: (subnet.delegations ?? []).map(({ serviceName, name }) => serviceName ?? name ?? "a service"),
    securityGroupId: subnet.networkSecurityGroup?.id,
    hasNatGateway: subnet.natGateway?.id !== undefined,
    routeTableId: subnet.routeTable?.id,
    defaultOutboundAccess: subnet.defaultOutboundAccess,
    taken: await addressesIn(subnet, question, asked),
  };
  return judgeSubnet(seen, question.settings, question.toBeBuilt);
}

/** A courtesy too: whoever may read the subnet need not be let read its network. */
async function regionOf(resourceGroupName: string, virtualNetworkName: string, asked: pulumi.InvokeOptions) {
  try {
    return (await getVirtualNetwork({ resourceGroupName, virtualNetworkName }, asked)).location;
  } catch {
    return undefined;
  }
}

const prefixesOf = ({ addressPrefix, addressPrefixes }: GetSubnetResult): readonly string[] => [
  ...new Set([addressPrefix, ...(addressPrefixes ?? [])].filter((each) => each !== undefined)),
];

/** As many as one asks for without being throttled; in a larger subnet Azure says it when the interface is made. */
const mostInterfaces = 60;

/**
 * The subnet names who lives in it, not where; so each network interface is asked. One that may not be read, or is of
 * another kind, is left out: this is a courtesy, Azure refuses an address that is taken anyway.
 */
async function addressesIn(
  { ipConfigurations }: GetSubnetResult,
  { settings, toBeBuilt, ...question }: NetworkQuestion,
  asked: pulumi.InvokeOptions,
): Promise<ReadonlyMap<string, string>> {
  const own = [...toBeBuilt].map((generation) => generationNames(settings.name, generation).networkInterface);
  const group = serverResourceGroup(settings);
  const interfaces = new Map(
    (ipConfigurations ?? []).flatMap(({ id }) => {
      const nic = /^(.*\/networkInterfaces\/[^/]+)\/ipConfigurations\//i.exec(id ?? "")?.[1];
      const parts = nic === undefined ? undefined : placeOf(nic, { settings, toBeBuilt, ...question });
      const [name] = parts?.names ?? [];
      if (nic === undefined || parts === undefined || name === undefined) return [];
      // Begun by an earlier run that died before the machine.
      if (sameId(parts.resourceGroupName, group) && own.some((each) => sameId(each, name))) return [];
      return [[nic.toLowerCase(), { resourceGroupName: parts.resourceGroupName, networkInterfaceName: name }] as const];
    }),
  );
  const seen = await Promise.all(
    [...interfaces.values()].slice(0, mostInterfaces).map(async (where) => {
      try {
        const nic = await getNetworkInterface(where, asked);
        return (nic.ipConfigurations ?? []).flatMap(({ privateIPAddress }) =>
          privateIPAddress === undefined
            ? []
            : [
                [
                  privateIPAddress,
                  `${where.networkInterfaceName} (resource group ${where.resourceGroupName})`,
                ] as const,
              ],
        );
      } catch {
        return [];
      }
    }),
  );
  return new Map(seen.flat());
}

async function lookAtRouteTable(id: string, question: NetworkQuestion, asked: pulumi.InvokeOptions): Promise<Judged> {
  const { resourceGroupName, names: [routeTableName] = [] } = placeOf(id, question) ?? {};
  if (resourceGroupName === undefined || routeTableName === undefined) return nothingFound;
  const table = await found(() => getRouteTable({ resourceGroupName, routeTableName }, asked), goneForArm);
  if (table === undefined)
    return missing("network.routeTableId", "route table", id, "the resource id of an existing route table");
  return judgeRouteTable(
    { name: routeTableName, location: table.location, routes: table.routes ?? [] },
    question.settings,
  );
}

async function lookAtBastion(id: string, question: NetworkQuestion, asked: pulumi.InvokeOptions): Promise<Judged> {
  const { resourceGroupName, names: [bastionHostName] = [] } = placeOf(id, question) ?? {};
  if (resourceGroupName === undefined || bastionHostName === undefined) return nothingFound;
  const host = await found(() => getBastionHost({ resourceGroupName, bastionHostName }, asked), goneForArm);
  if (host === undefined)
    return missing("bastion.existingId", "Bastion", id, "the resource id of an existing Bastion, or no existingId");
  const subnetId = host.ipConfigurations?.[0]?.subnet.id;
  const { resourceGroupName: group, names: [virtualNetworkName, subnetName] = [] } =
    (subnetId === undefined ? undefined : placeOf(subnetId, question)) ?? {};
  const subnet =
    group === undefined || virtualNetworkName === undefined || subnetName === undefined
      ? undefined
      : await found(() => getSubnet({ resourceGroupName: group, virtualNetworkName, subnetName }, asked));
  return judgeBastion(
    {
      name: bastionHostName,
      sku: host.sku?.name,
      enableTunneling: host.enableTunneling,
      prefixes: subnet === undefined ? [] : prefixesOf(subnet),
    },
    question.settings,
  );
}
