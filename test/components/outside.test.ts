import assert from "node:assert/strict";
import { foreignTagPaths, keptIdentity, ownTagNames, wornBy } from "../../components/memory/outside";
import { build, find, provenState, type State } from "../support/passiveServerFixture";
import { switchedByWord, type Written } from "../support/settingsFixture";

const identity =
  "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/agents";

describe("tags of others on a resource of ours", () => {
  const own = ownTagNames({ tags: { tier: "0" } }, { tags: ["owner"] });
  const paths = (tags: Record<string, string>, declares = true) => foreignTagPaths(wornBy({ tags }), own, declares);

  it("are what the settings neither name nor named in the last run, in any letter case, and is none of the library's", () =>
    assert.deepEqual(paths({ TIER: "0", Owner: "x", "entra-connect-server": "s", CostCenter: "4711" }), [
      'tags["CostCenter"]',
    ]));

  it("are kept whatever characters their names have", () =>
    assert.deepEqual(paths({ "hidden-link:/a.b": "1", 'say "x"\\': "2" }), [
      'tags["hidden-link:/a.b"]',
      'tags["say \\"x\\"\\\\"]',
    ]));

  it("are all there is where we declare none", () => {
    assert.deepEqual(paths({ tier: "0" }, false), ["tags"]);
    assert.deepEqual(paths({}, false), []);
  });
});

describe("identities of others on a machine of ours", () => {
  const declared = { type: "SystemAssigned" };
  const worn = (type: string, ids: readonly string[]) =>
    wornBy({ identity: { type, userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])) } });

  it("stay beside ours", () =>
    assert.deepEqual(keptIdentity(worn("SystemAssigned, UserAssigned", [identity]), declared), { ignore: true }));

  it("stay when ours was taken away, which is declared again", () =>
    assert.deepEqual(keptIdentity(worn("UserAssigned", [identity]), declared), {
      ignore: false,
      declare: { type: "SystemAssigned, UserAssigned", userAssignedIdentities: [identity] },
    }));

  it("are none where only ours is there, or ours is gone and nothing else came", () => {
    assert.deepEqual(keptIdentity(worn("SystemAssigned", []), declared), { ignore: false });
    assert.deepEqual(keptIdentity(worn("None", []), declared), { ignore: false });
    assert.deepEqual(keptIdentity(worn("SystemAssigned, UserAssigned", [identity]), undefined), { ignore: false });
  });
});

describe("what others added, in a run", () => {
  const component = "urn:pulumi:test::entra-connect::entra-connect:index:PassiveServer";
  const tagged = (written: Written): void => {
    Object.assign(written, { tags: { tier: "0" } });
  };
  const state: State = {
    ...provenState(tagged),
    ...Object.fromEntries(
      [
        ["network:NetworkSecurityGroup", "aadc-stg-g1-nsg", { tags: { tier: "0", CostCenter: "4711" } }],
        ["recoveryservices:ProtectionPolicy", "aadc-stg-backup-policy", { tags: { CostCenter: "4711" } }],
        ["network:NetworkInterface", "aadc-stg-g1-nic", { tags: { tier: "0" } }],
      ].map(([type, name, outputs]) => [
        `${component}$azure-native:${String(type)}::${String(name)}`,
        { type: `azure-native:${String(type)}`, outputs: outputs as Record<string, unknown> },
      ]),
    ),
  };

  it("is left alone on exactly the resources that wear it, those without tags of ours included", async () => {
    const { registrations } = await build({ change: tagged, state });
    assert.deepEqual(find(registrations, "aadc-stg-g1-nsg").ignoreChanges, ['tags["CostCenter"]']);
    assert.deepEqual(find(registrations, "aadc-stg-g1-nic").ignoreChanges, []);
    assert.ok(find(registrations, "aadc-stg-backup-policy").ignoreChanges.includes("tags"));
  });

  it("adds nothing where a generation is active and nothing of it changes anyway", async () => {
    const active = (written: Written): void => {
      tagged(written);
      Object.assign(written.generations["1"] ?? {}, { role: "active" });
      written.roleSwitch = switchedByWord;
    };
    const { registrations } = await build({ change: active, state });
    assert.deepEqual(find(registrations, "aadc-stg-g1-nsg").ignoreChanges, ["*"]);
  });
});
