import assert from "node:assert/strict";
import { existingResources } from "../../../rehearsal/world/existingResources";

const group = "/subscriptions/s/resourceGroups/rg-shared";
const ids = {
  subnet: `${group}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/identity`,
  hub: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-hub`,
  vault: `${group}/providers/Microsoft.RecoveryServices/vaults/rsv`,
  policy: `${group}/providers/Microsoft.RecoveryServices/vaults/rsv/backupPolicies/daily`,
  workspace: `${group}/providers/Microsoft.OperationalInsights/workspaces/law`,
};

const existing = (settings: Record<string, unknown>) =>
  existingResources(
    Object.fromEntries(Object.entries(settings).map(([name, value]) => [`entra-connect:${name}`, value])),
    "mine",
  );

describe("what the settings say exists already", () => {
  it("is there: network, vault, policy, workspace and their groups, in the region of the settings", () => {
    const { resources, notRehearsed } = existing({
      location: "northeurope",
      resourceGroupName: "rg-identity",
      network: { existingSubnetId: ids.subnet, subnetPrefix: "10.1.0.0/27", peerVirtualNetworkId: ids.hub },
      access: { managementSources: ["10.9.0.0/24"] },
      backup: { vaultId: ids.vault, policyId: ids.policy },
      logAnalyticsWorkspaceId: ids.workspace,
    });
    const found = new Map(resources.map(({ id, body }) => [id, body]));
    assert.deepEqual(
      [...found.keys()].sort(),
      [
        "/subscriptions/mine/resourceGroups/rg-identity",
        group,
        ids.workspace,
        ids.vault,
        ids.policy,
        ids.hub,
        ids.subnet.replace("/subnets/identity", ""),
        ids.subnet,
      ].sort(),
    );
    for (const [id, body] of found)
      if (id !== ids.subnet && id !== ids.policy) assert.equal(body.location, "northeurope", id);
    for (const setting of [
      "resourceGroupName",
      "network.existingSubnetId",
      "network.peerVirtualNetworkId",
      "backup.vaultId",
      "backup.policyId",
      "logAnalyticsWorkspaceId",
    ])
      assert.ok(
        notRehearsed.some((line) => line.startsWith(`${setting}:`)),
        setting,
      );
  });

  it("is nothing where the settings name nothing", () => {
    assert.deepEqual(existing({ location: "westeurope", network: {}, backup: {} }), {
      resources: [],
      notRehearsed: [],
    });
  });

  it("leaves what is no id of its kind to the program, which refuses it", () => {
    for (const wrong of ["", "vnet-hub", ids.subnet, `${ids.workspace}/x/y`, "/subscriptions/…/virtualNetworks/…", "/"])
      assert.deepEqual(
        existing({
          resourceGroupName: group,
          network: { peerVirtualNetworkId: wrong, existingSubnetId: `${wrong}/` },
          backup: { vaultId: wrong, policyId: wrong },
          logAnalyticsWorkspaceId: wrong === `${ids.workspace}/x/y` ? wrong : `${wrong}?`,
        }).resources.map(({ id }) => id),
        [],
        wrong,
      );
  });
});
