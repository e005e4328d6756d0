import assert from "node:assert/strict";
import type { RunSummary } from "../../rehearsal/run/summary";
import { judgePreview, readPreview } from "../../review/preview";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, second, switchStaging, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";
import type { KeptResource } from "../support/rehearsedWorld";

type Properties = Record<string, unknown>;

interface Body {
  properties?: Properties;
  [other: string]: unknown;
}

const bodyOf = (resource: KeptResource): Body => resource.body as unknown as Body;
const isItem = (machine: string) => (each: KeptResource) =>
  each.id.toLowerCase().endsWith(`/protecteditems/vm;iaasvmcontainerv2;rg-aadc-stg;${machine}`);

/** The protected item of a machine as Azure has it; undefined where it has none. */
async function itemOf(world: Rehearsal, machine: string): Promise<Properties | undefined> {
  const { resources } = await world.picture();
  const found = (resources as unknown as KeptResource[]).find(isItem(machine));
  return found === undefined ? undefined : bodyOf(found).properties;
}

/** Somebody edits a protected item, or the vault, in the portal. */
function edit(
  world: Rehearsal,
  which: (each: KeptResource) => boolean,
  change: (properties: Properties) => void,
): void {
  world.changeAzure((resources) =>
    resources.map((each) => {
      if (!which(each)) return each;
      const body = structuredClone(bodyOf(each));
      const properties = body.properties ?? {};
      change(properties);
      return { ...each, body: { ...body, properties } } as unknown as KeptResource;
    }),
  );
}

const vault = (each: KeptResource): boolean => /\/vaults\/[^/]+$/.test(each.id);

const softDelete = (properties: Properties): void => {
  delete properties.policyId;
  Object.assign(properties, {
    isScheduledForDeferredDelete: true,
    deferredDeleteTimeInUTC: new Date().toISOString(),
    softDeleteRetentionPeriodInDays: 14,
    protectionState: "ProtectionStopped",
  });
};

const stopped = (properties: Properties): void => {
  delete properties.policyId;
  properties.protectionState = "ProtectionStopped";
};

/** Names of the resources that a run changed in any way, components left out. */
const touched = ({ resources }: RunSummary): readonly string[] =>
  resources
    .filter(({ operation, type }) => operation !== "same" && !type.startsWith("entra-connect:"))
    .map(({ operation, name }) => `${operation} ${name}`)
    .sort();

const codes = ({ findings }: RunSummary): readonly string[] =>
  findings.filter(({ severity }) => severity !== "info").map(({ code, subject }) => `${code} ${subject}`);

async function itemCalls(world: Rehearsal, machine: string): Promise<number> {
  const { calls } = await world.picture();
  return calls.filter(
    ({ action, target }) =>
      /^(PUT|DELETE)/.test(action) && target.toLowerCase().includes(`;${machine}/protecteditems/`),
  ).length;
}

