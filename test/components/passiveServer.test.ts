import assert from "node:assert/strict";
import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import { Provider as CommandProvider } from "@pulumi/command/provider";
import * as pulumi from "@pulumi/pulumi";
import type { Ledger } from "../../components/memory/ledger";
import { makeKeyPair } from "../../rehearsal/world/keys";
import { standardInputCommandLine } from "../../scripts/assemble";
import { healthyServer } from "../support/healthyServer";
import {
  build,
  canaryPassword,
  find,
  healthyAnswers,
  jumpKey,
  loginKey,
  provenState,
  type State,
  vmId,
  withSecond,
} from "../support/passiveServerFixture";
import { isSecret, type Registration, unwrapped } from "../support/recordedResources";
import type { Written } from "../support/settingsFixture";

const jumpHostKey = makeKeyPair("jump").publicKey.trim();
const text = (value: unknown): string => JSON.stringify(unwrapped(value) ?? null);
const shortUrn = ({ type, name }: Registration): string => `${type}::${name}`;
const dependsOn = (all: readonly Registration[], name: string, on: string): boolean =>
  find(all, name).dependencies.some((urn) => urn.endsWith(`::${on}`));

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

describe("the retirement guard", () => {
  it("has a delete and nothing else to run, so that it connects only when something is to be deleted", async () => {
    const guard = find((await build()).registrations, "aadc-stg-g1-guard");
    assert.equal(guard.inputs.create, undefined);
    assert.equal(guard.inputs.update, undefined);
    assert.equal(guard.inputs.delete, standardInputCommandLine, "the one constant line");
    assert.equal(guard.inputs.logging, "none");
    assert.equal(guard.inputs.addPreviousOutputInEnv, false);
    assert.deepEqual(unwrapped(guard.inputs.triggers), [vmId]);
  });

  it("is self-contained: the whole script with this machine's name and identity is in the state", async () => {
    const guard = find((await build()).registrations, "aadc-stg-g1-guard");
    const stdin = String(unwrapped(guard.inputs.stdin));
    assert.match(stdin, /# entra-connect script: retire/);
    assert.match(stdin, /"computerName":"aadc-stg-g1"/);
    assert.match(stdin, new RegExp(`"vmId":"${vmId}"`));
  });

  it("depends on every Azure resource of its set, the shared network included", async () => {
    const { registrations } = await build();
    const guard = find(registrations, "aadc-stg-g1-guard");
    const mustBeGuarded = registrations.filter(
      (each) => /^azure-native:(compute|network|resources)/.test(each.type) && !each.name.includes("-backup-"),
    );
    assert.equal(mustBeGuarded.length, 9);
    for (const each of mustBeGuarded)
      assert.ok(
        guard.dependencies.some((urn) => urn.endsWith(`::${each.name}`)),
        `${each.name} could go before the guard is asked`,
      );
  });

  it("comes before everything that is done on the server, and nothing else there has a delete", async () => {
    const { registrations } = await build();
    const commands = registrations.filter(
      (each) => each.type.startsWith("command:") && each.name !== "aadc-stg-g1-guard",
    );
    assert.equal(commands.length, 10);
    const reaches = (name: string): boolean =>
      find(registrations, name).dependencies.some((urn) => {
        const dependency = urn.split("::").at(-1) ?? "";
        return (
          dependency === "aadc-stg-g1-guard" ||
          (registrations.some((one) => one.name === dependency) && reaches(dependency))
        );
      });
    for (const each of commands) {
      assert.equal(each.inputs.delete, undefined, each.name);
      assert.ok(reaches(each.name), `${each.name} does not wait for the guard`);
    }
  });

  it("carries an exception with its machine and its end, and still asks", async () => {
    const exception = { kind: "retireUnproven", reason: "change CHG-4711, agreed", until: "2099-12-31", vmId };
    const written = (each: Written): void => {
      (each.generations["1"] as Record<string, unknown>).exceptions = [exception];
    };
    const guard = find((await build({ change: written, state: provenState() })).registrations, "aadc-stg-g1-guard");
    assert.match(String(unwrapped(guard.inputs.stdin)), /"until":"2099-12-31","vmId":"3f1c0b52/);
    assert.ok(guard.inputs.delete);
  });

  it("of a server that is gone and declared lost does not ask", async () => {
    const { registrations, findings } = await build({
      change: (written) => {
        (written.generations["1"] as Record<string, unknown>).role = "lost";
      },
      state: provenState(),
      machine: () => ({ vmId: "another-machine" }),
    });
    assert.equal(find(registrations, "aadc-stg-g1-guard").inputs.delete, undefined);
    assert.ok(findings.some((each) => each.code === "declared-lost"));
  });
});

describe("a generation that is declared active", () => {
  const active = (written: Written): void => {
    withSecond(written);
    (written.generations["1"] as Record<string, unknown>).role = "active";
  };
  const beside = { change: active, state: provenState(active, [1]) };

  it("ignores every change and is protected, its interface and security group included", async () => {
    const { registrations } = await build(beside);
    for (const name of ["vm", "nic", "nsg", "enable-remote-access"]) {
      const each = find(registrations, `aadc-stg-g1-${name}`);
      assert.ok(each.ignoreChanges.includes("*"), name);
      assert.equal(each.protect, true, name);
    }
  });

  it("gets no backup while it is active, since Azure would install something on it; one that it has is kept", async () => {
    const item = async (state: State): Promise<boolean> =>
      (await build({ ...beside, state })).registrations.some(({ name }) => name === "aadc-stg-backup-g1-item");
    assert.equal(await item(beside.state), false);
    const urn = "urn:pulumi:test::entra-connect::entra-connect:index:PassiveServer$entra-connect:backup:Backup";
    const type = "azure-native:recoveryservices:ProtectedItem";
    const held = { [`${urn}$${type}::aadc-stg-backup-g1-item`]: { type, outputs: { properties: {} } } };
    assert.equal(await item({ ...beside.state, ...held }), true);
  });

  it("has no command left to run, and follows no change that would connect to it", async () => {
    const { registrations } = await build(beside);
    const mine = registrations.filter((each) => each.name.startsWith("aadc-stg-g1-"));
    const commands = mine.filter((each) => each.type === "command:remote:Command" && !each.name.endsWith("-guard"));
    assert.equal(commands.length, 8);
    for (const each of commands) {
      assert.equal(each.inputs.create, undefined, each.name);
      assert.equal(each.inputs.update, undefined, each.name);
      assert.ok(each.ignoreChanges.includes("*"), each.name);
    }
    assert.deepEqual(
      mine.filter((one) => one.type === "command:remote:CopyToRemote").map((each) => each.name),
      [],
      "a copy would connect",
    );
  });

  it("shares a network that nothing changes either", async () => {
    const { registrations } = await build(beside);
    for (const name of ["vnet", "subnet", "egress", "egress-address"])
      assert.ok(find(registrations, `aadc-stg-network-${name}`).ignoreChanges.includes("*"), name);
  });

  it("leaves the other generation acting", async () => {
    const { registrations } = await build(beside);
    assert.ok(find(registrations, "aadc-stg-g2-verify-staging").inputs.create);
    assert.deepEqual(find(registrations, "aadc-stg-g2-nsg").ignoreChanges, []);
  });

  it("is asked first and alone when everything is to go: its guard depends on the others", async () => {
    const { registrations } = await build(beside);
    assert.ok(dependsOn(registrations, "aadc-stg-g1-guard", "aadc-stg-g2-guard"));
    assert.ok(!dependsOn(registrations, "aadc-stg-g2-guard", "aadc-stg-g1-guard"));
  });

  it("keeps its guard, which goes on following key and host", async () => {
    const guard = find((await build(beside)).registrations, "aadc-stg-g1-guard");
    assert.ok(guard.inputs.delete);
    assert.deepEqual(guard.ignoreChanges, []);
    assert.ok(!guard.protect, "the engine may ask it");
  });

  it("is said not to be asked", async () => {
    const { findings } = await build(beside);
    assert.ok(findings.some((each) => each.code === "declared-active"));
  });
});

describe("a generation whose role was given up", () => {
  it("is asked for its staging mode and nothing else: no step runs, no file is copied, no member changes", async () => {
    const active = (written: Written): void => {
      (written.generations["1"] as Record<string, unknown>).role = "active";
    };
    const { registrations, findings } = await build({ state: provenState(active) });
    const commands = registrations.filter((each) => each.type.startsWith("command:") && !each.name.endsWith("-guard"));
    assert.deepEqual(
      commands.filter((each) => each.inputs.create !== undefined).map((each) => each.name),
      ["aadc-stg-g1-verify-staging"],
    );
    assert.ok(!commands.some((each) => each.type.endsWith(":CopyToRemote")), "a copy would connect");
    for (const name of ["vm", "nic", "nsg"])
      assert.ok(find(registrations, `aadc-stg-g1-${name}`).ignoreChanges.includes("*"), name);
    assert.ok(findings.some((each) => each.code === "asked-first"));
  });

  it("says by Run Command why SSH does not reach it, where somebody asks: it was not used while the server was active", async () => {
    const set = (change: Record<string, unknown>) => (written: Written) => {
      Object.assign(written.generations["1"] as object, change);
    };
    const { registrations } = await build({
      change: set({ diagnoseAccess: "unable to authenticate" }),
      state: provenState(set({ role: "active" })),
      answers: { ...healthyAnswers, "diagnose-access": JSON.stringify(healthyServer["diagnose-access"]) },
    });
    const asked = find(registrations, "aadc-stg-g1-diagnose-access");
    assert.deepEqual(asked.ignoreChanges, []);
    assert.match(String((asked.inputs.source as { script: string }).script), /entra-connect script: diagnose-access/);
    assert.ok(find(registrations, "aadc-stg-g1-vm").ignoreChanges.includes("*"));
  });
});

describe("a generation that is to be brought back", () => {
  const reason = "the deletion was called off";
  const until = "2099-12-31";
  const reinstated = (written: Written): void => {
    (written.generations["1"] as Record<string, unknown>).exceptions = [{ kind: "reinstate", reason, until, vmId }];
  };
  const state = provenState();

  it("gets one more step after the first and before all others, and nothing else changes its name or inputs", async () => {
    const before = (await build({ state })).registrations;
    const { registrations } = await build({ change: reinstated, state });
    const known = new Set(before.map(shortUrn));
    const added = registrations.filter((each) => !known.has(shortUrn(each)));
    assert.deepEqual(
      added.map((each) => each.name),
      ["aadc-stg-g1-reinstate"],
    );
    for (const each of before.filter((one) => one.type.startsWith("command:")))
      assert.equal(text(find(registrations, each.name).inputs.stdin), text(each.inputs.stdin), each.name);
    const step = find(registrations, "aadc-stg-g1-reinstate");
    assert.equal(step.inputs.delete, undefined);
    assert.match(String(unwrapped(step.inputs.stdin)), new RegExp(`"reason":"${reason}","until":"${until}"`));
    assert.ok(dependsOn(registrations, "aadc-stg-g1-reinstate", "aadc-stg-g1-reach"));
    assert.ok(dependsOn(registrations, "aadc-stg-g1-prerequisites", "aadc-stg-g1-reinstate"));
  });

  it("says in the findings that it serves again, and that an exception stands", async () => {
    const { verdict, findings } = await build({ change: reinstated, state });
    assert.equal(verdict, "review");
    assert.deepEqual(findings.map((each) => each.code).sort(), [
      "exception-stands",
      "identity",
      "reinstated",
      "release-table",
      "staging-proven",
    ]);
  });
});

describe("remote commands", () => {
  it("are one constant line each, with script and arguments on standard input and no log, apart from those that can take hours", async () => {
    const { registrations } = await build();
    const steps = registrations.filter(
      (one) => one.type === "command:remote:Command" && one.name !== "aadc-stg-g1-guard",
    );
    assert.equal(new Set(steps.map((each) => each.inputs.create)).size, 1);
    for (const each of steps) {
      assert.match(String(each.inputs.create), /^powershell\.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass /);
      assert.match(String(unwrapped(each.inputs.stdin)), /^# entra-connect script: /);
      assert.equal(
        each.inputs.logging,
        /await-wizard$|first-synchronization$/.test(each.name) ? "stdoutAndStderr" : "none",
        each.name,
      );
      assert.equal(each.inputs.environment, undefined);
    }
  });

  it("are preceded by what the server itself says keeps SSH from working, in the same run and in the verdict", async () => {
    const healthy = JSON.parse(healthyAnswers["enable-remote-access"] ?? "{}");
    const enable = { ...healthy, signIn: { ...healthy.signIn, denied: ["*S-1-5-114"] } };
    const said: string[] = [];
    const genuine = console.warn;
    let findings: readonly { code: string; next: string }[] = [];
    // Without an engine the SDK's log goes there.
    console.warn = (text: unknown) => said.push(String(text));
    try {
      ({ findings } = await build({ answers: { ...healthyAnswers, "enable-remote-access": JSON.stringify(enable) } }));
    } finally {
      console.warn = genuine;
    }
    const line = said.find((each) => /a policy denies aadcdeploy the logon to aadc-stg-g1/.test(each));
    // Lines of the log are broken at its width.
    const told = (line ?? said.join("\n")).replace(/\s+/g, " ");
    assert.match(told, /Local account and member of Administrators group \(S-1-5-114\)/);
    assert.ok(findings.some(({ code }) => code === "sign-in-denied"));
  });

  it("sign in with the account of our own, which the run command makes, not with the administrator", async () => {
    const { registrations } = await build();
    const enable = registrations.find(({ name }) => name === "aadc-stg-g1-enable-remote-access");
    const parameters = enable?.inputs.parameters as { name: string; value: string }[];
    assert.deepEqual(
      parameters.filter(({ name }) => name === "LoginName"),
      [{ name: "LoginName", value: "aadcdeploy" }],
    );
    const reach = registrations.find(({ name }) => name === "aadc-stg-g1-reach");
    assert.equal((unwrapped(reach?.inputs.connection) as { user: string }).user, "aadcdeploy");
  });

  it("of a server that an earlier release built go on with its administrator, and no other name is taken in place", async () => {
    const withoutLogin = (ledger: Ledger): Ledger => {
      const [number, entry] = Object.entries(ledger.generations)[0] ?? [];
      assert.ok(number !== undefined && entry !== undefined);
      const { loginName: _, ...built } = entry.built;
      return { ...ledger, generations: { [number]: { ...entry, built } } };
    };
    const state = provenState(undefined, [1], withoutLogin);
    const { registrations } = await build({ state });
    const of = (name: string) => registrations.find((each) => each.name === `aadc-stg-g1-${name}`)?.inputs;
    assert.equal((unwrapped(of("reach")?.connection) as { user: string }).user, "aadcadmin");
    assert.match(JSON.stringify(of("enable-remote-access")?.parameters), /"LoginName","value":"aadcadmin"/);
    const change = (written: Written): void => {
      const block = written.generations["1"];
      assert.ok(block);
      block.loginName = "aadcdeploy";
    };
    await assert.rejects(
      build({ state, change }),
      /generations\.1\.loginName: generation 1 was built with "aadcadmin"; "aadcdeploy" needs a new machine/,
    );
  });

  it("pin the host key, use keys only, never a password, and one of them waits for the boot", async () => {
    const { registrations } = await build({
      change: (written) => {
        written.access.jumpHost = {
          host: "jump.contoso.example",
          user: "me",
          hostKey: jumpHostKey,
        };
      },
    });
    for (const each of registrations.filter((one) => one.inputs.connection !== undefined)) {
      assert.ok(isSecret(each.inputs.connection), `${each.name}: the connection is not secret`);
      const connection = unwrapped(each.inputs.connection) as Record<string, unknown> & {
        proxy: Record<string, unknown>;
      };
      assert.match(String(connection.hostKey), /^ssh-ed25519 A+$/);
      assert.equal(connection.proxy.hostKey, jumpHostKey);
      assert.equal(connection.password, undefined);
      assert.equal(connection.proxy.password, undefined);
      assert.equal(connection.host, "10.40.0.10");
      assert.equal(Number(connection.dialErrorLimit), each.name === "aadc-stg-g1-reach" ? 60 : 0, each.name);
    }
  });

  it("carry no secret outside the connection", async () => {
    const { registrations } = await build();
    const secrets = [canaryPassword, loginKey.split("\n")[2] ?? "", jumpKey.split("\n")[2] ?? ""];
    for (const each of registrations) {
      const { connection, osProfile, ...rest } = each.inputs as {
        connection?: unknown;
        osProfile?: Record<string, unknown>;
      };
      for (const secret of secrets)
        assert.ok(!text(rest).includes(secret), `${each.name} holds a secret outside its place`);
      if (osProfile !== undefined) assert.ok(isSecret(osProfile.adminPassword), "the password is not secret");
    }
  });

  it("plain texts given as secrets become secrets", async () => {
    const { registrations } = await build({
      args: (args) => ({ ...args, administratorPassword: canaryPassword, sshPrivateKey: loginKey }),
    });
    assert.ok(
      isSecret((find(registrations, "aadc-stg-g1-vm").inputs.osProfile as Record<string, unknown>).adminPassword),
    );
    assert.ok(isSecret(find(registrations, "aadc-stg-g1-reach").inputs.connection));
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
