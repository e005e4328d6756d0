import type { Cases } from "./cases";
import { digest, machineInputs, replaced, step, vm, vmUrn, withValue } from "./previews";

const accountType = "azure-native:storage:StorageAccount";
const containerType = "azure-native:storage:BlobContainer";
const definitionType = "azure-native:authorization:RoleDefinition";
const assignmentType = "azure-native:authorization:RoleAssignment";
const add = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action";
const containerId =
  "/subscriptions/s/resourceGroups/rg-archive/providers/Microsoft.Storage/storageAccounts/st/blobServices/default/containers/c";
const principalId = "22222222-2222-2222-2222-222222222222";
const roleOf = (guid: string): string => `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
const [ours, contributor] = ["11111111-1111-1111-1111-111111111111", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"];

const account = {
  accountName: "st",
  resourceGroupName: "rg-archive",
  allowSharedKeyAccess: false,
  allowBlobPublicAccess: false,
  publicNetworkAccess: "Disabled",
  networkRuleSet: { bypass: "None", defaultAction: "Deny" },
  immutableStorageWithVersioning: {
    enabled: true,
    immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: 180, state: "Unlocked" },
  },
};
const policy = "immutableStorageWithVersioning.immutabilityPolicy";
const accountWith = (path: string, value: unknown) =>
  digest(step(accountType, "st", { old: account, new: withValue(account, path, value) }));
const container = { accountName: "st", containerName: "c", publicAccess: "None" };
const role = (...dataActions: string[]) => ({ roleDefinitionId: ours, permissions: [{ actions: [], dataActions }] });
const standing = vm({ op: "same", old: machineInputs, state: { outputs: { identity: { principalId } } } });
const right = (guid: string, name = "right") =>
  step(assignmentType, name, { new: { scope: containerId, principalId, roleDefinitionId: roleOf(guid) } });
const retained = { retainOnDelete: true };

export const archiveCases: Cases = {
  "archive-lost": {
    raises: [
      { name: "an immutable account deleted", preview: digest(step(accountType, "st", { old: account })) },
      {
        name: "an immutable account replaced, retained or not",
        preview: digest(
          replaced(accountType, "st", {
            old: account,
            new: withValue(account, `${policy}.immutabilityPeriodSinceCreationInDays`, 400),
            state: retained,
          }),
        ),
      },
      {
        name: "a container of it deleted",
        preview: digest(
          step(accountType, "st", { op: "same", old: account }),
          step(containerType, "c", { old: container }),
        ),
      },
      {
        name: "our own container deleted, whatever is seen of its account",
        preview: digest(step(containerType, "aadc-archive-container", { old: container })),
      },
      {
        name: "its resource group deleted, itself retained",
        preview: digest(
          step(accountType, "st", { old: account, state: retained }),
          step("azure-native:resources:ResourceGroup", "rg", { old: { resourceGroupName: "rg-archive" } }),
        ),
      },
    ],
    silent: [
      { name: "retained", preview: digest(step(accountType, "st", { old: account, state: retained })) },
      {
        name: "an account that keeps nothing",
        preview: digest(
          step(accountType, "st", { old: withValue(account, "immutableStorageWithVersioning", undefined) }),
        ),
      },
      { name: "another retention", preview: accountWith(`${policy}.immutabilityPeriodSinceCreationInDays`, 400) },
    ],
  },
  "archive-unmanaged": {
    raises: [
      {
        name: "an account retained while a server stays",
        preview: digest(standing, step(accountType, "st", { old: account, state: retained })),
      },
    ],
    silent: [
      {
        name: "its server goes too",
        preview: digest(vm({ op: "delete" }), step(accountType, "st", { old: account, state: retained })),
      },
    ],
  },
  "archive-retained": {
    raises: [
      {
        name: "its server goes too",
        preview: digest(vm({ op: "delete" }), step(accountType, "st", { old: account, state: retained })),
      },
    ],
    silent: [{ name: "deleted", preview: digest(step(accountType, "st", { old: account })) }],
  },
  "immutability-locked": {
    raises: [{ name: "of an account", preview: accountWith(`${policy}.state`, "Locked") }],
    silent: [
      { name: "another period", preview: accountWith(`${policy}.immutabilityPeriodSinceCreationInDays`, 400) },
      {
        name: "locked already",
        preview: digest(
          step(accountType, "st", {
            old: withValue(account, `${policy}.state`, "Locked"),
            new: withValue(withValue(account, `${policy}.state`, "Locked"), "tags", { a: "b" }),
          }),
        ),
      },
    ],
  },
  "storage-opened": {
    raises: [
      { name: "shared keys", preview: accountWith("allowSharedKeyAccess", true) },
      { name: "shared keys, no longer written", preview: accountWith("allowSharedKeyAccess", undefined) },
      { name: "public blobs", preview: accountWith("allowBlobPublicAccess", true) },
      { name: "the public door", preview: accountWith("publicNetworkAccess", "Enabled") },
      { name: "no rule any more", preview: accountWith("networkRuleSet.defaultAction", "Allow") },
      { name: "a bypass", preview: accountWith("networkRuleSet.bypass", "AzureServices") },
      { name: "local users", preview: accountWith("isLocalUserEnabled", true) },
      {
        name: "a container for everybody",
        preview: digest(step(containerType, "c", { old: container, new: { ...container, publicAccess: "Blob" } })),
      },
    ],
    silent: [
      {
        name: "closed further",
        preview: digest(step(accountType, "st", { old: { ...account, allowSharedKeyAccess: true }, new: account })),
      },
      { name: "a tag", preview: accountWith("tags", { a: "b" }) },
    ],
  },
  "archive-right-wider": {
    raises: [
      {
        name: "the role learns to read",
        preview: digest(
          step(definitionType, "role", { old: role(add), new: role(add, add.replace("add/action", "read")) }),
        ),
      },
      { name: "a machine becomes contributor", preview: digest(standing, right(contributor)) },
      {
        name: "a machine that is still to be made becomes contributor",
        preview: digest(
          vm({ op: "create", new: machineInputs }),
          step(assignmentType, "right", {
            new: { scope: containerId, roleDefinitionId: roleOf(contributor) },
            state: { dependencies: [vmUrn] },
          }),
        ),
      },
    ],
    silent: [
      {
        name: "a role of more",
        preview: digest(step(definitionType, "role", { old: role(add, `${add}x`), new: role(add) })),
      },
      {
        name: "a machine may add",
        preview: digest(standing, step(definitionType, "role", { op: "same", old: role(add) }), right(ours)),
      },
      {
        name: "by the role that the settings name",
        preview: digest(standing, right(contributor, "aadc-g1-archive-assignment")),
      },
      {
        name: "a person becomes contributor",
        preview: digest(
          standing,
          step(assignmentType, "right", {
            new: { scope: containerId, principalId: ours, roleDefinitionId: roleOf(contributor) },
          }),
        ),
      },
    ],
  },
};