describe("protection of a retired server, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("goes on while its guard refuses, however often it is asked", async () => {
    world.addBlock(2);
    assert.equal((await world.up()).result, "succeeded");
    switchStaging(world, first, false);
    world.removeBlock(1);
    const before = await itemCalls(world, first);
    for (const _ of ["at first", "and again"]) {
      const up = await world.up();
      assert.equal(up.result, "failed");
      assert.equal((await itemOf(world, first))?.protectionState, "Protected");
    }
    assert.equal(await itemCalls(world, first), before, "nobody touched its item");
    assert.equal(world.hasServer(first), true);
  });

  it("is still to be stopped after the guard has passed, and up says so", async () => {
    switchStaging(world, first, true);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(world.hasServer(first), false);
    assert.equal((await itemOf(world, first))?.protectionState, "Protected");
    assert.deepEqual(codes(up), [`protection-to-stop ${first}`]);
    assert.equal(up.verdict, "review");
  });

  it("stays untouched while a machine restored under its name stands there, which is named", async () => {
    world.changeAzure((resources) => {
      const machine = resources.find(({ id }) => id.endsWith(`/virtualMachines/${second}`));
      const restored = JSON.stringify(machine)
        .replaceAll(second, first)
        .replaceAll(/"vmId":"[^"]+"/g, '"vmId":"99999999-9999-4999-8999-999999999999"');
      return [...resources, JSON.parse(restored)];
    });
    const before = await itemCalls(world, first);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(changed(up), nothing);
    assert.deepEqual(codes(up), [`protection-to-stop ${first}`]);
    assert.match(text(up.findings), /Azure has a machine of that name again/);
    assert.match(text(up.findings), /find out whose it is \(docs\/restore\.md/);
    assert.equal(await itemCalls(world, first), before);
    assert.equal((await itemOf(world, first))?.protectionState, "Protected");
    world.changeAzure((resources) => resources.filter(({ id }) => !id.endsWith(`/virtualMachines/${first}`)));
  });

  it("is stopped by the next up, which changes only that, under a lock; the one after changes nothing", async () => {
    world.changeAzure((resources) => {
      const group = resources.find(({ id }) => /\/resourceGroups\/rg-aadc-stg-backup$/.test(id));
      assert.ok(group);
      const id = `${group.id}/providers/Microsoft.Authorization/locks/keep`;
      const type = "Microsoft.Authorization/locks";
      const properties = { level: "CanNotDelete" };
      const lock = { ...group, id, type, name: "keep", body: { id, name: "keep", type, properties }, hidden: {} };
      return [...resources, lock as unknown as KeptResource];
    });
    // Without the resources that stay as they are, which is what people give to the reviewer.
    const { output } = await world.preview("digest", "preview");
    const report = judgePreview(readPreview(Buffer.from(output), "preview.json"));
    const { steps } = JSON.parse(output) as { steps: readonly { op: string; urn: string }[] };
    const component = ({ urn }: { readonly urn: string }): boolean =>
      /^entra-connect:/.test(urn.split("::")[2]?.split("$").at(-1) ?? "");
    const ofAzure = steps.filter((step) => step.op !== "same" && !component(step));
    assert.deepEqual(
      ofAzure.map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`),
      ["update aadc-stg-backup-g1-item"],
    );
    assert.deepEqual(
      report.findings.map(({ code, severity }) => `${severity} ${code}`),
      ["info protection-ended"],
    );
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(touched(up), ["update aadc-stg-backup-g1-item"]);
    assert.equal(up.verdict, "ok", text(up.findings));
    assert.match(text(up.findings), /recovery points of aadc-stg-g1, which is retired, are kept in rsv-aadc-stg/);
    const item = await itemOf(world, first);
    assert.equal(item?.protectionState, "ProtectionStopped");
    assert.equal(item?.policyId, undefined);
    assert.ok(item?.lastRecoveryPoint, "its recovery points are kept");
    assert.equal((await itemOf(world, second))?.protectionState, "Protected");
    const again = await world.up();
    assert.deepEqual(changed(again), nothing);
    assert.deepEqual(again.findings, up.findings);
  });

  it("stays as it is when the stack is destroyed, and is adopted as it is by the next life", async () => {
    world.changeAzure((resources) => resources.filter(({ id }) => !id.includes("/locks/")));
    const destroy = await world.run("destroy");
    assert.equal(destroy.result, "succeeded", text(destroy.messages));
    assert.equal((await itemOf(world, first))?.protectionState, "ProtectionStopped");
    const kept = await itemOf(world, second);
    assert.equal(kept?.protectionState, "Protected");
    // The next life begins with another number: nobody wrote down what the one before had.
    world.settings(({ generations }) => {
      generations["3"] = generations["2"] as (typeof generations)[string];
      delete generations["2"];
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal((await itemOf(world, second))?.protectionState, "ProtectionStopped", "it had no machine any more");
    assert.equal((await itemOf(world, second))?.lastRecoveryPoint, kept?.lastRecoveryPoint);
    assert.equal((await itemOf(world, first))?.protectionState, "ProtectionStopped");
  });
});

describe("a backup that somebody deleted or stopped, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("deleted: up takes the deletion back, the next one protects again, and the third changes nothing", async () => {
    assert.equal((await world.up()).result, "succeeded");
    edit(world, isItem(first), softDelete);
    const undelete = await world.up();
    assert.equal(undelete.result, "succeeded", text(undelete.messages));
    assert.deepEqual(touched(undelete), ["update aadc-stg-backup-g1-item"]);
    assert.deepEqual(codes(undelete), [`not-protected ${first}`]);
    assert.match(text(undelete.findings), /run up once more: it resumes the protection/);
    const between = await itemOf(world, first);
    assert.equal(between?.isScheduledForDeferredDelete, false);
    assert.equal(between?.protectionState, "ProtectionStopped");
    const resume = await world.up();
    assert.equal(resume.result, "succeeded", text(resume.messages));
    assert.deepEqual(touched(resume), ["update aadc-stg-backup-g1-item"]);
    assert.equal(resume.verdict, "ok", text(resume.findings));
    assert.equal((await itemOf(world, first))?.protectionState, "Protected");
    assert.deepEqual(changed(await world.up()), nothing);
  });

  it("stopped in the portal: up says that the server is not protected, and what it says to type protects it", async () => {
    edit(world, isItem(first), stopped);
    const up = await world.up();
    assert.deepEqual(codes(up), [`not-protected ${first}`]);
    const [, target = ""] = /pulumi refresh --target '([^']+)'/.exec(text(up.findings)) ?? [];
    assert.equal(target, "**::aadc-stg-backup-g1-item");
    const [refresh] = await world.shell(["refresh", "--target", target, "--yes"]);
    assert.equal(refresh?.code, 0, refresh?.said);
    const again = await world.up();
    assert.deepEqual(touched(again), ["update aadc-stg-backup-g1-item"]);
    assert.equal(again.verdict, "ok", text(again.findings));
    assert.equal((await itemOf(world, first))?.protectionState, "Protected");
  });

  it("deleted while no stack knows of it: adopted, undeleted, protected, in two runs", async () => {
    assert.equal((await world.run("destroy")).result, "succeeded");
    edit(world, isItem(first), softDelete);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal((await itemOf(world, first))?.protectionState, "ProtectionStopped");
    assert.deepEqual(codes(up), [`not-protected ${first}`]);
    const resume = await world.up();
    assert.equal((await itemOf(world, first))?.protectionState, "Protected", text(resume.messages));
    assert.match(text(resume.findings), /up to \S+ are of an earlier machine of that name/);
  });
});

describe("a machine built anew under a number whose backup is kept, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("adopts the item without replacing anything, and says whose recovery points those are", async () => {
    assert.equal((await world.up()).result, "succeeded");
    const before = await itemOf(world, first);
    assert.equal((await world.run("destroy")).result, "succeeded");
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.changes.replace + up.changes.delete, 0, text(up.resources));
    assert.equal(up.verdict, "ok", text(up.findings));
    const said = up.findings.find(({ code }) => code === "earlier-recovery-points");
    assert.ok(said?.title.includes(String(before?.lastRecoveryPoint)), text(up.findings));
    assert.match(said?.next ?? "", /docs\/restore\.md/);
    const again = await world.up();
    assert.deepEqual(touched(again), [], text(again.resources.filter(({ operation }) => operation !== "same")));
    assert.deepEqual(
      again.findings.find(({ code }) => code === said?.code),
      said,
      "as long as the machine stands",
    );
  });
});

describe("changes of vault and policy that Azure refuses, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  const security = (properties: Properties) => properties.securitySettings as Record<string, Properties>;

  it("are refused by setting before anything is touched, all at once", async () => {
    assert.equal((await world.up()).result, "succeeded");
    edit(world, vault, (properties) => {
      security(properties).immutabilitySettings = { state: "Locked" };
    });
    const before = (await world.picture()).calls.length;
    world.settings((settings) => {
      settings.backup = { ...settings.backup, redundancy: "LocallyRedundant", retentionDays: 14 };
    });
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /backup\.redundancy: the vault has GeoRedundant and holds recovery points/);
    assert.match(text(up.messages), /backup\.immutability: is Disabled, but the immutability of the vault is locked/);
    assert.match(text(up.messages), /backup\.retentionDays: 14 is less than the 30 days/);
    const writes = (await world.picture()).calls.slice(before).filter(({ action }) => /^(PUT|DELETE)/.test(action));
    assert.deepEqual(writes, []);
  });

  it("what others raised is kept over a change of ours: longer soft delete, immutability, no public access", async () => {
    edit(world, vault, (properties) => {
      properties.publicNetworkAccess = "Disabled";
      security(properties).immutabilitySettings = { state: "Unlocked" };
      Object.assign(security(properties).softDeleteSettings as Properties, { softDeleteRetentionPeriodInDays: 60 });
    });
    world.settings((settings) => {
      settings.backup = { time: "03:30", retentionDays: 40 };
      settings.tags = { ...settings.tags, owner: "identity" };
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(codes(up), ["vault-immutability-kept backup.immutability"]);
    const { resources } = await world.picture();
    const body = bodyOf((resources as unknown as KeptResource[]).find(vault) as KeptResource);
    assert.equal(body.properties?.publicNetworkAccess, "Disabled");
    const kept = security(body.properties ?? {});
    assert.equal(kept.immutabilitySettings?.state, "Unlocked");
    assert.equal(kept.softDeleteSettings?.softDeleteRetentionPeriodInDays, 60);
    assert.equal((body.tags as Record<string, string>).owner, "identity");
    assert.deepEqual(changed(await world.up()), nothing);
  });

  it("immutability that was asked for can be taken back, in an up of its own", async () => {
    const write = (immutability: string): void =>
      world.settings((settings) => {
        settings.backup = { ...settings.backup, immutability };
      });
    const ask = (immutability: string): Promise<RunSummary> => {
      write(immutability);
      return world.up();
    };
    assert.equal((await ask("Unlocked")).verdict, "ok");
    assert.equal((await ask("Disabled")).result, "succeeded");
    const { resources } = await world.picture();
    const body = bodyOf((resources as unknown as KeptResource[]).find(vault) as KeptResource);
    assert.equal(security(body.properties ?? {}).immutabilitySettings?.state, "Disabled");
    const locked = await ask("Locked");
    assert.equal(locked.result, "failed");
    assert.match(text(locked.messages), /the vault is not immutable yet/);
    write("Disabled");
  });

  it("a vault that is gone is named, and made anew by what is said to type", async () => {
    world.changeAzure((resources) => resources.filter(({ id }) => !/\/vaults\//.test(id)));
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /backup: the vault rsv-aadc-stg, which this stack made, is not there any more/);
    const [, target = ""] = /pulumi refresh --target '([^']+)'/.exec(text(up.messages)) ?? [];
    const [refresh] = await world.shell(["refresh", "--target", target, "--yes"]);
    assert.equal(refresh?.code, 0, refresh?.said);
    const again = await world.up();
    assert.equal(again.result, "succeeded", text(again.messages));
    assert.equal((await itemOf(world, first))?.protectionState, "Protected");
  });
});
