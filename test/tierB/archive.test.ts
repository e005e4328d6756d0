import assert from "node:assert/strict";
import type { RunSummary } from "../../rehearsal/run/summary";
import { requiresEngine } from "../support/engine";
import { first, second, text } from "../support/pairOfServers";
import { type KeptResource, Rehearsal, type WrittenSettings } from "../support/rehearsal";

const archiveOf = (settings: WrittenSettings) => settings.archive as Record<string, unknown>;

/** Names of the resources that a run changed in any way, components left out. */
const touched = ({ resources }: RunSummary): readonly string[] =>
  resources
    .filter(({ operation, type }) => operation !== "same" && !type.startsWith("entra-connect:"))
    .map(({ operation, name }) => `${operation} ${name}`)
    .sort();

const codes = ({ findings }: RunSummary): readonly string[] =>
  findings.filter(({ code }) => code.startsWith("archive")).map(({ code }) => code);

async function kept(
  world: Rehearsal,
  type: string,
): Promise<readonly (KeptResource & { body: Record<string, never> })[]> {
  const { resources } = await world.picture();
  return (resources as unknown as (KeptResource & { body: Record<string, never> })[]).filter((each) =>
    each.id.toLowerCase().includes(`/${type.toLowerCase()}/`),
  );
}

const add = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action";

describe("the archive, on the real engine", function () {
  this.timeout(240_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("is made with each passive server's right to add to it and nothing else, and a second up changes nothing", async () => {
    world.settings((settings) => {
      settings.archive = { enabled: true };
    });
    world.addBlock(2);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    const machines = await kept(world, "virtualMachines");
    const principals = machines.flatMap(
      ({ body }) => (body as { identity?: { principalId?: string } }).identity?.principalId ?? [],
    );
    const roles = await kept(world, "roleDefinitions");
    const rights = await kept(world, "roleAssignments");
    assert.equal(new Set(principals).size, 2);
    assert.deepEqual(
      rights.map(({ body }) => (body as { properties: { principalId: string } }).properties.principalId).sort(),
      [...principals].sort(),
    );
    assert.ok(rights.every(({ id }) => id.includes("/containers/configuration/providers/")));
    assert.deepEqual(
      roles.map(({ body }) => (body as { properties: { permissions: unknown } }).properties.permissions),
      [[{ actions: [], notActions: [], dataActions: [add], notDataActions: [] }]],
    );
    const again = await world.up();
    assert.deepEqual(touched(again), []);
    assert.equal(again.verdict, up.verdict);
  });
});
