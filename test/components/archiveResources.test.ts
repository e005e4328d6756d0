import assert from "node:assert/strict";
import { addBlobs } from "../../components/archive/plan";
import { build, find, provenState, withSecond } from "../support/passiveServerFixture";
import type { CallAnswers, Registration } from "../support/recordedResources";
import { unwrapped } from "../support/recordedResources";
import type { Written } from "../support/settingsFixture";

const archived =
  (archive: Record<string, unknown> = {}, more: (written: Written) => void = () => undefined) =>
  (written: Written): void => {
    written.archive = { enabled: true, ...archive };
    more(written);
  };
const ours = (registrations: readonly Registration[]): readonly string[] =>
  registrations
    .filter(({ type, name }) => type.startsWith("azure-native:") && name.includes("-archive-"))
    .map(({ type, name }) => `${type.replace("azure-native:", "")} ${name}`)
    .sort();
const inputsOf = (registrations: readonly Registration[], name: string): Record<string, unknown> =>
  unwrapped(find(registrations, name).inputs) as Record<string, unknown>;

describe("the archive's resources", () => {
  it("are its own account, container, lifecycle and role, all retained, and a right for the server that is not", async () => {
    const { registrations } = await build({ change: archived() });
    assert.deepEqual(ours(registrations), [
      "authorization:RoleAssignment aadc-stg-g1-archive-assignment",
      "authorization:RoleDefinition aadc-stg-archive-role",
      "resources:ResourceGroup aadc-stg-archive-group",
      "storage:BlobContainer aadc-stg-archive-container",
      "storage:BlobServiceProperties aadc-stg-archive-blobs",
      "storage:ManagementPolicy aadc-stg-archive-lifecycle",
      "storage:StorageAccount aadc-stg-archive-account",
    ]);
    for (const each of registrations.filter(({ custom, name }) => custom && name.startsWith("aadc-stg-archive-")))
      assert.equal(each.retainOnDelete, true, each.name);
    assert.notEqual(find(registrations, "aadc-stg-g1-archive-assignment").retainOnDelete, true);
  });

  it("of all rights that a server has, allow it to add blobs and nothing else", async () => {
    const { registrations } = await build({ change: archived({}, (written) => withSecond(written)) });
    const rights = registrations.filter(({ type }) => type === "azure-native:authorization:RoleAssignment");
    assert.equal(rights.length, 2);
    const { roleDefinitionId, permissions } = inputsOf(registrations, "aadc-stg-archive-role");
    assert.deepEqual(permissions, [{ actions: [], notActions: [], dataActions: [addBlobs], notDataActions: [] }]);
    for (const { inputs } of rights) {
      assert.match(String(inputs.roleDefinitionId), new RegExp(`/${roleDefinitionId}$`));
      assert.match(String(inputs.scope), /\/blobServices\/default\/containers\/configuration$/);
    }
  });

  it("let the servers' subnet in by its service endpoint, which their own subnet gets", async () => {
    const { registrations } = await build({ change: archived() });
    assert.deepEqual(inputsOf(registrations, "aadc-stg-network-subnet").serviceEndpoints, [
      { service: "Microsoft.Storage" },
    ]);
    const { networkRuleSet, allowSharedKeyAccess } = inputsOf(registrations, "aadc-stg-archive-account");
    assert.equal(allowSharedKeyAccess, false);
    assert.equal((networkRuleSet as { virtualNetworkRules: unknown[] }).virtualNetworkRules.length, 1);
    const { registrations: without } = await build();
    assert.equal(inputsOf(without, "aadc-stg-network-subnet").serviceEndpoints, undefined);
  });

  it("have a private endpoint with the servers, not retained, whose address no generation gets", async () => {
    const { registrations } = await build({ change: archived({ reach: "privateEndpoint" }) });
    assert.deepEqual(
      ours(registrations).filter((each) => /endpoint|zone/i.test(each)),
      [
        "network:PrivateDnsZoneGroup aadc-stg-archive-zone-group",
        "network:PrivateEndpoint aadc-stg-archive-endpoint",
        "privatedns:PrivateZone aadc-stg-archive-zone",
        "privatedns:VirtualNetworkLink aadc-stg-archive-zone-link",
      ],
    );
    const endpoint = find(registrations, "aadc-stg-archive-endpoint");
    assert.notEqual(endpoint.retainOnDelete, true);
    assert.match(JSON.stringify(endpoint.inputs.ipConfigurations), /10\.40\.0\.30/);
    assert.equal(inputsOf(registrations, "aadc-stg-archive-account").publicNetworkAccess, "Disabled");
    assert.ok(
      find(registrations, "aadc-stg-g1-guard").dependencies.some((urn) => urn.endsWith("::aadc-stg-archive-endpoint")),
      "the guard is asked before it goes",
    );
  });

  it("end with their generation, after its guard: it depends on the right", async () => {
    const { registrations } = await build({ change: archived() });
    assert.ok(
      find(registrations, "aadc-stg-g1-guard").dependencies.some((urn) =>
        urn.endsWith("::aadc-stg-g1-archive-assignment"),
      ),
    );
  });

  const declaredActive = (written: Written): void => {
    for (const block of Object.values(written.generations)) block.role = "active";
  };
  const changeable = (written: Written): void => {
    written.network.changeUnderActive = { reason: "The subnet gets a service endpoint", until: "2026-12-31" };
  };

  it("give an active generation nothing, and leave it what it has", async () => {
    const change = archived({}, (written) => {
      declaredActive(written);
      changeable(written);
    });
    const without = await build({ change, state: provenState(declaredActive) });
    assert.deepEqual(
      ours(without.registrations).filter((each) => each.includes("-g1-")),
      [],
    );
    const state = {
      ...provenState(change),
      "urn:pulumi:test::entra-connect::entra-connect:index:PassiveServer$entra-connect:server:Generation$azure-native:authorization:RoleAssignment::aadc-stg-g1-archive-assignment":
        { type: "azure-native:authorization:RoleAssignment", outputs: {} },
    };
    for (const settings of [
      change,
      (written: Written) => {
        declaredActive(written);
        changeable(written);
      },
    ]) {
      const { registrations } = await build({ change: settings, state });
      const right = find(registrations, "aadc-stg-g1-archive-assignment");
      assert.deepEqual(right.ignoreChanges, ["*"]);
      assert.equal(right.protect, true);
    }
  });

  it("under an active generation, do not change its network without a word for it", async () => {
    await assert.rejects(
      build({ change: archived({}, declaredActive), state: provenState(declaredActive) }),
      /archive\.enabled[\s\S]*false as before[\s\S]*changeUnderActive/,
    );
  });

  it("neither where the ledger is of a release that had no archive", async () => {
    const state = provenState(declaredActive, [1], ({ shared: { archiveReach: _, ...shared }, ...ledger }) => ({
      ...ledger,
      shared,
    }));
    await assert.rejects(build({ change: archived({}, declaredActive), state }), /archive\.enabled/);
    await build({ change: declaredActive, state });
  });

  it("are all children of the component", async () => {
    const { registrations } = await build({ change: archived({ reach: "privateEndpoint" }) });
    const byName = new Map(registrations.map((each) => [each.name, each]));
    for (const each of registrations.filter(({ name }) => name.includes("-archive-"))) {
      let { parent } = each;
      while (!parent.includes("entra-connect:index:PassiveServer::"))
        parent = byName.get(parent.split("::").at(-1) ?? "")?.parent ?? assert.fail(`${each.name} is an orphan`);
    }
  });

  const accountId = "/subscriptions/sub/resourceGroups/rg-corp/providers/Microsoft.Storage/storageAccounts/stcorp";
  const foreign = (account: Record<string, unknown> = {}, more: CallAnswers = {}): CallAnswers => ({
    "azure-native:storage:getStorageAccount": () => ({
      id: accountId,
      kind: "StorageV2",
      location: "westeurope",
      allowSharedKeyAccess: false,
      immutableStorageWithVersioning: {
        enabled: true,
        immutabilityPolicy: { state: "Locked", immutabilityPeriodSinceCreationInDays: 90 },
      },
      ...account,
    }),
    ...more,
  });

  it("send the policy that others made stricter as Azure has it: an update of a tag sends the whole account", async () => {
    const change = archived({ retentionDays: 180 });
    const type = "azure-native:storage:StorageAccount";
    const state = {
      ...provenState(change),
      [`urn:pulumi:test::entra-connect::entra-connect:index:PassiveServer$entra-connect:archive:Archive$${type}::aadc-stg-archive-account`]:
        { type, outputs: {} },
    };
    const policy = { state: "Unlocked", immutabilityPeriodSinceCreationInDays: 400 };
    const calls = foreign({ immutableStorageWithVersioning: { enabled: true, immutabilityPolicy: policy } });
    const { registrations } = await build({ change, state, calls });
    const account = find(registrations, "aadc-stg-archive-account");
    assert.ok(!account.ignoreChanges.some((each) => each === "*" || each.startsWith("immutableStorage")));
    const { immutableStorageWithVersioning: sent } = inputsOf(registrations, "aadc-stg-archive-account");
    assert.deepEqual((sent as { immutabilityPolicy: unknown }).immutabilityPolicy, {
      ...policy,
      allowProtectedAppendWrites: false,
    });
  });

  it("in an account of somebody else's are a container, a role and the rights", async () => {
    const { registrations, findings } = await build({ change: archived({ accountId }), calls: foreign() });
    assert.deepEqual(ours(registrations), [
      "authorization:RoleAssignment aadc-stg-g1-archive-assignment",
      "authorization:RoleDefinition aadc-stg-archive-role",
      "storage:BlobContainer aadc-stg-archive-container",
    ]);
    assert.deepEqual(
      findings.filter(({ code }) => code.startsWith("archive-account")),
      [],
    );
    assert.match(String(inputsOf(registrations, "aadc-stg-archive-role").scope), /\/resourceGroups\/rg-corp$/);
  });

  it("leave a container that was there before to whoever made it", async () => {
    const { registrations } = await build({
      change: archived({ accountId }),
      calls: foreign(
        {},
        { "azure-native:storage:getBlobContainer": () => ({ id: `${accountId}/c`, publicAccess: "None" }) },
      ),
    });
    assert.deepEqual(
      ours(registrations).filter((each) => each.includes("Container")),
      [],
    );
  });

  it("are refused in an account that keeps nothing, before anything is touched", async () => {
    await assert.rejects(
      build({ change: archived({ accountId }), calls: foreign({ immutableStorageWithVersioning: undefined }) }),
      /archive\.accountId[\s\S]*no version-level immutability/,
    );
  });

  it("are refused with a role that does more than add", async () => {
    const roleDefinitionId =
      "/subscriptions/sub/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    const role = (dataActions: string[]): CallAnswers => ({
      "azure-native:authorization:getRoleDefinition": () => ({
        id: roleDefinitionId,
        roleName: "theirs",
        permissions: [{ dataActions }],
      }),
    });
    await assert.rejects(
      build({
        change: archived({ roleDefinitionId }),
        calls: role([addBlobs, addBlobs.replace("add/action", "delete")]),
      }),
      /archive\.roleDefinitionId[\s\S]*allows more than to add/,
    );
    const { registrations } = await build({ change: archived({ roleDefinitionId }), calls: role([addBlobs]) });
    assert.equal(find(registrations, "aadc-stg-g1-archive-assignment").inputs.roleDefinitionId, roleDefinitionId);
    assert.ok(!ours(registrations).some((each) => each.includes("RoleDefinition")));
  });

  it("taken out of the settings are named no more, and said to stand in Azure still", async () => {
    const change = archived();
    const state = provenState(change, [1], (ledger) => ({
      ...ledger,
      archive: { on: true, account: "staadcstg0", container: "configuration", days: 180 },
    }));
    const { registrations, findings } = await build({ state });
    assert.deepEqual(ours(registrations), []);
    const left = findings.find(({ code }) => code === "archive-left");
    assert.match(String(left?.title), /staadcstg0.*stays in Azure/);
    const stash = find(registrations, "aadc-stg-ledger").inputs.input as { archive?: { on?: boolean } };
    assert.equal(stash.archive?.on, false);
  });

  it("keep the name that the ledger knows", async () => {
    const state = provenState(archived(), [1], (ledger) => ({
      ...ledger,
      archive: { on: true, account: "stfromanotherday", container: "configuration", days: 180 },
    }));
    const { registrations } = await build({ change: archived(), state });
    assert.equal(inputsOf(registrations, "aadc-stg-archive-account").accountName, "stfromanotherday");
  });

  it("have a lock where one is asked for, under which the servers' rights are left behind", async () => {
    const { registrations } = await build({
      change: archived({}, (written) => {
        written.locks = { archive: true };
      }),
    });
    assert.equal(find(registrations, "aadc-stg-archive-lock").retainOnDelete, true);
    assert.equal(find(registrations, "aadc-stg-g1-archive-assignment").retainOnDelete, true);
  });

  it("send their logs where a workspace is given", async () => {
    const { registrations } = await build({
      change: archived({}, (written) => {
        written.logAnalyticsWorkspaceId =
          "/subscriptions/s/resourceGroups/r/providers/Microsoft.OperationalInsights/workspaces/w";
      }),
    });
    const { logs, resourceUri } = inputsOf(registrations, "aadc-stg-archive-diagnostics");
    assert.match(String(resourceUri), /\/blobServices\/default$/);
    assert.deepEqual(
      logs,
      ["StorageRead", "StorageWrite", "StorageDelete"].map((category) => ({ category, enabled: true })),
    );
  });
});
