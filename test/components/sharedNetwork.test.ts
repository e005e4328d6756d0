import assert from "node:assert/strict";
import { nextLedger } from "../../components/memory/ledger";
import { spelledAsBefore } from "../../components/memory/spelling";
import { sharedChanges } from "../../components/memory/transitions";
import { settingsFixture, type Written } from "../support/settingsFixture";

const place = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network";
const hub = `${place}/virtualNetworks/hub`;
const write =
  (network: Record<string, unknown>, bastion?: Record<string, unknown>) =>
  (written: Written): void => {
    Object.assign(written.network, network);
    if (bastion !== undefined) written.bastion = bastion;
  };

/** What the settings change of what the generations shared in the last run. */
function changed(before: (written: Written) => void, now: (written: Written) => void): readonly string[] {
  const { shared } = nextLedger(undefined, settingsFixture(before), { library: "1" });
  return sharedChanges(shared, settingsFixture(now)).map(({ path }) => path);
}

describe("what the generations share of the network", () => {
  it("is known setting by setting, so that an active server's is not changed under it unasked", () => {
    const peered = { peerVirtualNetworkId: hub };
    const cases: [Record<string, unknown>, Record<string, unknown>, readonly string[]][] = [
      [{}, peered, ["network.peerVirtualNetworkId"]],
      [peered, { ...peered, makeBothHalves: true }, ["network.makeBothHalves"]],
      [peered, { ...peered, useRemoteGateways: true }, ["network.useRemoteGateways"]],
      [peered, { ...peered, firewallAddress: "10.9.0.4" }, ["network.natGateway", "network.firewallAddress"]],
      [{}, { routeTableId: `${place}/routeTables/t` }, ["network.natGateway", "network.routeTableId"]],
      [{}, { routeTableId: `${place}/routeTables/t`, natGateway: true }, ["network.routeTableId"]],
    ];
    for (const [before, now, paths] of cases) assert.deepEqual(changed(write(before), write(now)), paths);
  });

  it("includes the Bastion, but not how large it is", () => {
    const [one, other] = [{ subnetPrefix: "10.40.0.64/26" }, { subnetPrefix: "10.40.0.128/26" }];
    assert.deepEqual(changed(write({}, one), write({}, other)), ["bastion"]);
    assert.deepEqual(changed(write({}, one), write({})), ["bastion"]);
    assert.deepEqual(changed(write({}, one), write({}, { ...one, scaleUnits: 4 })), []);
  });

  it("is not changed by another letter case of an id", () => {
    assert.deepEqual(
      changed(write({ peerVirtualNetworkId: hub }), write({ peerVirtualNetworkId: hub.toUpperCase() })),
      [],
    );
  });

  it("keeps the letters in which the last run wrote an id: the engine would make a peering anew for them", () => {
    const table = `${place}/routeTables/t`;
    const existingId = `${place}/bastionHosts/b`;
    const ledger = nextLedger(
      undefined,
      settingsFixture(
        write({ peerVirtualNetworkId: hub, routeTableId: table }, { existingId, subnetPrefix: "10.9.0.0/26" }),
      ),
      { library: "1" },
    );
    const shouted = settingsFixture(
      write(
        { peerVirtualNetworkId: hub.toUpperCase(), routeTableId: table.toUpperCase() },
        { existingId: existingId.toUpperCase(), subnetPrefix: "10.9.0.0/26" },
      ),
    );
    const { network, bastion } = spelledAsBefore(shouted, ledger);
    assert.deepEqual(
      [network.peerVirtualNetworkId, network.routeTableId, bastion?.existingId],
      [hub, table, existingId],
    );
    assert.deepEqual(spelledAsBefore(shouted, undefined), shouted);
    const other = settingsFixture(write({ peerVirtualNetworkId: `${hub}2` }));
    assert.equal(spelledAsBefore(other, ledger).network.peerVirtualNetworkId, `${hub}2`);
  });

  it("of a ledger that an earlier release wrote is compared as far as that knew it", () => {
    const { shared } = nextLedger(undefined, settingsFixture(), { library: "1" });
    const old = {
      subnet: shared.subnet,
      addressSpace: shared.addressSpace,
      dnsServers: shared.dnsServers,
      peerVirtualNetworkId: "",
    };
    assert.deepEqual(sharedChanges(old, settingsFixture(write({ routeTableId: `${place}/routeTables/t` }))), []);
  });
});
