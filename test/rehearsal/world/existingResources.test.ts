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
    {
      "azure-native:location": "another region",
      ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`entra-connect:${name}`, value])),
    },
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

  it("includes a route table and a Bastion, as far as the settings say what they must be like", () => {
    const table = `${group}/providers/Microsoft.Network/routeTables/t`;
    const bastion = `${group}/providers/Microsoft.Network/bastionHosts/b`;
    const seeds = (network: Record<string, unknown>) =>
      existing({
        network: { routeTableId: table, ...network },
        bastion: { existingId: bastion, subnetPrefix: "10.9.0.0/26" },
      });
    const bodyOf = (id: string, network = {}) => seeds(network).resources.find((each) => each.id === id)?.body;
    assert.match(JSON.stringify(bodyOf(table)), /0\.0\.0\.0\/0/);
    assert.doesNotMatch(JSON.stringify(bodyOf(table, { natGateway: true })), /0\.0\.0\.0\/0/);
    assert.match(JSON.stringify(bodyOf(bastion)), /"enableTunneling":true/);
    assert.ok(
      seeds({}).resources.some(
        ({ id, body }) => /AzureBastionSubnet$/.test(id) && /10\.9\.0\.0\/26/.test(JSON.stringify(body)),
      ),
    );
    const said = seeds({}).notRehearsed.join("\n");
    assert.match(said, /^network\.routeTableId:/m);
    assert.match(said, /^bastion\.existingId:/m);
  });

  it("names the hub whose owner is somebody else, with a gateway where the settings want to use one", () => {
    const network = { peerVirtualNetworkId: ids.hub };
    assert.equal(existing({ network }).hubId, ids.hub);
    assert.equal(existing({ network: { ...network, makeBothHalves: true } }).hubId, undefined);
    const gateways = (given: Record<string, unknown>) =>
      existing({ network: given }).resources.filter(({ id }) => /virtualNetworkGateways/.test(id)).length;
    assert.deepEqual([gateways(network), gateways({ ...network, useRemoteGateways: true })], [0, 1]);
  });

  it("gives the hub an address space that ours does not overlap, wherever SSH comes from", () => {
    const spaceOf = (managementSources: readonly string[]) =>
      existing({
        network: { addressSpace: "10.40.0.0/24", subnetPrefix: "10.40.0.0/27", peerVirtualNetworkId: ids.hub },
        access: { managementSources },
      }).resources.find(({ id }) => id === ids.hub)?.body.properties;
    assert.match(JSON.stringify(spaceOf(["10.9.0.0/24", "10.40.0.64/26"])), /"addressPrefixes":\["10\.9\.0\.0\/24"\]/);
    assert.doesNotMatch(JSON.stringify(spaceOf(["10.40.0.64/26"])), /10\.40\./);
    assert.match(JSON.stringify(spaceOf([])), /"addressPrefixes":\["[0-9.]+\/24"\]/);
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

  it("is there of an archive: an account that keeps what it is given, a zone, a role that adds, and a subnet's way to storage", () => {
    const account = `${group}/providers/Microsoft.Storage/storageAccounts/stcorp`;
    const zone = `${group}/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net`;
    const role =
      "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/11111111-1111-1111-1111-111111111111";
    const { resources } = existing({
      network: { existingSubnetId: ids.subnet, subnetPrefix: "10.1.0.0/27" },
      archive: { enabled: true, accountId: account, roleDefinitionId: role, privateEndpoint: { dnsZoneId: zone } },
    });
    const found = new Map(resources.map(({ id, body }) => [id, body]));
    for (const id of [account, `${account}/blobServices/default`, zone, role, group]) assert.ok(found.has(id), id);
    assert.equal(found.get(zone)?.location, "global");
    assert.match(JSON.stringify(found.get(ids.subnet)), /Microsoft\.Storage/);
    const behind = existing({
      network: { existingSubnetId: ids.subnet },
      archive: { enabled: true, reach: "privateEndpoint" },
    });
    assert.doesNotMatch(JSON.stringify(behind.resources), /Microsoft\.Storage/);
  });
});
