import assert from "node:assert/strict";
import { judgePosture } from "../../../review/posture/rules/table";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const native = (name: string) => `azure-native:${name}`;

/** As a policy sees it: whatever is called like a secret is one of Pulumi's. */
function judged(type: string, inputs: Readonly<Record<string, unknown>>, name = "x") {
  return judgePosture({ type, name, inputs, shown: {} }).map(
    ({ rule, answer, path }) => `${rule.code} ${answer} ${path}`,
  );
}

const goodMachine = {
  securityProfile: {
    securityType: "TrustedLaunch",
    encryptionAtHost: true,
    uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
  },
};
const remote = "command:remote:Command";
const connection = { host: "10.0.0.4", hostKey: "ssh-ed25519 AAAA", privateKey: "x" };

describe("posture rules on one resource", () => {
  it("say nothing about what is not their business", () => {
    assert.deepEqual(judged("aws:s3/bucket:Bucket", { password: "x" }), []);
    assert.deepEqual(judged("azure-native:network:PublicIPAddress", {}), []);
  });

  describe("a machine", () => {
    const type = native("compute:VirtualMachine");
    it("with everything on is fine, in every spelling of its type", () => {
      for (const each of [
        type,
        "azure-native:compute/v20241101:VirtualMachine",
        "azure-native_compute_v20241101:compute:VirtualMachine",
      ])
        assert.deepEqual(judged(each, goodMachine), [], each);
      assert.deepEqual(
        judged("azure:compute/windowsVirtualMachine:WindowsVirtualMachine", {
          secureBootEnabled: true,
          vtpmEnabled: true,
          encryptionAtHostEnabled: true,
        }),
        [],
      );
    });
    it("without anything is told each missing part by its path", () => {
      assert.deepEqual(judged(type, {}), [
        "trusted-launch-off bad securityProfile.securityType",
        "trusted-launch-off bad securityProfile.uefiSettings.secureBootEnabled",
        "trusted-launch-off bad securityProfile.uefiSettings.vTpmEnabled",
        "encryption-at-host-off bad securityProfile.encryptionAtHost",
      ]);
      assert.deepEqual(judged("azure:compute/linuxVirtualMachine:LinuxVirtualMachine", {}), [
        "trusted-launch-off bad secureBootEnabled",
        "trusted-launch-off bad vtpmEnabled",
        "encryption-at-host-off bad encryptionAtHostEnabled",
      ]);
    });
    it("of which nothing is known yet is neither good nor bad", () => {
      assert.ok(judged(type, { securityProfile: unknown }).every((line) => line.includes(" unknown ")));
    });
  });

  describe("public addresses", () => {
    const type = native("network:NetworkInterface");
    it("at an interface, even while the address itself is not known yet", () => {
      assert.deepEqual(judged(type, { ipConfigurations: [{ name: "a" }] }), []);
      assert.deepEqual(judged(type, { ipConfigurations: [{ name: "a" }, { publicIPAddress: { id: unknown } }] }), [
        "public-address bad ipConfigurations[1].publicIPAddress",
      ]);
      assert.deepEqual(
        judged("azure:network/networkInterface:NetworkInterface", {
          ipConfigurations: [{ publicIpAddressId: "/x" }, { publicIpAddressId: unknown }],
        }),
        [
          "public-address bad ipConfigurations[0].publicIpAddressId",
          "public-address unknown ipConfigurations[1].publicIpAddressId",
        ],
      );
      assert.deepEqual(judged(type, { ipConfigurations: unknown }), ["public-address unknown ipConfigurations"]);
    });
    it("made by the machine itself, and by a load balancer that leads in, not by one that only leads out", () => {
      assert.ok(
        judged(native("compute:VirtualMachine"), {
          ...goodMachine,
          networkProfile: {
            networkInterfaceConfigurations: [{ ipConfigurations: [{ publicIPAddressConfiguration: { name: "p" } }] }],
          },
        }).includes(
          "public-address bad networkProfile.networkInterfaceConfigurations[0].ipConfigurations[0].publicIPAddressConfiguration",
        ),
      );
      const frontendIPConfigurations = [{ publicIPAddress: { id: "/x" } }];
      assert.deepEqual(judged(native("network:LoadBalancer"), { frontendIPConfigurations, outboundRules: [{}] }), []);
      assert.deepEqual(judged(native("network:LoadBalancer"), { frontendIPConfigurations, inboundNatRules: [{}] }), [
        "public-address bad frontendIPConfigurations[0].publicIPAddress",
      ]);
    });
  });

  describe("management ports", () => {
    const type = native("network:NetworkSecurityGroup");
    const rule = {
      name: "r",
      access: "Allow",
      direction: "Inbound",
      priority: 200,
      protocol: "Tcp",
      sourcePortRange: "*",
      destinationPortRange: "22",
      destinationAddressPrefix: "*",
    };
    const deny = {
      ...rule,
      access: "Deny",
      priority: 4096,
      protocol: "*",
      destinationPortRange: "*",
      sourceAddressPrefix: "*",
    };
    it("from named sources, with a deny behind them, are fine", () => {
      assert.deepEqual(
        judged(type, { securityRules: [{ ...rule, sourceAddressPrefixes: ["10.0.0.4", "203.0.113.7"] }, deny] }),
        [],
      );
      assert.deepEqual(judged(type, { securityRules: [] }), [], "rules that are resources are judged there");
    });
    it("are told with the rule that opens them", () => {
      assert.deepEqual(judged(type, { securityRules: [deny, { ...rule, sourceAddressPrefix: "Internet" }] }), [
        "management-from-internet bad securityRules[1]",
      ]);
      assert.deepEqual(judged(native("network:SecurityRule"), { ...rule, sourceAddressPrefix: "0.0.0.0/0" }), [
        "management-from-internet bad ",
        "management-from-everywhere-inside bad ",
      ]);
      assert.deepEqual(judged(type, { securityRules: [{ ...rule, sourceAddressPrefix: "10.0.0.0/8" }, deny] }), [
        "management-from-everywhere-inside bad securityRules[0]",
      ]);
    });
    it("are open to the whole network where nothing denies it", () => {
      assert.deepEqual(judged(type, { securityRules: [{ ...rule, sourceAddressPrefix: "10.0.0.4" }] }), [
        "management-from-everywhere-inside bad securityRules",
      ]);
    });
    it("from an application security group are from a named source; a source that is not known is neither", () => {
      assert.deepEqual(
        judged(type, {
          securityRules: [{ ...rule, sourceApplicationSecurityGroups: [{ id: "/subscriptions/a/asg" }] }, deny],
        }),
        [],
      );
      assert.deepEqual(judged(type, { securityRules: [{ ...rule, sourceAddressPrefix: unknown }, deny] }), [
        "management-from-internet unknown securityRules[0].sourceAddressPrefix",
        "management-from-everywhere-inside unknown securityRules[0].sourceAddressPrefix",
      ]);
    });
  });

  describe("vaults and backups", () => {
    it("soft delete", () => {
      const vault = (softDeleteSettings: unknown) =>
        judged(native("recoveryservices:Vault"), { properties: { securitySettings: { softDeleteSettings } } });
      assert.deepEqual(vault({ softDeleteState: "Enabled", softDeleteRetentionPeriodInDays: 14 }), []);
      assert.deepEqual(vault({ softDeleteState: "AlwaysON" }), []);
      assert.deepEqual(judged(native("recoveryservices:Vault"), {}), [], "Azure's default is on");
      assert.deepEqual(vault({ softDeleteState: "Disabled", softDeleteRetentionPeriodInDays: 7 }), [
        "vault-soft-delete-off bad properties.securitySettings.softDeleteSettings.softDeleteState",
        "vault-soft-delete-off bad properties.securitySettings.softDeleteSettings.softDeleteRetentionPeriodInDays",
      ]);
      assert.deepEqual(judged("azure:recoveryservices/vault:Vault", { softDeleteEnabled: false }), [
        "vault-soft-delete-off bad softDeleteEnabled",
      ]);
    });
    it("retention, in whatever unit it is written", () => {
      const policy = (count: unknown, durationType: unknown) =>
        judged(native("recoveryservices:ProtectionPolicy"), {
          properties: { retentionPolicy: { dailySchedule: { retentionDuration: { count, durationType } } } },
        });
      assert.deepEqual(policy(30, "Days"), []);
      assert.deepEqual(policy(1, "Weeks"), []);
      assert.deepEqual(policy(6, "Days"), [
        "backup-retention-short bad properties.retentionPolicy.dailySchedule.retentionDuration.count",
      ]);
      assert.deepEqual(policy(unknown, "Days"), [
        "backup-retention-short unknown properties.retentionPolicy.dailySchedule.retentionDuration.count",
      ]);
      assert.deepEqual(judged("azure:backup/policyVM:PolicyVM", { retentionDaily: { count: 3 } }), [
        "backup-retention-short bad retentionDaily.count",
      ]);
    });
    it("stopped protection, purge of keys, export of disks", () => {
      assert.deepEqual(
        judged(native("recoveryservices:ProtectedItem"), { properties: { protectionState: "ProtectionStopped" } }),
        ["backup-stopped bad properties.protectionState"],
      );
      assert.deepEqual(
        judged(
          native("recoveryservices:ProtectedItem"),
          { properties: { protectionState: "ProtectionStopped" } },
          "sync-backup-g1-item",
        ),
        [],
        "this library stops what it made only where no machine is left",
      );
      assert.deepEqual(judged(native("keyvault:Vault"), { properties: { enablePurgeProtection: true } }), []);
      assert.deepEqual(judged(native("keyvault:Vault"), { properties: {} }), [
        "key-vault-purge-possible bad properties.enablePurgeProtection",
      ]);
      assert.deepEqual(
        judged(native("compute:Disk"), { networkAccessPolicy: "DenyAll", publicNetworkAccess: "Disabled" }),
        [],
      );
      assert.deepEqual(judged(native("compute:Disk"), {}), [
        "disk-export-allowed bad networkAccessPolicy",
        "disk-export-allowed bad publicNetworkAccess",
      ]);
      assert.deepEqual(judged("azure:compute/snapshot:Snapshot", { networkAccessPolicy: "DenyAll" }), []);
    });
  });

  describe("commands", () => {
    const command = (create: unknown, more: Readonly<Record<string, unknown>> = {}) =>
      judged(remote, { connection, create, ...more });
    for (const text of [
      "tool --password Hunter2x",
      "tool --password=Hunter2x",
      "tool -Password 'Hunter 2'",
      "tool /password:Hunter2x",
      "PASSWORD=Hunter2x tool",
      "$env:DB_PASSWORD = 'Hunter2x'; tool",
      "ConvertTo-SecureString 'Hunter2x' -AsPlainText -Force",
      "net user operator Hunter2x /add",
      "curl -H 'Authorization: Bearer abcdefgh12345678' x",
      "git clone https://me:Hunter2x@host/r.git",
      "echo '-----BEGIN OPENSSH PRIVATE KEY-----'",
      "tool 'Server=a;Password=Hunter2x;'",
    ])
      it(`have a secret in: ${text.slice(0, 40)}`, () => {
        assert.deepEqual(command(text), ["inline-secret bad create"]);
        assert.deepEqual(judged("command:local:Command", { delete: text }), ["inline-secret bad delete"]);
      });
    for (const text of [
      "tool --password $PASSWORD",
      'tool --password "$PASSWORD"',
      "tool -Password $password -Force",
      "tool --password-file /run/secret",
      "PASSWORD=$(vault read x) tool",
      "$password = Read-Host -AsSecureString",
      "$password = Get-Secret -Name x",
      "net user operator /active:no",
      "net user",
      "set PASSWORD=%GIVEN% && tool",
      "Disable-ADSyncExportDeletionThreshold -Verbose",
      "tool --no-password --next",
      "echo password required",
    ])
      it(`have none in: ${text}`, () => {
        assert.deepEqual(command(text), []);
      });
    it("are read through in a script of any length", () => {
      const long = "A".repeat(300_000);
      assert.deepEqual(command(`tool -EncodedCommand ${long}`), []);
      assert.deepEqual(command(`${long} PASSWORD=Hunter2x`), ["inline-secret bad create"]);
    });
    it("on standard input are where they belong", () => {
      assert.deepEqual(command("tool", { stdin: "Hunter2x", environment: { A: "b" } }), []);
    });
    it("need the host's key, at every hop", () => {
      assert.deepEqual(judged(remote, { connection: { host: "a" } }), ["host-key-not-pinned bad connection.hostKey"]);
      assert.deepEqual(judged("command:remote:CopyToRemote", { connection: { ...connection, proxy: { host: "j" } } }), [
        "host-key-not-pinned bad connection.proxy.hostKey",
      ]);
      assert.deepEqual(judged(remote, { connection: unknown }), [
        "host-key-not-pinned unknown connection",
        "host-key-not-pinned unknown connection.proxy",
      ]);
      assert.deepEqual(
        judged(remote, { connection: "[secret]" }).filter((line) => line.includes(" bad ")),
        [],
      );
      assert.deepEqual(
        judged(remote, { connection: { host: "", port: 22, user: "root" } }),
        ["host-key-not-pinned unknown connection"],
        "what the plugin makes of a connection that is not known",
      );
      assert.deepEqual(
        judged(remote, { connection: { host: unknown } }),
        ["host-key-not-pinned bad connection.hostKey"],
        "the key is missing whatever the address will be",
      );
      assert.deepEqual(judged("command:local:Command", { create: "ssh -o StrictHostKeyChecking=no a" }), [
        "host-key-not-pinned bad create",
      ]);
    });
    it("Run Command and extensions: only protected parameters hide", () => {
      const type = native("compute:VirtualMachineRunCommandByVirtualMachine");
      const good = { treatFailureAsDeploymentFailure: true };
      assert.deepEqual(
        judged(type, {
          ...good,
          protectedParameters: [{ name: "Password", value: "x1" }],
          parameters: [{ name: "A", value: "b" }],
        }),
        [],
      );
      assert.deepEqual(
        judged(type, {
          ...good,
          parameters: [
            { name: "A", value: "b" },
            { name: "JoinPassword", value: "x1" },
          ],
        }),
        ["inline-secret bad parameters[1].value"],
      );
      assert.deepEqual(judged(type, { source: { script: "x" } }), [
        "run-command-failure-ignored bad treatFailureAsDeploymentFailure",
      ]);
      const extension = native("compute:VirtualMachineExtension");
      assert.deepEqual(judged(extension, { settings: { Name: "corp" }, protectedSettings: { Password: "x1" } }), []);
      assert.deepEqual(judged(extension, { settings: { Password: "x1" } }), ["inline-secret bad settings.Password"]);
      assert.deepEqual(judged(extension, { settings: { commandToExecute: "tool --password Hunter2x" } }), [
        "inline-secret bad settings.commandToExecute",
      ]);
      const customData = Buffer.from("$password = 'Hunter2x'").toString("base64");
      assert.deepEqual(judged(native("compute:VirtualMachine"), { ...goodMachine, osProfile: { customData } }), [
        "inline-secret bad osProfile.customData",
      ]);
    });
  });

  describe("secrets in plain text", () => {
    const type = "aws:s3/bucket:Bucket";
    const inputs = { tags: { apiKey: "Unmistakable-7" }, note: "x" };
    it("are told of any resource, by their path, where it is known what is hidden", () => {
      const told = (resource: object) =>
        judgePosture({ type, name: "x", inputs, ...resource }).map(({ rule, path }) => `${rule.code} ${path}`);
      assert.deepEqual(told({}), ["secret-in-plain-text tags.apiKey"]);
      assert.deepEqual(told({ shown: { tags: { apiKey: "[secret]" }, note: "x" } }), []);
    });
  });

  it("never tell a value", () => {
    const value = "Unmistakable-7";
    const found = judgePosture({
      type: remote,
      name: "x",
      inputs: { create: `tool --password ${value}`, connection: { host: value } },
    });
    assert.equal(found.length, 2);
    assert.ok(!JSON.stringify(found).includes(value));
  });
});
