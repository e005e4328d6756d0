import assert from "node:assert/strict";
import { type JsonObject, textAt } from "../../../rehearsal/azure/properties/json";
import { Landscape } from "./landscape";
import { type Resource, type Simulated, simulatedAzure } from "./simulatedAzure";

const group = "rg-sync";

describe("simulated Azure: hub and spoke", () => {
  let azure: Simulated;
  let landscape: Landscape;
  const add = (token: string, name: string, inputs: JsonObject): Promise<Resource> =>
    landscape.add(token, name, { resourceGroupName: group, ...inputs });
  const network = (name: string, prefix: string) =>
    add("network:VirtualNetwork", name, { virtualNetworkName: name, addressSpace: { addressPrefixes: [prefix] } });
  const half = (from: Resource, to: Resource, more: JsonObject = {}) =>
    add("network:VirtualNetworkPeering", `${from.name}-to-${to.name}`, {
      virtualNetworkName: from.name,
      virtualNetworkPeeringName: `to-${to.name}`,
      remoteVirtualNetwork: { id: to.id },
      ...more,
    });
  const stateOf = ({ id }: Resource) =>
    textAt(azure.provider.view.get(id)?.body as JsonObject, "properties.peeringState");
  beforeEach(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
    await landscape.resourceGroup();
  });
  afterEach(() => azure.stop());

  it("a peering is Initiated with one half, Connected with both, and Disconnected once one of them went", async () => {
    const [spoke, hub] = [await network("spoke", "10.1.0.0/24"), await network("hub", "10.2.0.0/24")];
    const ours = await half(spoke, hub);
    assert.equal(stateOf(ours), "Initiated");
    const theirs = await half(hub, spoke);
    assert.deepEqual([stateOf(ours), stateOf(theirs)], ["Connected", "Connected"]);
    await theirs.delete();
    assert.equal(stateOf(ours), "Disconnected");
  });

  it("a half does not know the other network's new addresses before it is written again", async () => {
    const [spoke, hub] = [await network("spoke", "10.1.0.0/24"), await network("hub", "10.2.0.0/24")];
    const [ours, theirs] = [await half(spoke, hub), await half(hub, spoke)];
    const levels = () =>
      [ours, theirs].map(({ id }) =>
        textAt(azure.provider.view.get(id)?.body as JsonObject, "properties.peeringSyncLevel"),
      );
    assert.deepEqual(levels(), ["FullyInSync", "FullyInSync"]);
    await spoke.update({ ...spoke.inputs, addressSpace: { addressPrefixes: ["10.1.0.0/23"] } });
    assert.deepEqual(levels(), ["RemoteNotInSync", "LocalNotInSync"]);
    const listed = azure.provider.view.resources().map(({ id }) => id);
    assert.ok(listed.includes(ours.id), "it is still a resource of its own");
    await theirs.update({ ...theirs.inputs, allowForwardedTraffic: true });
    assert.deepEqual(levels(), ["FullyInSync", "FullyInSync"]);
  });

  it("a lost half is not made again before the other has been written: Azure's own refusal, and the way out of it", async () => {
    const [spoke, hub] = [await network("spoke", "10.1.0.0/24"), await network("hub", "10.2.0.0/24")];
    const ours = await half(spoke, hub);
    await (await half(hub, spoke)).delete();
    await assert.rejects(half(hub, spoke), /Code="RemotePeeringIsDisconnected".* back to Initiated state/);
    await ours.update({ ...ours.inputs, allowForwardedTraffic: true });
    assert.equal(stateOf(ours), "Initiated");
    await half(hub, spoke);
    assert.equal(stateOf(ours), "Connected");
  });

  it("the same goes for a network that was deleted and made anew", async () => {
    const [spoke, hub] = [await network("spoke", "10.1.0.0/24"), await network("hub", "10.2.0.0/24")];
    const theirs = await half(hub, spoke);
    const ours = await half(spoke, hub);
    await ours.delete();
    await spoke.delete();
    assert.equal(stateOf(theirs), "Disconnected");
    await assert.rejects(half(await network("spoke", "10.1.0.0/24"), hub), /RemotePeeringIsDisconnected/);
  });

  it("no half leads to another network later, and none between networks that overlap", async () => {
    const [spoke, hub] = [await network("spoke", "10.1.0.0/24"), await network("hub", "10.2.0.0/24")];
    const [other, same] = [await network("other", "10.3.0.0/24"), await network("same", "10.1.0.0/25")];
    const ours = await half(spoke, hub);
    await assert.rejects(
      ours.update({ ...ours.inputs, remoteVirtualNetwork: { id: other.id } }),
      /ChangingRemoteVirtualNetworkNotAllowed/,
    );
    await assert.rejects(half(spoke, same), /VnetAddressSpacesOverlap/);
  });

  it("gateways of the hub are used only where it has one and its half allows it", async () => {
    const [spoke, hub] = [await network("spoke", "10.1.0.0/24"), await network("hub", "10.2.0.0/24")];
    await assert.rejects(half(spoke, hub, { useRemoteGateways: true }), /Code="RemoteVnetHasNoGateways"/);
    azure.provider.seed({
      id: `/subscriptions/${azure.provider.subscriptionId}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworkGateways/gw`,
      body: {
        properties: { ipConfigurations: [{ properties: { subnet: { id: `${hub.id}/subnets/GatewaySubnet` } } }] },
      },
    });
    const theirs = await half(hub, spoke);
    await assert.rejects(
      half(spoke, hub, { useRemoteGateways: true }),
      /because corresponding remote peering has AllowGatewayTransit flag set to false/,
    );
    await theirs.update({ ...theirs.inputs, allowGatewayTransit: true });
    const ours = await half(spoke, hub, { useRemoteGateways: true });
    assert.equal(stateOf(ours), "Connected");
  });

  it("a route table is not deleted under a subnet, and a route to an appliance has its address", async () => {
    const spoke = await network("spoke", "10.1.0.0/24");
    const table = (name: string, route: JsonObject) =>
      add("network:RouteTable", name, {
        routeTableName: name,
        routes: [{ name: "all", addressPrefix: "0.0.0.0/0", ...route }],
      });
    await assert.rejects(table("a", { nextHopType: "VirtualAppliance" }), /next hop/);
    await assert.rejects(table("b", { nextHopType: "Internet", nextHopIpAddress: "10.2.0.4" }), /next hop/);
    const routes = await table("routes", { nextHopType: "VirtualAppliance", nextHopIpAddress: "10.2.0.4" });
    const subnet = await add("network:Subnet", "servers", {
      virtualNetworkName: spoke.name,
      subnetName: "servers",
      addressPrefix: "10.1.0.0/26",
      routeTable: { id: routes.id },
    });
    await assert.rejects(routes.delete(), /InUseRouteTableCannotBeDeleted/);
    await subnet.delete();
    await routes.delete();
    const missing = { routeTable: { id: `${routes.id}x` }, subnetName: "s", addressPrefix: "10.1.0.64/26" };
    await assert.rejects(
      add("network:Subnet", "lost", { virtualNetworkName: spoke.name, ...missing }),
      /InvalidResourceReference/,
    );
  });

  describe("Bastion", () => {
    let vnet: Resource;
    let address: Resource;
    beforeEach(async () => {
      vnet = await network("spoke", "10.1.0.0/24");
      address = await add("network:PublicIPAddress", "door", {
        publicIpAddressName: "door",
        sku: { name: "Standard" },
        publicIPAllocationMethod: "Static",
      });
    });
    const subnet = (name: string, addressPrefix: string, more: JsonObject = {}) =>
      add("network:Subnet", name, { virtualNetworkName: vnet.name, subnetName: name, addressPrefix, ...more });
    const host = (place: Resource, more: JsonObject = {}) =>
      add("network:BastionHost", "bastion", {
        bastionHostName: "bastion",
        sku: { name: "Standard" },
        ipConfigurations: [{ name: "ip", subnet: { id: place.id }, publicIPAddress: { id: address.id } }],
        ...more,
      });

    it("lives in a subnet of its name, large enough and without a route table, and in no other", async () => {
      await assert.rejects(host(await subnet("bastion", "10.1.0.64/26")), /SubnetNameMustBeAzureBastionSubnet/);
      await assert.rejects(subnet("AzureBastionSubnet", "10.1.0.0/27"), /\/26 or larger/);
      const routes = await add("network:RouteTable", "routes", { routeTableName: "routes" });
      await assert.rejects(
        subnet("AzureBastionSubnet", "10.1.0.0/26", { routeTable: { id: routes.id } }),
        /RouteTableCannotBeAttachedForAzureBastionSubnet/,
      );
      const place = await subnet("AzureBastionSubnet", "10.1.0.0/26");
      await host(place, { enableTunneling: true, scaleUnits: 2 });
      await assert.rejects(place.delete(), /InUseSubnetCannotBeDeleted/);
    });

    it("has native client support with Standard and Premium only, and 2 to 50 instances", async () => {
      const place = await subnet("AzureBastionSubnet", "10.1.0.0/26");
      await assert.rejects(host(place, { sku: { name: "Basic" }, enableTunneling: true }), /native client/);
      await assert.rejects(host(place, { scaleUnits: 1 }), /2 to 50/);
    });
  });
});
