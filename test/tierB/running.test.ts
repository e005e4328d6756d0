import assert from "node:assert/strict";
import { rehearsalIdentity } from "../../rehearsal/azure/startAzureProvider";
import type { RunSummary } from "../../rehearsal/run/summary";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

const inGroup = (group: string, rest: string) =>
  `/subscriptions/${rehearsalIdentity.subscriptionId}/resourceGroups/${group}/providers/${rest}`;
const workspace = inGroup("rg-logs", "Microsoft.OperationalInsights/workspaces/law");
const set = inGroup("rg-keys", "Microsoft.Compute/diskEncryptionSets/des");

describe("a server that is kept running: windows, locks, logs and keys, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  const named = async (name: string, type: RegExp) =>
    (await world.picture()).resources.find((each) => each.name === name && type.test(each.type));
  const locks = async () =>
    (await world.picture()).resources.filter(({ type }) => /locks$/.test(type)).map(({ name }) => name);
  /** The component keeps its settings as they are written, so another spelling is an update of that record. */
  const onlyWritten = async () => {
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(
      up.resources.flatMap(({ name, operation }) => (operation === "same" || name === "aadc-stg" ? [] : [name])),
      [],
    );
  };
  const touched = ({ resources }: RunSummary): readonly string[] =>
    resources
      .filter(({ operation, type }) => operation !== "same" && !type.startsWith("entra-connect:"))
      .map(({ operation, name }) => `${operation} ${name}`)
      .sort();
  const quiet = async () => {
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(changed(up), nothing);
  };

  it("is built with all of them in a group that exists, and a second up changes nothing", async () => {
    world.settings((settings) => {
      Object.assign(settings, {
        resourceGroupName: "rg-identity",
        logAnalyticsWorkspaceId: workspace,
        maintenance: {
          window: { start: "03:00", every: "Week Sunday", timeZone: "W. Europe Standard Time" },
          activeServerWindow: { start: "03:00", every: "Week Wednesday", timeZone: "W. Europe Standard Time" },
        },
        locks: { backup: true, activeServer: true },
      });
      Object.assign(settings.generations["1"] ?? {}, { diskEncryptionSetId: set });
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "ok", text(up.findings));
    const disk = await named(`${first}-os`, /disks$/);
    assert.match(text(disk?.body), new RegExp(`"diskEncryptionSetId":"${set}"`));
    assert.ok(await named(`${first}-updates`, /configurationAssignments$/));
    assert.match(
      text((await named(`${first}-updates`, /maintenanceConfigurations$/))?.body),
      /"recurEvery":"Week Sunday"/,
    );
    assert.deepEqual(await locks(), ["entra-connect-backup"]);
  });

  it("ids in other letters and a refresh change nothing", async () => {
    world.settings((settings) => {
      settings.resourceGroupName = "RG-Identity";
      settings.logAnalyticsWorkspaceId = workspace.toUpperCase();
      Object.assign(settings.generations["1"] ?? {}, { diskEncryptionSetId: set.toLowerCase() });
    });
    // The second up: nothing but the record of how the settings are written.
    await onlyWritten();
    const { code, said } = await world.pulumi("refresh", "--yes", "--skip-preview", "--non-interactive");
    assert.equal(code, 0, said);
    await quiet();
  });

  it("another window is an update in place that touches no server", async () => {
    const ran = (await world.scriptsRunOn(first)).length;
    world.settings((settings) => {
      Object.assign(settings, { maintenance: { window: { start: "01:00", every: "Month Second Tuesday Offset5" } } });
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.changes.create + up.changes.replace + up.changes.delete, 0);
    assert.equal((await world.scriptsRunOn(first)).length, ran);
  });

  it("declared active it gets a lock, and keeps its window and its logs whatever the settings say", async () => {
    world.declareActive(1);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    // Of the window that was changed before, nothing was left to be done.
    assert.deepEqual(touched(up), ["create aadc-stg-g1-lock", "update aadc-stg-g1-guard", "update aadc-stg-ledger"]);
    assert.deepEqual((await locks()).sort(), ["entra-connect-active-server", "entra-connect-backup"]);
    const before = text(await named(`${first}-updates`, /maintenanceConfigurations$/));
    world.settings((settings) => {
      Object.assign(settings, { maintenance: {} });
    });
    await onlyWritten();
    assert.equal(text(await named(`${first}-updates`, /maintenanceConfigurations$/)), before);
  });

  it("declared passive again the lock goes before anything else does; then the window, as the settings say", async () => {
    world.block(1, (block) => {
      delete block.role;
    });
    const asked = await world.up();
    assert.equal(asked.result, "succeeded", text(asked.messages));
    assert.deepEqual(await locks(), ["entra-connect-backup"]);
    assert.ok(await named(`${first}-updates`, /maintenanceConfigurations$/), "only asked in this run");
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(await named(`${first}-updates`, /maintenanceConfigurations$/), undefined);
    await quiet();
  });

  it("a destroy passes the lock on the backup, which stays; the next up adopts it", async () => {
    const destroyed = await world.run("destroy");
    assert.equal(destroyed.result, "succeeded", text(destroyed.messages));
    assert.deepEqual(await locks(), ["entra-connect-backup"]);
    world.settings(({ generations }) => {
      const block = generations["1"];
      if (block !== undefined) generations["2"] = block;
      delete generations["1"];
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    // The protection of the number that is no longer written is stopped by the next one.
    assert.equal((await world.up()).result, "succeeded");
    await quiet();
  });

  it("the lock that the settings no longer want stays in Azure, and the verdict says how to take it away", async () => {
    world.settings((settings) => {
      Object.assign(settings, { locks: {} });
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.match(text(up.findings), /lock-left.*az lock delete --name entra-connect-backup/);
    assert.deepEqual(await locks(), ["entra-connect-backup"]);
    world.settings((settings) => {
      Object.assign(settings, { locks: { backup: true } });
    });
    const again = await world.up();
    assert.equal(again.result, "succeeded", text(again.messages));
    assert.deepEqual(touched(again), ["import aadc-stg-backup-lock"]);
    await quiet();
  });
});
