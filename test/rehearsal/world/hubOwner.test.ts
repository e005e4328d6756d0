import assert from "node:assert/strict";
import type { ArmResource, CallLogEntry, HubOwnerBehaviour } from "../../../rehearsal/world/contract";
import type { ExistingResource } from "../../../rehearsal/world/existingResources";
import { startHubOwner } from "../../../rehearsal/world/hubOwner";

const networks = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks";
const peeringType = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings";
const hub = `${networks}/hub`;

const half = (remote: string, peeringState = "Initiated"): ArmResource => ({
  id: `${networks}/ours/virtualNetworkPeerings/hub`,
  type: peeringType,
  name: "hub",
  apiVersion: "2024-05-01",
  body: { properties: { peeringState, remoteVirtualNetwork: { id: remote } } },
});

function owner(behaviour: HubOwnerBehaviour, resources: readonly ArmResource[], refusal?: string) {
  const written: ExistingResource[] = [];
  const log: Omit<CallLogEntry, "at">[] = [];
  const person = startHubOwner({
    behaviour: () => behaviour,
    azure: { resources: () => resources, get: () => undefined },
    write: async (resource) => {
      if (refusal !== undefined) throw new Error(refusal);
      written.push(resource);
    },
    calls: { record: (entry) => void log.push(entry), entries: () => [] },
  });
  person.owns(hub);
  return { person, written, log };
}

describe("the simulated owner of the hub", () => {
  it("makes the other half as soon as ours is there, between two runs, or never", async () => {
    const expected = { "at-once": [1, 1], later: [0, 1], never: [0, 0] } as const;
    for (const [behaviour, [noticed, atWork]] of Object.entries(expected)) {
      const first = owner(behaviour as HubOwnerBehaviour, [half(hub.toUpperCase())]);
      await first.person.noticed(peeringType);
      assert.equal(first.written.length, noticed, behaviour);
      const second = owner(behaviour as HubOwnerBehaviour, [half(hub)]);
      await second.person.comesToWork();
      assert.equal(second.written.length, atWork, behaviour);
    }
  });

  it("makes it in the hub, leading back to our network, and writes it into the call log", async () => {
    const { person, written, log } = owner("at-once", [half(hub)]);
    await person.noticed(peeringType);
    assert.equal(written[0]?.id, `${hub}/virtualNetworkPeerings/to-ours`);
    assert.match(JSON.stringify(written[0]?.body), new RegExp(`"id":"${networks}/ours"`));
    assert.equal(log[0]?.result, "ok");
  });

  it("writes it again between two runs, once our network has got other addresses", async () => {
    const behind = half(hub, "Connected");
    Object.assign(behind.body.properties as object, { peeringSyncLevel: "RemoteNotInSync" });
    const { person, written } = owner("at-once", [behind]);
    await person.noticed(peeringType);
    assert.equal(written.length, 0);
    await person.comesToWork();
    assert.equal(written[0]?.id, `${hub}/virtualNetworkPeerings/to-ours`);
  });

  it("leaves alone what is connected, disconnected, or leads to somebody else's hub", async () => {
    for (const other of [half(hub, "Connected"), half(hub, "Disconnected"), half(`${networks}/another`)]) {
      const { person, written } = owner("at-once", [other]);
      await person.noticed(peeringType);
      await person.comesToWork();
      assert.deepEqual(written, []);
    }
  });

  it("is refused by Azure like anybody, which ends no run", async () => {
    const { person, log } = owner("at-once", [half(hub)], "VnetAddressSpacesOverlap");
    await person.noticed(peeringType);
    assert.match(log[0]?.result ?? "", /VnetAddressSpacesOverlap/);
  });
});
