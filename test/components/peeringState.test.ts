import assert from "node:assert/strict";
import {
  goneState,
  isConnected,
  notConnected,
  otherHalf,
  type PeeringPlace,
  peeringFindings,
} from "../../components/network/peeringState";

const provider = "providers/Microsoft.Network/virtualNetworks";
const place: PeeringPlace = {
  serverName: "aadc-stg",
  peeringId: `/subscriptions/ours/resourceGroups/rg-aadc-stg/${provider}/aadc-stg-vnet/virtualNetworkPeerings/hub`,
  ourNetworkId: `/subscriptions/ours/resourceGroups/rg-aadc-stg/${provider}/aadc-stg-vnet`,
  hubId: `/Subscriptions/theirs/ResourceGroups/rg-hub/${provider}/vnet-hub`,
  makeBothHalves: false,
  useRemoteGateways: false,
};
const nobody = { standing: [], waiting: [] };

describe("the state of a peering", () => {
  it("is good when Azure says Connected, and no reason to stop where nobody says anything", () => {
    assert.equal(isConnected({ peeringState: "Connected" }), true);
    assert.equal(isConnected({}), true);
    for (const peeringState of ["Initiated", "Disconnected", "SomethingNew"])
      assert.equal(isConnected({ peeringState }), false, peeringState);
  });

  it("is told with the line for the hub's owner: their subscription, group and network, and our network's id", () => {
    const [line, program] = otherHalf(place);
    assert.equal(
      line,
      `az network vnet peering create --subscription theirs --resource-group rg-hub --vnet-name vnet-hub --name to-aadc-stg-vnet --remote-vnet ${place.ourNetworkId} --allow-vnet-access`,
    );
    for (const part of ['"rg-hub"', '"vnet-hub"', `"${place.ourNetworkId}"`]) assert.ok(program?.includes(part), part);
    assert.doesNotMatch(`${line}${program}`, /transit/i);
  });

  it("asks the hub's owner for gateway transit where its gateways are to be used", () => {
    const [line, program] = otherHalf({ ...place, useRemoteGateways: true });
    assert.match(line ?? "", / --allow-gateway-transit$/);
    assert.match(program ?? "", /allowGatewayTransit: true/);
  });

  it("ends a run with which half is missing, both ids, what to type and what happens then", () => {
    const said = notConnected("Initiated", place, ["aadc-stg-g1", "aadc-stg-g2"]);
    assert.match(said, /aadc-stg-g1 and aadc-stg-g2 wait\./);
    assert.match(said, /the hub's half is missing/);
    for (const id of [place.peeringId, place.hubId, place.ourNetworkId]) assert.ok(said.includes(id), id);
    assert.match(said, /makeBothHalves: true/);
    assert.match(said, /then run pulumi up again/);
  });

  it("says of a half that was lost that ours has to be written first, as Azure wants it", () => {
    const said = notConnected("Disconnected", place, ["aadc-stg-g1"]);
    const [first, second] = [
      said.indexOf("az network vnet peering update"),
      said.indexOf("az network vnet peering create"),
    ];
    assert.ok(first > 0 && second > first, said);
    assert.match(said, /RemotePeeringIsDisconnected/);
  });

  it("says of a half that the stack makes itself that the stack has to see it is gone, and asks no owner", () => {
    const own = { ...place, makeBothHalves: true };
    const said = notConnected("Disconnected", own, ["aadc-stg-g1"]);
    assert.match(said, /pulumi refresh --target '\*\*-network-peering-hub'/);
    assert.doesNotMatch(said, /peering create/);
    assert.doesNotMatch(notConnected("Initiated", own, ["aadc-stg-g1"]), /peering create|owner/);
  });

  it("says of our own half that somebody deleted how this stack sees it, after the hub's half is fit for a new one", () => {
    assert.equal(isConnected({ peeringState: goneState }), false);
    for (const makeBothHalves of [false, true]) {
      const said = notConnected(goneState, { ...place, makeBothHalves }, ["aadc-stg-g1"]);
      assert.ok(said.includes(`our half ${place.peeringId} is gone from Azure`), said);
      const [theirs, refresh] = [said.indexOf("RemotePeeringIsDisconnected"), said.indexOf("pulumi refresh")];
      assert.ok(theirs > 0 && refresh > theirs, said);
      // Not the hub's half too, and not the machines: a refresh of those is another matter.
      assert.match(said, /--target '\*\*-network-peering', /);
      assert.equal(said.includes(`--ids ${place.hubId}/virtualNetworkPeerings/to-aadc-stg-vnet `), makeBothHalves);
    }
  });

  it("says of a half that the stack made and somebody deleted before ours was written again that a refresh sees it", () => {
    assert.match(
      notConnected("Initiated", { ...place, makeBothHalves: true }, ["aadc-stg-g1"]),
      /if it stays so.*pulumi refresh --target '\*\*-network-peering-hub'/,
    );
  });

  it("is a warning for servers that stand without their domain, and for what an up would stop before", () => {
    const [finding] = peeringFindings({ peeringState: "Disconnected" }, place, {
      standing: ["aadc-stg-g1"],
      waiting: ["aadc-stg-g2"],
    });
    assert.equal(finding?.severity, "warning");
    assert.match(
      finding?.title ?? "",
      /aadc-stg-g1 cannot reach the domain controllers, and up stops before aadc-stg-g2/,
    );
    assert.match(finding?.next ?? "", /az network vnet peering update/);
  });

  it("is nothing to tell when both sides know each other, and a warning when an address space has changed since", () => {
    assert.deepEqual(
      peeringFindings({ peeringState: "Connected", peeringSyncLevel: "FullyInSync" }, place, nobody),
      [],
    );
    assert.deepEqual(peeringFindings({ peeringState: "Connected" }, place, nobody), []);
    const [finding] = peeringFindings(
      { peeringState: "Connected", peeringSyncLevel: "RemoteNotInSync" },
      place,
      nobody,
    );
    assert.equal(finding?.code, "peering-not-in-sync");
    assert.match(finding?.next ?? "", /peering sync --ids/);
  });
});
