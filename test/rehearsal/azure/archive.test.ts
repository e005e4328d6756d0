import assert from "node:assert/strict";
import { type JsonObject, objectAt, objectsAt } from "../../../rehearsal/azure/properties/json";
import { accountInputs, archiveGroup, archiveLandscape, roleInputs } from "./archiveLandscape";
import { Landscape } from "./landscape";
import { bodyOf, invoke, Resource, type Simulated, simulatedAzure } from "./simulatedAzure";

describe("simulated Azure: what an archive is made of", () => {
  let azure: Simulated;
  let landscape: Landscape;
  beforeEach(async () => {
    azure = await simulatedAzure();
    landscape = new Landscape(azure);
  });
  afterEach(() => azure.stop());

  const policyOf = (days: number, state: string, more: JsonObject = {}): JsonObject => ({
    immutableStorageWithVersioning: {
      enabled: true,
      immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: days, state, ...more },
    },
  });

  describe("a storage account", () => {
    beforeEach(() => landscape.resourceGroup(archiveGroup));
    const make = (change: JsonObject = {}) =>
      landscape.add("storage:StorageAccount", "starchive", accountInputs(change));

    it("keeps its rules under the names of ARM's body, and answers them under the SDK's", async () => {
      const account = await make();
      const body = bodyOf(azure, account.id);
      assert.deepEqual(objectAt(body, "properties.networkAcls")?.ipRules, [{ action: "Allow", value: "203.0.113.7" }]);
      assert.equal(objectAt(body, "properties")?.supportsHttpsTrafficOnly, true);
      assert.deepEqual(objectAt(account.outputs, "networkRuleSet")?.ipRules, [
        { action: "Allow", iPAddressOrRange: "203.0.113.7" },
      ]);
      assert.equal(account.outputs.enableHttpsTrafficOnly, true);
    });

    it("comes with its blob service, which is changed and not made", async () => {
      await make();
      const inputs = { resourceGroupName: archiveGroup, accountName: "starchive", blobServicesName: "default" };
      const blobs = await landscape.add("storage:BlobServiceProperties", "blobs", {
        ...inputs,
        isVersioningEnabled: true,
      });
      assert.equal(blobs.outputs.isVersioningEnabled, true);
      await assert.rejects(blobs.update({ ...inputs, isVersioningEnabled: false }), /VersioningCannotBeDisabled/);
    });

    it("has a name that nobody else has, in any resource group or subscription", async () => {
      await make();
      await landscape.resourceGroup("rg-other");
      await assert.rejects(
        landscape.add("storage:StorageAccount", "again", accountInputs({ resourceGroupName: "rg-other" })),
        /StorageAccountInAnotherResourceGroup/,
      );
      await assert.rejects(make({ accountName: "Not-A-Name" }), /AccountNameInvalid/);
    });

    it("is born with an unlocked policy at best", async () => {
      await assert.rejects(make(policyOf(180, "Locked")), /InvalidStorageAccountImmutabilityPolicy/);
    });

    const changes: [what: string, steps: JsonObject[], refused?: RegExp][] = [
      ["may be extended and shortened while unlocked", [policyOf(400, "Unlocked"), policyOf(30, "Unlocked")]],
      ["may be locked once it stands unlocked, and then extended", [policyOf(180, "Locked"), policyOf(400, "Locked")]],
      ["is not shortened once locked", [policyOf(180, "Locked"), policyOf(179, "Locked")], /only allows the increase/],
      ["is not unlocked", [policyOf(180, "Locked"), policyOf(180, "Unlocked")], /cannot be reverted/],
      ["is not disabled once locked", [policyOf(180, "Locked"), policyOf(180, "Disabled")], /cannot be reverted/],
      ["is not locked from Disabled", [policyOf(180, "Disabled"), policyOf(180, "Locked")], /Unlocked state/],
      [
        "keeps whether blobs may be appended to, once locked",
        [policyOf(180, "Locked"), policyOf(180, "Locked", { allowProtectedAppendWrites: true })],
        /allowProtectedAppendWrites/,
      ],
      [
        "is not taken away with the immutability itself",
        [{ immutableStorageWithVersioning: { enabled: false } }],
        /only be enabled when the storage account is created/,
      ],
    ];
    for (const [what, steps, refused] of changes)
      it(`whose policy ${what}`, async () => {
        const account = await make();
        const last = steps.at(-1) ?? {};
        for (const step of refused === undefined ? steps : steps.slice(0, -1))
          await account.update(accountInputs(step));
        if (refused !== undefined) await assert.rejects(account.update(accountInputs(last)), refused);
      });

    it("keeps what is fixed at creation, and converts between zones and none on request only", async () => {
      const account = await make();
      const fixed: readonly JsonObject[] = [
        { kind: "BlobStorage" },
        { isHnsEnabled: true },
        { sku: { name: "Standard_LRS" } },
        { encryption: { requireInfrastructureEncryption: true } },
      ];
      for (const change of fixed)
        await assert.rejects(account.update(accountInputs(change)), /PropertyChangeNotAllowed/);
      await account.update(accountInputs({ sku: { name: "Standard_GZRS" } }));
    });

    it("lets in a subnet only where that has the service endpoint, and no private address", async () => {
      await landscape.resourceGroup();
      const { subnet } = await landscape.network();
      const rules = { virtualNetworkRules: [{ virtualNetworkResourceId: subnet.id }] };
      const account = accountInputs({ networkRuleSet: { defaultAction: "Deny", ...rules } });
      await assert.rejects(
        landscape.add("storage:StorageAccount", "starchive", account),
        /NetworkAclsValidationFailure.*SubnetsHaveNoServiceEndpointsConfigured/,
      );
      await subnet.update({ ...subnet.inputs, serviceEndpoints: [{ service: "Microsoft.Storage" }] });
      await landscape.add("storage:StorageAccount", "starchive", account);
      for (const value of ["10.1.2.3", "203.0.113.7/32"])
        await assert.rejects(
          make({
            accountName: "stother",
            networkRuleSet: { defaultAction: "Deny", ipRules: [{ iPAddressOrRange: value }] },
          }),
          /NetworkAclsValidationFailure/,
        );
    });
  });

  it("a storage account forgets a subnet that is deleted, and does not know one that is made again under its name", async () => {
    await landscape.resourceGroup(archiveGroup);
    await landscape.resourceGroup();
    const { subnet } = await landscape.network();
    const ready = { ...subnet.inputs, serviceEndpoints: [{ service: "Microsoft.Storage" }] };
    await subnet.update(ready);
    const rules = { defaultAction: "Deny", virtualNetworkRules: [{ virtualNetworkResourceId: subnet.id }] };
    const account = await landscape.add("storage:StorageAccount", "st", accountInputs({ networkRuleSet: rules }));
    const known = (): number =>
      objectsAt(bodyOf(azure, account.id), "properties.networkAcls.virtualNetworkRules").length;
    assert.equal(known(), 1);
    await subnet.delete();
    await landscape.add("network:Subnet", "again", ready);
    assert.equal(known(), 0);
  });

  async function whole() {
    const { vm, vnet, subnet } = await landscape.server();
    return { vm, ...(await archiveLandscape(landscape, vm, vnet, subnet.id)) };
  }

  it("neither a container with collections nor its account nor its group can be deleted", async () => {
    const { vm, account, container, group, principalId } = await whole();
    assert.ok(principalId);
    const subnet = landscape.parts.get("servers");
    await subnet?.update({ ...subnet.inputs, serviceEndpoints: [{ service: "Microsoft.Storage" }] });
    await account.update(
      accountInputs({
        networkRuleSet: {
          defaultAction: "Deny",
          virtualNetworkRules: [{ virtualNetworkResourceId: String(subnet?.id) }],
        },
      }),
    );
    const token = JSON.parse((await azure.provider.blobs.token(vm.id)).body).access_token;
    const answer = await azure.provider.blobs.put({
      url: "https://starchive.blob.core.windows.net/configuration/chain/host/1.zip",
      headers: {
        authorization: `Bearer ${token}`,
        "x-ms-version": "2021-08-06",
        "x-ms-blob-type": "BlockBlob",
        "content-length": "1",
        "if-none-match": "*",
      },
      body: Buffer.from("x"),
    });
    assert.equal(answer.status, 201, answer.body);
    await assert.rejects(container.delete(), /holds blobs/);
    await assert.rejects(account.delete(), /cannot be deleted/);
    await assert.rejects(group.delete(), /ResourceGroupDeletionBlocked/);
  });

  describe("rights", () => {
    it("need a principal that is there, a role that is there, and are given once", async () => {
      const { container, role, principalId } = await whole();
      const assign = (change: JsonObject) =>
        new Resource(azure, "azure-native:authorization:RoleAssignment", "another").create({
          scope: container.id,
          roleAssignmentName: "33333333-3333-3333-3333-333333333333",
          roleDefinitionId: role.id,
          principalId,
          principalType: "ServicePrincipal",
          ...change,
        });
      await assert.rejects(assign({ principalId: "99999999-9999-9999-9999-999999999999" }), /PrincipalNotFound/);
      await assert.rejects(assign({}), /RoleAssignmentExists/);
      await assert.rejects(
        assign({
          roleDefinitionId:
            "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/44444444-4444-4444-4444-444444444444",
        }),
        /RoleDefinitionDoesNotExist/,
      );
    });

    it("do not go to another principal under their name", async () => {
      const { assignment } = await whole();
      await assert.rejects(
        assignment.update({ ...assignment.inputs, principalId: "99999999-9999-9999-9999-999999999999" }),
        /RoleAssignmentUpdateNotPermitted/,
      );
    });

    it("keep their role, whose name nobody else has and whose scopes hold", async () => {
      const { role, group, assignment } = await whole();
      await assert.rejects(role.delete(), /RoleDefinitionHasAssignments/);
      const other = (change: JsonObject) =>
        new Resource(azure, "azure-native:authorization:RoleDefinition", "other").create(
          roleInputs(group.id, { roleDefinitionId: "55555555-5555-5555-5555-555555555555", ...change }),
        );
      await assert.rejects(other({}), /RoleDefinitionWithSameNameExists/);
      await assert.rejects(
        other({ roleName: "another", assignableScopes: ["/subscriptions/x"] }),
        /LinkedInvalidPropertyId/,
      );
      const read = await invoke(azure, "azure-native:authorization:getRoleDefinition", {
        scope: group.id,
        roleDefinitionId: String(role.inputs.roleDefinitionId),
      });
      assert.equal(read.roleType, "CustomRole");
      await assignment.delete();
      await role.delete();
    });

    it("stay under a lock on the group", async () => {
      const { assignment } = await whole();
      await landscape.add("authorization:ManagementLockAtResourceGroupLevel", "lock", {
        resourceGroupName: archiveGroup,
        lockName: "lock",
        level: "CanNotDelete",
      });
      await assert.rejects(assignment.delete(), /ScopeLocked/);
    });
  });

  describe("a private endpoint", () => {
    it("takes an address of its subnet, which the subnet then does not lose", async () => {
      const { endpoint } = await whole();
      const subnet = landscape.parts.get("servers");
      await assert.rejects(landscape.nic("late", String(subnet?.id), "10.40.0.250"), /PrivateIPAddressIsAllocated/);
      await endpoint.delete();
      await landscape.nic("late", String(subnet?.id), "10.40.0.250");
    });

    it("keeps its address, and leads to something that is there", async () => {
      const { endpoint } = await whole();
      const moved = [{ name: "blob", groupId: "blob", memberName: "blob", privateIPAddress: "10.40.0.251" }];
      await assert.rejects(endpoint.update({ ...endpoint.inputs, ipConfigurations: moved }), /cannot be changed/);
      const nowhere = [{ name: "archive", privateLinkServiceId: `${endpoint.id}x`, groupIds: ["blob"] }];
      await assert.rejects(
        endpoint.update({ ...endpoint.inputs, privateLinkServiceConnections: nowhere }),
        /InvalidResourceReference/,
      );
    });

    it("has a zone that is global and keeps its links", async () => {
      const { zone, link } = await whole();
      await assert.rejects(zone.delete(), /nested resources/);
      await link.delete();
      await zone.delete();
    });
  });

  it("a lifecycle policy has no archive tier where the account spans zones", async () => {
    await whole();
    const lifecycle = landscape.parts.get("lifecycle");
    const archive = {
      rules: [
        {
          name: "old",
          enabled: true,
          type: "Lifecycle",
          definition: { actions: { baseBlob: { tierToArchive: { daysAfterCreationGreaterThan: 90 } } } },
        },
      ],
    };
    await assert.rejects(Promise.resolve(lifecycle?.update({ ...lifecycle.inputs, policy: archive })), /archive tier/);
  });
});
