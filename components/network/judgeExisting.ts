import { regionName } from "../../azure/regions";
import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import { parseResourceId, sameId } from "../settings/resourceId";
import type { Problem, Settings } from "../settings/settings";
import { freeAddress } from "./addresses";
import { portTable } from "./ports";

/** What was read of something that exists, as far as it is judged. */
export interface Judged {
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

export const nothingFound: Judged = { problems: [], findings: [] };

/** Microsoft's pages on network interfaces and route tables: both in the virtual network's own subscription and region. */
export function judgePlace(path: string, what: string, id: string, own: string | undefined): Judged | undefined {
  const there = parseResourceId(id)?.subscriptionId;
  if (own === undefined || there === undefined || sameId(there, own)) return undefined;
  return {
    problems: [
      {
        path,
        problem: `this ${what} is in the subscription ${there}, this run is signed in to ${own}; Azure wants a server and its ${what} in one`,
        write: `the id of one in ${own}, or sign in to ${there} if the server belongs there (az account set, ARM_SUBSCRIPTION_ID, or the component's provider)`,
      },
    ],
    findings: [],
  };
}

export function notRead(path: string, id: string): Finding {
  return readiness("existing-not-read", "info", path, {
    title: `this sign-in may not read ${id}: whether it fits the settings is not known`,
    cause: `${path} (AuthorizationFailed)`,
    next: "have its owner give this sign-in the role Reader on it, or compare it with the settings by hand",
  });
}

/** The parts of a subnet that decide whether a server can live in it. */
export interface SubnetSeen {
  readonly name: string;
  /** Of its virtual network; undefined where that was not to be read. */
  readonly location?: string;
  readonly prefixes: readonly string[];
  /** Services that the subnet is delegated to. */
  readonly delegatedTo: readonly string[];
  readonly securityGroupId?: string;
  readonly hasNatGateway: boolean;
  readonly routeTableId?: string;
  /** Undefined: nobody has said; Azure then allows it for networks of older API versions (facts/azure.md 11.6). */
  readonly defaultOutboundAccess?: boolean;
  /** Addresses that somebody else's network interfaces have, with the interface. */
  readonly taken: ReadonlyMap<string, string>;
}

export function judgeSubnet(seen: SubnetSeen, settings: Settings, toBeBuilt: ReadonlySet<number>): Judged {
  const { subnetPrefix } = settings.network;
  const problems: Problem[] = [];
  if (seen.prefixes.length > 0 && !seen.prefixes.includes(subnetPrefix))
    problems.push({
      path: "network.subnetPrefix",
      problem: `is ${subnetPrefix}; Azure says that the subnet ${seen.name} has ${seen.prefixes.join(" and ")}`,
      write: seen.prefixes.join(" or "),
    });
  if (seen.location !== undefined && regionName(seen.location) !== settings.location)
    problems.push({
      path: "network.existingSubnetId",
      problem: `the subnet ${seen.name} is in ${seen.location}, the server in ${settings.location}: Azure puts a machine into a network of its own region only`,
      write: `a subnet in ${settings.location}, or location: ${regionName(seen.location)}`,
    });
  if (seen.delegatedTo.length > 0)
    problems.push({
      path: "network.existingSubnetId",
      problem: `the subnet ${seen.name} is delegated to ${seen.delegatedTo.join(" and ")}: Azure puts no virtual machine there`,
      write: "the id of a subnet without a delegation",
    });
  const taken = new Set([...seen.taken.keys(), ...settings.generations.map(({ address }) => address)]);
  for (const { generation, address } of settings.generations) {
    const owner = toBeBuilt.has(generation) ? seen.taken.get(address) : undefined;
    if (owner === undefined) continue;
    const free = freeAddress(subnetPrefix, taken);
    problems.push({
      path: `generations.${generation}.address`,
      problem: `${address} is taken in the subnet ${seen.name}, by ${owner}`,
      write: free === undefined ? "another subnet; no address of this one is known to be free" : `address: ${free}`,
    });
  }
  return { problems, findings: subnetFindings(seen) };
}

function subnetFindings(seen: SubnetSeen): readonly Finding[] {
  const findings: Finding[] = [];
  const cause = "network.existingSubnetId";
  if (!seen.hasNatGateway && seen.routeTableId === undefined)
    findings.push(
      readiness("subnet-without-way-out", "warning", seen.name, {
        title:
          seen.defaultOutboundAccess === false
            ? `the subnet ${seen.name} has neither a NAT gateway nor a route table, and no default outbound access: unless a route comes from a gateway, nothing in it reaches Entra ID`
            : `the subnet ${seen.name} has neither a NAT gateway nor a route table: its way out is Azure's default, whose address changes and which Azure is retiring`,
        cause,
        next: "have its owner give it a NAT gateway, or a route to a firewall",
      }),
    );
  if (seen.securityGroupId !== undefined)
    findings.push(
      readiness("subnet-has-security-group", "info", seen.name, {
        title: `the subnet ${seen.name} has a security group of its own, beside the server's: ${seen.securityGroupId}`,
        cause,
        next: "it must let through what the server's own lets through (entra-connect ports)",
      }),
    );
  return findings;
}

/** The parts of a route table that decide about the way out. */
export interface RouteTableSeen {
  readonly name: string;
  readonly location?: string;
  readonly routes: readonly {
    readonly addressPrefix?: string;
    readonly nextHopType: string;
    readonly nextHopIpAddress?: string;
  }[];
}

/** Azure takes the narrower route: two halves of everything, as some firewalls want them, go before a route for all of it. */
const halves = ["0.0.0.0/1", "128.0.0.0/1"];

/** Where everything goes that no other route is for, the worst first: a half that is dropped is no way out. */
function waysOut(routes: RouteTableSeen["routes"]): RouteTableSeen["routes"] {
  const all = routes.filter(({ addressPrefix }) => addressPrefix === "0.0.0.0/0");
  const parts = halves.map((half) => routes.find(({ addressPrefix }) => addressPrefix === half));
  const found = parts.filter((part) => part !== undefined);
  // One half alone leaves the other to the route for everything; without that, to nothing.
  const ways = found.length === halves.length ? found : all.length > 0 ? [...found, ...all] : [];
  const worst = ["none", "internet"];
  const rank = ({ nextHopType }: (typeof routes)[number]): number => {
    const place = worst.indexOf(nextHopType.toLowerCase());
    return place < 0 ? worst.length : place;
  };
  return [...ways].sort((a, b) => rank(a) - rank(b));
}

export function judgeRouteTable(seen: RouteTableSeen, { network, location }: Settings): Judged {
  const path = "network.routeTableId";
  if (seen.location !== undefined && regionName(seen.location) !== location)
    return {
      problems: [
        {
          path,
          problem: `the route table ${seen.name} is in ${seen.location}, the server in ${location}: Azure takes one of the subnet's own region only`,
          write: `one in ${location}`,
        },
      ],
      findings: [],
    };
  const [way] = waysOut(seen.routes);
  if (way === undefined) {
    // A default route can come from the hub's gateway, which no table shows.
    if (network.natGateway || network.useRemoteGateways) return nothingFound;
    return {
      problems: [
        {
          path: "network.natGateway",
          problem: `the route table ${seen.name} has no route for 0.0.0.0/0, so the subnet would have no way out at all`,
          write: "natGateway: true, or a route for 0.0.0.0/0 in that table",
        },
      ],
      findings: [],
    };
  }
  const type = way.nextHopType.toLowerCase();
  const problems: Problem[] = [];
  if (type === "none")
    problems.push({
      path,
      problem: `the route table ${seen.name} drops everything that goes to ${way.addressPrefix} (next hop None)`,
      write: "a table that leads to a firewall or gateway",
    });
  else if (type === "internet" && !network.natGateway)
    problems.push({
      path,
      problem: `the route table ${seen.name} sends ${way.addressPrefix} to the Internet, which does not work from a private subnet as ours is`,
      write: "natGateway: true, or a table that leads to a firewall",
    });
  else if (type !== "internet" && network.natGateway)
    problems.push({
      path: "network.natGateway",
      problem: `the route table ${seen.name} sends ${way.addressPrefix} to ${way.nextHopIpAddress ?? way.nextHopType}, so nothing would ever go through the NAT gateway`,
      write: "no natGateway; or another route table",
    });
  return { problems, findings: type === "virtualappliance" ? [behindFirewall(path)] : [] };
}

/** Where activation is, from the one table of ports. */
const activation = portTable
  .flatMap(({ name, destination, ports }) =>
    name === "activation" && destination.kind === "published"
      ? [`TCP ${String(ports)}: ${destination.addresses.join(", ")}`]
      : [],
  )
  .at(0);

/** A route for everything takes the platform's own way to Windows activation with it. */
export function behindFirewall(path: string): Finding {
  return readiness("activation-behind-firewall", "info", path, {
    title: `everything leaves through a firewall, Windows activation too: Azure's own way to it ends with such a route`,
    cause: path,
    next: `have the firewall let through what docs/ports.md lists under activation${activation === undefined ? "" : ` (${activation})`}, from an Azure public address`,
  });
}

/** The parts of a Bastion that decide whether it is a way in. */
export interface BastionSeen {
  readonly name: string;
  readonly sku?: string;
  readonly enableTunneling?: boolean;
  /** Of its subnet; empty where that was not read. */
  readonly prefixes: readonly string[];
}

export function judgeBastion(seen: BastionSeen, { bastion, access }: Settings): Judged {
  const problems: Problem[] = [];
  const { subnetPrefix = "" } = bastion ?? {};
  if (seen.prefixes.length > 0 && !seen.prefixes.includes(subnetPrefix))
    problems.push({
      path: "bastion.subnetPrefix",
      problem: `is ${subnetPrefix}; Azure says that the subnet of ${seen.name} has ${seen.prefixes.join(" and ")}`,
      write: seen.prefixes.join(" or "),
    });
  // Unknown words are not judged: a later SKU may well be able to do it.
  const tooSmall = ["basic", "developer"].includes(seen.sku?.toLowerCase() ?? "");
  if (access.tunnel !== undefined && (tooSmall || seen.enableTunneling === false))
    problems.push({
      path: "access.tunnel",
      problem: `${seen.name} has ${tooSmall ? `the SKU ${seen.sku}` : "no native client support"}; a tunnel needs Standard or Premium with native client support`,
      write: "a Bastion that has both (az network bastion update --enable-tunneling true), or access.jumpHost",
    });
  return { problems, findings: [] };
}
