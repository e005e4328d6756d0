import * as network from "@pulumi/azure-native/network";
import type { Provider } from "@pulumi/azure-native/provider";
import * as pulumi from "@pulumi/pulumi";
import { needsStorageEndpoint } from "../archive/plan";
import { reported, type ToldFinding } from "../findings";
import { knownOr, settledValue } from "../inputs";
import { Refusal } from "../refusal";
import { generationNames } from "../server/names";
import type { Settings } from "../settings/settings";
import { tellNow } from "../tellNow";
import { bastion } from "./bastion";
import { egress } from "./egress";
import { type Peering, peering } from "./peering";
import { isConnected, notConnected, peeringFindings } from "./peeringState";
import type { Shared } from "./shared";

export interface NetworkArgs {
  readonly structure: Settings;
  readonly settings: pulumi.Output<Settings>;
  readonly resourceGroupName: pulumi.Input<string>;
  /** While a generation is active, nothing here changes unless the settings acknowledge it. */
  readonly untouched: boolean;
  /** The engine itself refuses to delete what an active server stands on. */
  readonly standsUnderActive: boolean;
  /** The provider of the hub's subscription where that is not ours. */
  readonly hubsProvider?: Provider;
  /** Generations that need their domain in this run: built, but never proven, or still to be built. */
  readonly waiting: readonly number[];
  /** The state holds our half of a peering, so that there is something to look at in a preview. */
  readonly peered: boolean;
}

/**
 * What the generations of one server share of the network, unless an existing subnet is named: a virtual network with a
 * private subnet whose only way out is a NAT gateway with a fixed address (for Conditional Access on the connector's
 * identity) or a firewall, its peering with the hub, and a Bastion. Security groups belong to the generations.
 */
export class Network extends pulumi.ComponentResource {
  /** Address that Entra ID sees; undefined where the way out is not ours. */
  readonly egressAddress: pulumi.Output<string | undefined>;
  /** Everything here that carries the server's traffic: none of it may go before the guard has passed. */
  readonly members: readonly pulumi.Resource[];
  readonly findings: pulumi.Output<ToldFinding[]>;
  readonly subnetId: pulumi.Output<string>;
  /** Of a network of our own. */
  readonly virtualNetworkId: pulumi.Output<string> | undefined;
  // Not private: a private member has no type in declarations (see PassiveServer).
  readonly hub: Peering | undefined;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("entra-connect:network:Network", name, {}, opts);
    const { structure, settings } = args;
    if (structure.network.kind === "existing") {
      this.subnetId = settings.apply((known) => known.network.existingSubnetId ?? "");
      this.virtualNetworkId = undefined;
      this.hub = undefined;
      this.egressAddress = pulumi.output(undefined);
      this.members = [];
      this.findings = pulumi.output([]);
    } else {
      const own = this.ownNetwork(name, args);
      this.subnetId = own.subnet.id;
      this.virtualNetworkId = own.virtualNetwork.id;
      this.egressAddress = own.address ?? pulumi.output(undefined);
      this.members = own.members;
      this.hub = own.hub;
      this.findings = own.hub === undefined ? pulumi.output([]) : told(own.hub, args);
    }
    this.registerOutputs({ subnetId: this.subnetId, egressAddress: this.egressAddress });
  }

  /**
   * Ends the run where generations need their domain in it and the network is not connected to its hub: domain controllers
   * are behind that, and with them DNS for Windows Update, from which the image fetches its SSH server. A preview goes
   * on, since it makes nothing.
   */
  async connected({ structure, waiting }: NetworkArgs): Promise<void> {
    if (this.hub === undefined || waiting.length === 0 || pulumi.runtime.isDryRun()) return;
    // Not known where this run leaves the peering out (--target): then it makes nothing that could miss it either.
    const seen = await settledValue(knownOr(pulumi.output({ look: this.hub.look, place: this.hub.place }), undefined));
    if (seen === undefined || isConnected(seen.look)) return;
    const { look, place } = seen;
    const machines = waiting.map((generation) => generationNames(structure.name, generation).machine);
    throw new Refusal(notConnected(look.peeringState ?? "", place, machines));
  }

  private ownNetwork(name: string, args: NetworkArgs) {
    const { structure, settings, resourceGroupName } = args;
    const child: pulumi.CustomResourceOptions = {
      parent: this,
      ignoreChanges: args.untouched ? ["*"] : [],
      protect: args.standsUnderActive,
    };
    const serverName = structure.name;
    const base = {
      resourceGroupName,
      location: structure.location,
      tags: settings.apply((known) => ({ ...known.tags })),
    };
    const shared: Shared = { structure, settings, resourceGroupName, base, child };
    const way = egress(name, shared);
    const virtualNetwork = new network.VirtualNetwork(
      `${name}-vnet`,
      {
        ...base,
        virtualNetworkName: `${serverName}-vnet`,
        addressSpace: { addressPrefixes: [structure.network.addressSpace ?? structure.network.subnetPrefix] },
        dhcpOptions: settings.apply((known) => ({ dnsServers: [...known.network.dnsServers] })),
      },
      child,
    );
    const subnet = new network.Subnet(
      `${name}-subnet`,
      {
        resourceGroupName,
        virtualNetworkName: virtualNetwork.name,
        subnetName: "entra-connect",
        addressPrefix: structure.network.subnetPrefix,
        // Never rely on default outbound access; the declared way out is the NAT gateway or the route table.
        defaultOutboundAccess: false,
        ...(way.natGatewayId === undefined ? {} : { natGateway: { id: way.natGatewayId } }),
        ...(way.routeTableId === undefined ? {} : { routeTable: { id: way.routeTableId } }),
        // By it the archive's account knows the servers; traffic to storage then takes no other route.
        ...(needsStorageEndpoint(structure) ? { serviceEndpoints: [{ service: "Microsoft.Storage" }] } : {}),
      },
      child,
    );
    const { bastion: wanted } = structure;
    const entrance =
      wanted === undefined || wanted.existingId !== undefined
        ? undefined
        : bastion(name, shared, wanted, { name: virtualNetwork.name, after: [subnet] });
    const hub =
      structure.network.peerVirtualNetworkId === undefined
        ? undefined
        : peering(
            name,
            shared,
            {
              virtualNetwork,
              hubsProvider: args.hubsProvider,
              after: [subnet, ...(entrance === undefined ? [] : [entrance.subnet])],
            },
            this,
          );
    const members: pulumi.Resource[] = [...way.members, virtualNetwork, subnet, ...(hub?.members ?? [])];
    return { address: way.address, virtualNetwork, subnet, members, hub };
  }
}

/** Told in every run as long as it is so. In a preview only where the state holds a peering: else there is none to ask. */
function told({ look, place }: Peering, { structure, waiting, peered }: NetworkArgs): pulumi.Output<ToldFinding[]> {
  const preview = pulumi.runtime.isDryRun();
  // A run that has to wait for the hub ends with more than that.
  if (preview ? !peered : waiting.length > 0) return pulumi.output([]);
  const machines = (listed: boolean): readonly string[] =>
    structure.generations
      .filter(({ generation, role }) => role !== "lost" && waiting.includes(generation) === listed)
      .map(({ generation }) => generationNames(structure.name, generation).machine);
  const findings = pulumi.all([look, place]).apply(([seen, where]) => {
    const all = peeringFindings(seen, where, { standing: machines(false), waiting: machines(true) }).map(reported);
    tellNow(all);
    return all;
  });
  // A peering that is to be made anew, or that a targeted run leaves out, has no state yet.
  return knownOr(findings, []);
}
