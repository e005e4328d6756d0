import assert from "node:assert/strict";
import type { RunSummary } from "../../rehearsal/run/summary";
import { requiresEngine } from "../support/engine";
import { first, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

/** Names of the resources that a run changed in any way, components left out. */
const touched = ({ resources }: RunSummary): readonly string[] =>
  resources
    .filter(({ operation, type }) => operation !== "same" && !type.startsWith("entra-connect:"))
    .map(({ operation, name }) => `${operation} ${name}`)
    .sort();

const codes = ({ findings }: RunSummary): readonly string[] =>
  findings.filter(({ code }) => code.startsWith("archive")).map(({ code }) => code);

/** `properties` of what of one type is in Azure, by id. */
async function inAzure(world: Rehearsal, type: string): Promise<ReadonlyMap<string, Record<string, unknown>>> {
  const { resources } = await world.picture();
  return new Map(
    resources
      .filter((each) => each.type.toLowerCase() === type.toLowerCase())
      .map(({ id, body }) => [id, (body.properties ?? {}) as Record<string, unknown>]),
  );
}

async function principals(world: Rehearsal): Promise<readonly string[]> {
  const { resources } = await world.picture();
  return resources
    .filter(({ type }) => type === "Microsoft.Compute/virtualMachines")
    .map(({ body }) => String((body.identity as { principalId?: string } | undefined)?.principalId))
    .sort();
}

const add = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action";
const [assignments, definitions, accounts] = [
  "Microsoft.Authorization/roleAssignments",
  "Microsoft.Authorization/roleDefinitions",
  "Microsoft.Storage/storageAccounts",
];

/** Who has a right to the archive. */
async function holders(world: Rehearsal): Promise<readonly string[]> {
  const rights = await inAzure(world, assignments);
  for (const id of rights.keys()) assert.match(id, /\/containers\/configuration\/providers\//, "at the container only");
  return [...rights.values()].map(({ principalId }) => String(principalId)).sort();
}

async function policy(world: Rehearsal): Promise<unknown> {
  const [account, ...more] = [...(await inAzure(world, accounts)).values()];
  assert.deepEqual(more, []);
  const immutable = account?.immutableStorageWithVersioning as
    | { immutabilityPolicy?: Record<string, unknown> }
    | undefined;
  const { immutabilityPeriodSinceCreationInDays: days, state } = immutable?.immutabilityPolicy ?? {};
  return [days, state];
}

describe("the archive, on the real engine", () => {
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
    assert.equal((await principals(world)).length, 2);
    assert.deepEqual(await holders(world), await principals(world));
    const roles = [...(await inAzure(world, definitions)).values()];
    assert.deepEqual(
      roles.map(({ permissions }) => permissions),
      [[{ actions: [], notActions: [], dataActions: [add], notDataActions: [] }]],
    );
    const again = await world.up();
    assert.deepEqual(touched(again), []);
    assert.equal(again.verdict, up.verdict);
    // A machine that changes in place has the same identity: its right is not planned anew.
    world.block(1, (block) => {
      block.size = "Standard_D8s_v5";
    });
    const preview = touched(await world.run("preview"));
    assert.ok(preview.includes("update aadc-stg-g1-vm"), preview.join(", "));
    assert.ok(!preview.some((each) => each.includes("archive")), preview.join(", "));
    world.block(1, (block) => {
      delete block.size;
    });
  });

  it("is extended and locked in place, told before; what was locked is neither unlocked nor shortened, and nothing is touched", async () => {
    const write = (archive: Record<string, unknown>): void =>
      world.settings((settings) => {
        settings.archive = { enabled: true, ...archive };
      });
    const written = (archive: Record<string, unknown>): Promise<RunSummary> => {
      write(archive);
      return world.up();
    };
    const lock = { reason: "Retention was agreed with the auditors" };
    const longer = await written({ retentionDays: 200 });
    assert.deepEqual(touched(longer), ["update aadc-stg-archive-account", "update aadc-stg-ledger"]);
    assert.deepEqual(codes(longer), ["archive-period-changes"]);
    const locked = await written({ retentionDays: 200, lock });
    assert.deepEqual(touched(locked), ["update aadc-stg-archive-account"]);
    assert.deepEqual(codes(locked), ["archive-locks"]);
    assert.deepEqual(await policy(world), [200, "Locked"]);
    for (const refused of [{ retentionDays: 200 }, { retentionDays: 199, lock }]) {
      const before = await world.picture();
      const up = await written(refused);
      assert.equal(up.result, "failed");
      assert.match(text(up.messages), /locked/);
      assert.deepEqual(touched(up), []);
      assert.equal((await world.picture()).resources.length, before.resources.length);
    }
    assert.deepEqual(await policy(world), [200, "Locked"]);
    write({ retentionDays: 200, lock });
  });

  it("takes the right of a retired server back once its guard has passed, and leaves the archive", async () => {
    world.removeBlock(1);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(world.hasServer(first), false);
    assert.deepEqual(await holders(world), await principals(world));
    assert.equal((await holders(world)).length, 1);
  });

  it("outlives a destroy, and is adopted as it is; the next up lets the servers in again, and the one after changes nothing", async () => {
    const destroyed = await world.run("destroy");
    assert.equal(destroyed.result, "succeeded", text(destroyed.messages));
    assert.deepEqual(await holders(world), []);
    assert.deepEqual(await policy(world), [200, "Locked"]);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.ok(codes(up).includes("archive-adopted"), text(up.messages));
    assert.deepEqual(await policy(world), [200, "Locked"]);
    assert.deepEqual(await holders(world), await principals(world));
    // Azure has forgotten the subnet with the subnet; what the server could not add meanwhile is asked for again.
    assert.deepEqual(touched(await world.up()), ["update aadc-stg-archive-account", "update aadc-stg-g2-archive-task"]);
    assert.deepEqual(touched(await world.up()), []);
    const [account] = [...(await inAzure(world, accounts)).values()];
    const network = account?.networkAcls as { virtualNetworkRules?: unknown[] } | undefined;
    assert.equal(network?.virtualNetworkRules?.length, 1);
  });
});
