import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { build, find } from "../support/passiveServerFixture";
import { text } from "../support/recordedResources";

describe("existing things", () => {
  const subnet =
    "/subscriptions/sub/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub/subnets/identity";
  const vault = "/subscriptions/sub/resourceGroups/rg-backup/providers/Microsoft.RecoveryServices/vaults/rsv-central";

  it("are taken as outputs of other resources: subnet, resource group, vault with policy", async () => {
    const { registrations } = await build({
      args: (args) => ({
        ...args,
        resourceGroupName: pulumi.output("rg-identity"),
        network: { ...args.network, addressSpace: undefined, existingSubnetId: pulumi.output(subnet) },
        backup: { vaultId: pulumi.output(vault), policyId: pulumi.output(`${vault}/backupPolicies/daily`) },
      }),
    });
    const types = new Set(registrations.map((each) => each.type));
    for (const type of ["resources:ResourceGroup", "network:VirtualNetwork", "recoveryservices:Vault"])
      assert.ok(!types.has(`azure-native:${type}`), type);
    assert.match(text(find(registrations, "aadc-stg-g1-nic").inputs), /subnets\/identity/);
    assert.equal(find(registrations, "aadc-stg-g1-vm").inputs.resourceGroupName, "rg-identity");
    const item = find(registrations, "aadc-stg-backup-g1-item").inputs;
    assert.equal(item.resourceGroupName, "rg-backup");
    assert.equal(item.vaultName, "rsv-central");
    assert.equal(item.protectedItemName, "VM;iaasvmcontainerv2;rg-identity;aadc-stg-g1");
  });

  it("addresses of SQL Server, update server and ways out of the user's own reach the security group and the test from inside", async () => {
    const { registrations } = await build({
      args: (args) => {
        const { "1": block } = args.generations;
        assert.ok(block);
        const database = {
          kind: "sqlServer",
          server: "sql01.corp.contoso.com",
          addresses: pulumi.output(["10.40.8.30"]),
        };
        const connect = { ...block.connect, database, serviceAccount: { kind: "managed", name: "CORP\\gmsa$" } };
        return {
          ...args,
          generations: { "1": { ...block, connect } },
          network: {
            ...args.network,
            wsus: { address: pulumi.output("10.40.8.8"), port: 8530 },
            extraOutbound: [
              {
                name: "vault",
                addresses: [pulumi.output("10.40.8.23")],
                ports: ["8200"],
                reason: "The password vault",
              },
            ],
          },
        };
      },
    });
    const named = (name: string) => registrations.find((each) => each.name.endsWith(name))?.inputs ?? {};
    const rules = named("-g1-nsg").securityRules as { name: string; destinationAddressPrefixes?: string[] }[];
    const opened = (name: string) => rules.find((rule) => rule.name === name)?.destinationAddressPrefixes;
    assert.deepEqual(["out-sql-server-tcp", "out-update-server-tcp", "out-vault-tcp"].map(opened), [
      ["10.40.8.30"],
      ["10.40.8.8"],
      ["10.40.8.23"],
    ]);
    const asked = String(named("-g1-prerequisites").stdin);
    for (const target of ["sql01.corp.contoso.com", "10.40.8.8", "10.40.8.23"])
      assert.ok(asked.includes(target), target);
  });

  it("a proxy that the settings name and the server does not stops it before the wizard", async () => {
    const proxied = build({
      args: (args) => ({
        ...args,
        network: { ...args.network, proxy: { host: "proxy.corp.contoso.com", port: 8080 } },
      }),
    });
    await assert.rejects(proxied, /goes out through proxy\.corp\.contoso\.com:8080, and \.NET on it has no\s+proxy/);
  });

  it("a workspace gets the diagnostics of our vault", async () => {
    const workspace =
      "/subscriptions/00000000-0000-4000-8000-0000000000a1/resourceGroups/rg-log/providers/Microsoft.OperationalInsights/workspaces/log";
    const { registrations } = await build({
      args: (args) => ({ ...args, logAnalyticsWorkspaceId: pulumi.output(workspace) }),
    });
    assert.equal(find(registrations, "aadc-stg-backup-diagnostics").inputs.workspaceId, workspace);
  });

  it("a wrong value that only another resource could give is refused all the same", async () => {
    await assert.rejects(
      build({ args: (args) => ({ ...args, network: { ...args.network, existingSubnetId: pulumi.output("vnet1") } }) }),
      /network\.existingSubnetId/,
    );
  });
});
