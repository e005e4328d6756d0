import assert from "node:assert/strict";
import { join } from "node:path";
import { problemsOfBody } from "../support/azureTypes";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, switchStaging, text, vmIdOf, writingCalls } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";
import { repositoryRoot } from "../support/repository";

const monitoringGroup = "rg-aadc-stg-monitoring";

describe("monitoring, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal("emulated", join(repositoryRoot, "dist", "index.js"), ["monitoring"]);
  after(() => world.remove());

  const resources = async () => (await world.picture()).resources;
  /** Everything of the server, agent included, and nothing of what only watches. */
  const ofTheServer = async (): Promise<string> =>
    text((await resources()).filter(({ id }) => !id.includes(monitoringGroup) && !/\/rg-aadc-stg-backup\//.test(id)));
  const rules = async (): Promise<readonly string[]> =>
    (await resources())
      .filter(({ type, id }) => /scheduledQueryRules|activityLogAlerts/i.test(type) && id.includes(monitoringGroup))
      .map(({ name }) => name.replace(`${first}-`, ""))
      .sort();

  it("watches a passive server by its role, with bodies that the published types allow; a second up changes nothing", async () => {
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "ok", text(up.findings));
    const made = await rules();
    assert.ok(made.includes("export-not-allowed") && made.includes("agent-silent") && made.includes("machine-touched"));
    assert.ok(!made.includes("password-sync-silent"));
    assert.deepEqual(changed(await world.up()), nothing);
    const judged = (await resources()).map((each) => ({ id: each.id, type: each.type, ...problemsOfBody(each) }));
    assert.deepEqual(
      judged.filter(({ problems }) => problems.length > 0),
      [],
    );
    const kinds = new Set(
      judged.filter(({ known, id }) => known && id.includes(monitoringGroup)).map(({ type }) => type),
    );
    assert.ok(kinds.size >= 6, [...kinds].join(", "));
  });

  it("moves to a workspace of another region and back: no collection rule has to go while a server is associated with it", async () => {
    const own = world.settingsText();
    const subscription = (await resources())[0]?.id.split("/")[2] ?? "";
    world.settings((settings) => {
      settings.monitoring = {
        notify: { emails: ["identity-platform@contoso.com"] },
        workspaceId: `/subscriptions/${subscription}/resourceGroups/rg-central/providers/Microsoft.OperationalInsights/workspaces/central`,
        workspaceLocation: "northeurope",
      };
    });
    const there = await world.up();
    assert.equal(there.result, "succeeded", text(there.messages));
    assert.deepEqual(changed(await world.up()), nothing);
    const collections = async () =>
      (await resources()).filter(({ type }) => /dataCollectionRules$/i.test(type)).map(({ name }) => name);
    assert.deepEqual(await collections(), [`${first}-logs-northeurope`]);
    world.settingsText(own);
    const back = await world.up();
    assert.equal(back.result, "succeeded", text(back.messages));
    assert.deepEqual(await collections(), [`${first}-logs`]);
  });

  it("a declared role changes exactly the alerts that know it, and nothing of the server or on it", async () => {
    const [before, server, ran] = [await rules(), await ofTheServer(), await world.scriptsRunOn(first)];
    const calls = (await writingCalls(world)).length;
    switchStaging(world, first, false);
    world.settings((settings) => {
      settings.roleSwitch = {
        acknowledge: { reason: "switched in the wizard, change CHG-4720", until: "2027-01-31" },
      };
    });
    world.block(1, (block) => {
      block.role = "active";
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    const after = await rules();
    assert.deepEqual(
      after.filter((each) => !before.includes(each)),
      ["delete-threshold", "export-object-errors", "password-sync-failing", "password-sync-silent"],
    );
    assert.deepEqual(
      before.filter((each) => !after.includes(each)),
      ["export-not-allowed"],
    );
    assert.equal(await ofTheServer(), server);
    assert.deepEqual(await world.scriptsRunOn(first), ran);
    const written = (await writingCalls(world)).slice(calls);
    assert.ok(written.length > 0);
    assert.deepEqual(
      written.filter((call) => !call.includes(monitoringGroup)),
      [],
    );
  });

  it("is refused to be taken out under an active server, whose logs it would delete", async () => {
    world.settings((settings) => {
      delete settings.monitoring;
    });
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(
      text(up.messages),
      /monitoring: generation 1 is active and sends its logs to the workspace log-aadc-stg/,
    );
  });

  it("of a server that its guard does not let go, agent and the alerts of its first day stay; after the guard they go with it", async () => {
    world.settings((settings) => {
      settings.monitoring = { notify: { emails: ["identity-platform@contoso.com"] } };
    });
    world.block(1, (block) => {
      block.role = "passive";
    });
    // It is the active server still: its proof fails, and so does its guard.
    assert.equal((await world.up()).result, "failed");
    const vmId = await vmIdOf(world, first);
    const refused = await world.run("destroy");
    assert.equal(refused.result, "failed");
    assert.match(text(refused.messages), /retire on aadc-stg-g1 stopped/);
    const left = (await resources()).map(({ type, name }) => `${type.split("/").at(-1)} ${name}`);
    assert.equal(await vmIdOf(world, first), vmId);
    for (const kept of [
      "extensions AzureMonitorWindowsAgent",
      "dataCollectionRuleAssociations entra-connect",
      `dataCollectionRules ${first}-logs`,
    ])
      assert.ok(left.includes(kept), `${kept} among ${left.join(", ")}`);
    for (const alert of ["export-not-allowed", "machine-touched"]) assert.ok((await rules()).includes(alert), alert);
    switchStaging(world, first, true);
    const again = await world.up();
    assert.equal(again.result, "succeeded", text(again.messages));
    const gone = await world.run("destroy");
    assert.equal(gone.result, "succeeded", text(gone.messages));
    assert.deepEqual(
      (await resources())
        // The other team's workspace is theirs.
        .filter(({ id, type }) => /insights|operationalinsights|extensions/i.test(type) && !id.includes("/rg-central/"))
        .map(({ id }) => id),
      [],
    );
  });
});
