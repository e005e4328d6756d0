import assert from "node:assert/strict";
import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import { Provider as CommandProvider } from "@pulumi/command/provider";
import {
  build,
  canaryPassword,
  dependsOn,
  find,
  healthyAnswers,
  jumpKey,
  loginKey,
  withSecond,
} from "../support/passiveServerFixture";
import { shortUrn, text } from "../support/recordedResources";

describe("a passive server's resources", () => {
  it("have names and types that are an interface: a change here is a replacement for users", async () => {
    const { registrations } = await build();
    assert.deepEqual(
      registrations
        .filter((each) => each.type !== "pulumi:pulumi:Stack")
        .map(shortUrn)
        .sort(),
      [
        "azure-native:compute:VirtualMachine::aadc-stg-g1-vm",
        "azure-native:compute:VirtualMachineRunCommandByVirtualMachine::aadc-stg-g1-enable-remote-access",
        "azure-native:network:NatGateway::aadc-stg-network-egress",
        "azure-native:network:NetworkInterface::aadc-stg-g1-nic",
        "azure-native:network:NetworkSecurityGroup::aadc-stg-g1-nsg",
        "azure-native:network:PublicIPAddress::aadc-stg-network-egress-address",
        "azure-native:network:Subnet::aadc-stg-network-subnet",
        "azure-native:network:VirtualNetwork::aadc-stg-network-vnet",
        "azure-native:recoveryservices:ProtectedItem::aadc-stg-backup-g1-item",
        "azure-native:recoveryservices:ProtectionPolicy::aadc-stg-backup-policy",
        "azure-native:recoveryservices:Vault::aadc-stg-backup-vault",
        "azure-native:resources:ResourceGroup::aadc-stg-backup-group",
        "azure-native:resources:ResourceGroup::aadc-stg-group",
        "command:remote:Command::aadc-stg-g1-await-wizard",
        "command:remote:Command::aadc-stg-g1-first-synchronization",
        "command:remote:Command::aadc-stg-g1-guard",
        "command:remote:Command::aadc-stg-g1-install-package",
        "command:remote:Command::aadc-stg-g1-prerequisites",
        "command:remote:Command::aadc-stg-g1-reach",
        "command:remote:Command::aadc-stg-g1-receive-settings-file",
        "command:remote:Command::aadc-stg-g1-switch-off-auto-upgrade",
        "command:remote:Command::aadc-stg-g1-verify-staging",
        "command:remote:CopyToRemote::aadc-stg-g1-installer",
        "command:remote:CopyToRemote::aadc-stg-g1-settings-file",
        "entra-connect:backup:Backup::aadc-stg-backup",
        "entra-connect:index:PassiveServer::aadc-stg",
        "entra-connect:network:Network::aadc-stg-network",
        "entra-connect:server:Generation::aadc-stg-g1",
        "pulumi:index:Stash::aadc-stg-ledger",
      ],
    );
  });

  it("begin with the ledger: no Azure resource is registered before it", async () => {
    const { registrations } = await build();
    const first = registrations.find((each) => each.custom);
    assert.equal(first?.name, "aadc-stg-ledger");
  });

  it("are all children of the component, at some depth", async () => {
    const { registrations } = await build();
    const byName = new Map(registrations.map((each) => [each.name, each]));
    for (const each of registrations.filter((one) => one.custom)) {
      let parent = each.parent;
      while (!parent.includes("entra-connect:index:PassiveServer::")) {
        const up = byName.get(parent.split("::").at(-1) ?? "");
        assert.ok(up, `${each.name} is an orphan: ${parent}`);
        parent = up.parent;
      }
    }
  });

  it("carry their generation in their names, the network's shared part and the backup excepted", async () => {
    const { registrations } = await build({ change: (written) => withSecond(written) });
    for (const generation of [1, 2]) {
      const vm = find(registrations, `aadc-stg-g${generation}-vm`);
      assert.equal(vm.inputs.vmName, `aadc-stg-g${generation}`);
      assert.equal((vm.inputs.osProfile as { computerName: string }).computerName, `aadc-stg-g${generation}`);
      const nsg = find(registrations, `aadc-stg-g${generation}-nsg`);
      assert.equal(nsg.inputs.networkSecurityGroupName, `aadc-stg-g${generation}-nsg`);
      assert.ok(dependsOn(registrations, `aadc-stg-g${generation}-nic`, `aadc-stg-g${generation}-nsg`));
      // `up --target` without the ledger makes no machine of which no memory is.
      assert.ok(dependsOn(registrations, `aadc-stg-g${generation}-vm`, "aadc-stg-ledger"));
    }
    assert.equal(registrations.filter((each) => each.type === "azure-native:recoveryservices:Vault").length, 1);
  });

  it("give two generations two alternating addresses", async () => {
    const { registrations } = await build({ change: (written) => withSecond(written) });
    const address = (generation: number): string => text(find(registrations, `aadc-stg-g${generation}-nic`).inputs);
    assert.match(address(1), /10\.40\.0\.10"/);
    assert.match(address(2), /10\.40\.0\.11"/);
  });

  it("keep what holds data when the server goes, and what Azure will not let go while a machine is off", async () => {
    const { registrations } = await build();
    assert.deepEqual(
      registrations
        .filter((each) => each.retainOnDelete)
        .map((each) => each.name)
        .sort(),
      [
        "aadc-stg-backup-g1-item",
        "aadc-stg-backup-group",
        "aadc-stg-backup-policy",
        "aadc-stg-backup-vault",
        "aadc-stg-g1-enable-remote-access",
      ],
    );
  });

  it("replace machine and guard only after the old one is gone, so that the guard is asked first", async () => {
    const { registrations } = await build();
    assert.deepEqual(
      registrations
        .filter((each) => each.deleteBeforeReplace)
        .map((each) => each.name)
        .sort(),
      ["aadc-stg-g1-guard", "aadc-stg-g1-vm"],
    );
  });

  it("take the component's tags down to the last child that can carry them", async () => {
    const { registrations } = await build({
      change: (written) => {
        written.tags = { owner: "identity" };
      },
    });
    const taggable =
      /:(ResourceGroup|VirtualMachine|VirtualMachineRunCommandByVirtualMachine|NetworkInterface|NetworkSecurityGroup|PublicIPAddress|NatGateway|VirtualNetwork|Vault)$/;
    const tagged = registrations.filter((each) => taggable.test(each.type));
    assert.equal(tagged.length, 10);
    for (const each of tagged) assert.equal((each.inputs.tags as { owner?: string })?.owner, "identity", each.name);
  });

  it("use the providers that the component is given", async () => {
    const { registrations } = await build({
      opts: () => ({ providers: [new AzureProvider("my-azure"), new CommandProvider("my-command")] }),
    });
    for (const each of registrations.filter((one) => one.custom && /^(azure-native|command):/.test(one.type)))
      assert.match(each.provider, /::my-(azure|command)::/, each.name);
  });

  it("are reached by a transformation of the component", async () => {
    const seen = new Set<string>();
    const { registrations } = await build({
      opts: () => ({
        transformations: [
          ({ name, props, opts }) => {
            seen.add(name);
            return { props, opts };
          },
        ],
      }),
    });
    const missed = registrations.filter((each) => each.type !== "pulumi:pulumi:Stack" && !seen.has(each.name));
    assert.deepEqual(
      missed.map((each) => each.name),
      [],
    );
  });

  it("register the component's inputs, without secrets and without contents", async () => {
    const { registrations } = await build();
    const { inputs } = find(registrations, "aadc-stg");
    assert.equal(inputs.location, "westeurope");
    assert.match(text(inputs), /"sha256":/);
    for (const secret of [
      canaryPassword,
      loginKey.split("\n")[2] ?? "",
      jumpKey.split("\n")[2] ?? "",
      "policyMetadata",
    ])
      assert.ok(!text(inputs).includes(secret));
  });
});

describe("an answer that blocks", () => {
  it("is judged where it arises: the step after it is never registered", async () => {
    const reach = JSON.parse(healthyAnswers["-reach"] ?? "{}");
    reach.operatingSystem.installationType = "Server Core";
    await assert.rejects(build({ answers: { "-reach": JSON.stringify(reach) } }), /blocked after reach/);
  });
});

describe("the verdict", () => {
  it("is ok for a healthy server", async () => {
    const { verdict, findings } = await build();
    assert.equal(verdict, "ok");
    assert.deepEqual(
      findings.map((each) => each.code),
      ["import-gaps-unseen", "staging-proven", "release-table", "identity"],
    );
  });
});
