import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { Rehearsal } from "../support/rehearsal";
import type { KeptResource } from "../support/rehearsedWorld";

const machine = "aadc-stg-g1";
const hubId =
  "/subscriptions/00000000-0000-4000-8000-0000000000a1/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub";
const text = (value: unknown): string => JSON.stringify(value);

function peered(change: (network: Record<string, unknown>) => void = () => undefined): Rehearsal {
  const rehearsal = new Rehearsal();
  rehearsal.settings(({ network }) => {
    network.peerVirtualNetworkId = hubId;
    change(network);
  });
  return rehearsal;
}

const isHalf = ({ id }: { readonly id: string }): boolean => /\/virtualNetworkPeerings\/[^/]+$/.test(id);

describe("a network of our own and its hub, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });

  describe("whose owner makes the other half", () => {
    const rehearsal = peered();
    after(() => rehearsal.remove());
    const ids = async (): Promise<readonly string[]> => (await rehearsal.picture()).resources.map(({ id }) => id);

    it("a targeted run that leaves the peering out ends well: there is nothing to look at yet", async () => {
      const targets = ["**PassiveServer::aadc-stg", "**::aadc-stg-group"].flatMap((each) => ["--target", each]);
      const run = await rehearsal.pulumi("up", "--yes", "--skip-preview", ...targets);
      assert.equal(run.code, 0, run.said);
      assert.deepEqual(
        (await ids()).filter((id) => /rg-aadc-stg\/providers/.test(id)),
        [],
      );
    });

    it("up makes the network and our half, stops before the machine, and says what the hub's owner has to type", async () => {
      const up = await rehearsal.run("up", { hubOwner: "never" });
      assert.equal(up.result, "failed");
      const said = up.messages.map((each) => each.text).join("\n");
      assert.match(said, /so aadc-stg-g1 waits/);
      assert.match(said, /says Initiated: the hub's half is missing/);
      assert.match(said, /az network vnet peering create --subscription 00000000-0000-4000-8000-0000000000a1/);
      assert.ok(
        said.includes(`--remote-vnet ${hubId.replace("rg-hub", "rg-aadc-stg").replace("vnet-hub", "aadc-stg-vnet")}`),
      );
      assert.ok(said.includes(hubId), "both ids");
      assert.match(said, /network\.makeBothHalves: true/);
      assert.doesNotMatch(said, /\n\s+at /, "no stack trace");
      const there = await ids();
      assert.ok(there.some((id) => id.endsWith("/aadc-stg-vnet/virtualNetworkPeerings/hub")));
      assert.ok(!there.some((id) => /virtualMachines|networkInterfaces/.test(id)), text(there));
      assert.equal(rehearsal.hasServer(machine), false);
    });

    it("a preview says that it will stop, and changes nothing of what stands", async () => {
      const preview = await rehearsal.run("preview", { hubOwner: "never" });
      assert.equal(preview.result, "succeeded", text(preview.messages));
      assert.equal(preview.changes.update + preview.changes.replace + preview.changes.delete, 0);
      assert.match(text(preview.messages), /not connected to its hub: up stops before aadc-stg-g1/);
    });

    it("another up looks again, and stops again without another change", async () => {
      const before = await ids();
      const up = await rehearsal.run("up", { hubOwner: "never" });
      assert.equal(up.result, "failed");
      assert.deepEqual(await ids(), before);
    });

    it("once the other half is there, up goes on to a proven server, and the next changes nothing", async () => {
      const up = await rehearsal.run("up", { hubOwner: "later" });
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.equal(up.verdict, "ok", text(up.findings));
      const preview = await rehearsal.run("preview");
      const { same: _, ...changed } = preview.changes;
      assert.deepEqual(changed, { create: 0, import: 0, update: 0, replace: 0, delete: 0 });
      assert.equal(preview.verdict, "ok", text(preview.findings));
      assert.doesNotMatch(text(preview.messages), /hub/);
    });

    it("a half that went later is told in every run, in the preview too, and a proven server goes on", async () => {
      rehearsal.changeAzure((resources) => resources.filter((each) => !isHalf(each) || !each.id.includes("vnet-hub/")));
      const preview = await rehearsal.run("preview", { hubOwner: "never" });
      assert.match(text(preview.messages), /says Disconnected|cannot reach the domain controllers/);
      const up = await rehearsal.run("up", { hubOwner: "never" });
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.equal(up.verdict, "review");
      assert.deepEqual(
        up.findings.filter(({ code }) => code === "peering-not-connected").map(({ severity }) => severity),
        ["warning"],
      );
      const { same: _, ...changed } = up.changes;
      assert.deepEqual(changed, { create: 0, import: 0, update: 0, replace: 0, delete: 0 });
    });

    it("another generation waits for the hub, with the way back from Disconnected, and nothing of the first is touched", async () => {
      rehearsal.addBlock(2);
      const up = await rehearsal.run("up", { hubOwner: "never" });
      assert.equal(up.result, "failed");
      const said = up.messages.map((each) => each.text).join("\n");
      assert.match(said, /so aadc-stg-g2 waits/);
      assert.match(said, /says Disconnected/);
      assert.match(said, /az network vnet peering update --ids \S+\/virtualNetworkPeerings\/hub /);
      assert.equal(rehearsal.hasServer("aadc-stg-g2"), false);
      assert.equal(rehearsal.hasServer(machine), true);
    });

    it("after both halves were written again it is built", async () => {
      rehearsal.changeAzure((resources) =>
        resources.map((each) => {
          const body = each.body as { properties?: Record<string, unknown> };
          return isHalf(each)
            ? ({
                ...each,
                body: { ...body, properties: { ...body.properties, peeringState: "Initiated" } },
              } as KeptResource)
            : each;
        }),
      );
      const up = await rehearsal.run("up", { hubOwner: "later" });
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.equal(rehearsal.hasServer("aadc-stg-g2"), true);
    });

    it("our own half that somebody deleted outside of Pulumi is told too; a refresh and an up make it anew", async () => {
      rehearsal.changeAzure((resources) => resources.filter((each) => !isHalf(each)));
      const preview = await rehearsal.run("preview", { hubOwner: "never" });
      assert.equal(preview.result, "succeeded", text(preview.messages));
      const told = preview.messages.map((each) => each.text.replace(/\s+/g, " ")).join("\n");
      assert.match(
        told,
        /Microsoft\.Network\/virtualNetworks\/aadc-stg-vnet\/virtualNetworkPeerings\/hub is gone from Azure, and this stack's state still holds it/,
      );
      const { code, said } = await rehearsal.pulumi(
        ...["refresh", "--yes", "--skip-preview", "--non-interactive", "--target", "**-network-peering"],
      );
      assert.equal(code, 0, said);
      const up = await rehearsal.run("up", { hubOwner: "at-once" });
      assert.equal(up.result, "succeeded", text(up.messages));
      assert.equal(up.findings.filter(({ code }) => code.startsWith("peering")).length, 0, text(up.findings));
    });
  });

  describe("in another subscription, of which the stack makes the other half too", () => {
    const elsewhere = hubId.replace("0000000000a1", "0000000000ff");
    const rehearsal = peered((network) => {
      network.peerVirtualNetworkId = elsewhere;
      network.makeBothHalves = true;
      network.useRemoteGateways = true;
    });
    after(() => rehearsal.remove());

    it("a run that is killed while Azure makes the hub's half leaves it, and the next refuses one that leads elsewhere", async () => {
      const fault = "azure:PUT:Microsoft.Network/virtualNetworks/virtualNetworkPeerings:to-aadc-stg-vnet=kill";
      const killed = await rehearsal.run("up", { hubOwner: "never", faults: [fault] });
      assert.equal(killed.result, "killed", text(killed.messages));
      const led = (to: (id: string) => string): void =>
        rehearsal.changeAzure((resources) =>
          resources.map((each) => {
            if (!isHalf(each) || !each.id.startsWith(elsewhere)) return each;
            const copy = structuredClone(each) as KeptResource & {
              body: { properties: { remoteVirtualNetwork: { id: string } } };
            };
            const remote = copy.body.properties.remoteVirtualNetwork;
            remote.id = to(remote.id);
            return copy;
          }),
        );
      led((id) => `${id}-other`);
      const up = await rehearsal.run("up", { hubOwner: "never" });
      assert.equal(up.result, "failed");
      assert.match(text(up.findings), /leads to \S+aadc-stg-vnet-other, not to \S+: it is somebody else's/);
      led((id) => id.replace(/-other$/, ""));
    });

    it("one up takes it up and ends with a proven server behind a connected peering that may use the hub's gateway", async () => {
      const up = await rehearsal.run("up", { hubOwner: "never" });
      assert.equal(up.result, "succeeded", text(up.messages));
      const { title = "" } = up.findings.find(({ code }) => code === "taken-up") ?? {};
      assert.match(title, /peering to-aadc-stg-vnet of the hub vnet-hub/);
      const { resources } = await rehearsal.picture();
      const halves = resources.filter(isHalf).map(({ id, body }) => {
        const { peeringState, useRemoteGateways, allowGatewayTransit } = body.properties as Record<string, unknown>;
        return { hub: id.startsWith(elsewhere), peeringState, useRemoteGateways, allowGatewayTransit };
      });
      assert.deepEqual(
        halves.sort((left, right) => Number(left.hub) - Number(right.hub)),
        [
          { hub: false, peeringState: "Connected", useRemoteGateways: true, allowGatewayTransit: undefined },
          { hub: true, peeringState: "Connected", useRemoteGateways: undefined, allowGatewayTransit: true },
        ],
      );
    });

    it("the next up changes nothing", async () => {
      const again = await rehearsal.run("up");
      const { same: _, ...changed } = again.changes;
      assert.deepEqual(changed, { create: 0, import: 0, update: 0, replace: 0, delete: 0 });
    });

    it("another hub makes both halves anew, since Azure leads no half to another network", async () => {
      rehearsal.settings(({ network }) => {
        network.peerVirtualNetworkId = hubId.replace("vnet-hub", "vnet-other");
      });
      const up = await rehearsal.run("up");
      assert.equal(up.result, "succeeded", text(up.messages));
      const { resources } = await rehearsal.picture();
      const halves = resources.filter(isHalf).map(({ id }) => id.split("/").slice(8).join("/"));
      assert.deepEqual(halves.sort(), [
        "aadc-stg-vnet/virtualNetworkPeerings/hub",
        "vnet-other/virtualNetworkPeerings/to-aadc-stg-vnet",
      ]);
    });

    it("destroy asks the guard, and takes both halves with it", async () => {
      const destroy = await rehearsal.run("destroy");
      assert.equal(destroy.result, "succeeded", text(destroy.messages));
      const { resources } = await rehearsal.picture();
      assert.deepEqual(resources.filter(isHalf), []);
    });
  });
});
