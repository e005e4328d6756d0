import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";
import type { KeptResource } from "../support/rehearsedWorld";

const identity =
  "/subscriptions/00000000-0000-4000-8000-0000000000a1/resourceGroups/rg-agents/providers/Microsoft.ManagedIdentity/userAssignedIdentities/agents";

/** Names of resources in Azure that do not carry this tag with this value. */
async function without(world: Rehearsal, tag: string, value: string): Promise<readonly string[]> {
  const { resources } = await world.picture();
  const taggable = resources.filter(({ type }) => !/subnets|virtualNetworkPeerings|disks|extensions/.test(type));
  return taggable.flatMap(({ name, body }) =>
    (body.tags as Record<string, string> | undefined)?.[tag] === value ? [] : [name],
  );
}

describe("tags and identities that Azure Policy adds, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  const policies = ["tag:CostCenter=4711", `identity:${identity}`, "tag:hidden-title.of it=x"];
  const identityOf = async () =>
    (await world.picture()).resources.find(({ name, type }) => name === first && /virtualMachines$/.test(type))?.body
      .identity as { type: string; userAssignedIdentities?: object } | undefined;

  it("are kept without a refresh: nothing changes", async () => {
    world.settings(({ tags }) => Object.assign(tags, { tier: "0", owner: "identity" }));
    assert.equal((await world.up()).result, "succeeded");
    const up = await world.up({ azurePolicies: policies });
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(changed(up), nothing);
    assert.deepEqual(await without(world, "CostCenter", "4711"), []);
    assert.match(text(up.findings), /identity-not-in-state.*pulumi refresh/, "what a change would take away is told");
  });

  it("are kept after a refresh: preview and up change nothing, and an extension is nobody's business", async () => {
    world.changeAzure((resources) => {
      const machine = resources.find(({ id }) => id.endsWith(`/virtualMachines/${first}`));
      assert.ok(machine);
      const id = `${machine.id}/extensions/AzureMonitorWindowsAgent`;
      const type = "Microsoft.Compute/virtualMachines/extensions";
      const properties = { publisher: "Microsoft.Azure.Monitor", type: "AzureMonitorWindowsAgent" };
      const extension = { name: "AzureMonitorWindowsAgent", type, apiVersion: "2024-11-01", properties };
      const kept: KeptResource = { ...extension, id, body: { ...extension, id } as KeptResource["body"], hidden: {} };
      return [...resources, kept];
    });
    const { code, said } = await world.pulumi("refresh", "--yes", "--skip-preview", "--non-interactive");
    assert.equal(code, 0, said);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(changed(up), nothing);
    assert.equal(up.verdict, "ok", text(up.findings));
    assert.deepEqual(await without(world, "CostCenter", "4711"), []);
  });

  it("stay through a change of ours, while a tag that the settings no longer name goes", async () => {
    world.settings(({ tags }) => {
      delete tags.owner;
      tags.tier = "zero";
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.changes.replace + up.changes.delete + up.changes.create, 0);
    assert.deepEqual(await without(world, "CostCenter", "4711"), []);
    const { resources } = await world.picture();
    assert.deepEqual(
      resources.filter(({ body }) => (body.tags as Record<string, string> | undefined)?.owner !== undefined),
      [],
    );
    assert.ok(resources.some(({ name }) => name === "AzureMonitorWindowsAgent"));
    assert.deepEqual(Object.keys((await identityOf())?.userAssignedIdentities ?? {}), [identity]);
    assert.equal((await identityOf())?.type, "SystemAssigned, UserAssigned");
  });

  it("a tag that moved from the settings to a policy is not fought either", async () => {
    world.settings(({ tags }) => {
      delete tags.tier;
    });
    const up = await world.up({ azurePolicies: ["tag:tier=zero"] });
    assert.equal(up.result, "succeeded", text(up.messages));
    await world.pulumi("refresh", "--yes", "--skip-preview", "--non-interactive");
    assert.deepEqual(changed(await world.up()), nothing);
    assert.deepEqual(await without(world, "tier", "zero"), []);
  });

  it("are kept on what a destroy leaves, which the next up adopts", async () => {
    assert.equal((await world.run("destroy")).result, "succeeded");
    world.settings(({ generations }) => {
      const block = generations["1"];
      if (block !== undefined) generations["2"] = block;
      delete generations["1"];
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(await without(world, "CostCenter", "4711"), []);
    // The protection of the number that is no longer written is stopped by the next one.
    assert.equal((await world.up()).result, "succeeded");
    assert.deepEqual(changed(await world.up()), nothing);
  });
});
