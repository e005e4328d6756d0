import assert from "node:assert/strict";
import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import { Provider as CommandProvider } from "@pulumi/command/provider";
import { build, canaryPassword, find, jumpKey, loginKey } from "../support/passiveServerFixture";
import { isSecret, type Registration, unwrapped } from "../support/recordedResources";

const both = (written: { server: Record<string, unknown> }): void => {
  delete written.server.generation;
  written.server.generations = [1, 2];
};
const text = (value: unknown): string => JSON.stringify(unwrapped(value) ?? null);
const shortUrn = ({ type, name }: Registration): string => `${type}::${name}`;

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
        "azure-native:compute:VirtualMachineRunCommandByVirtualMachine::aadc-stg-g1-access-enable",
        "azure-native:network:NatGateway::aadc-stg-network-egress",
        "azure-native:network:NetworkInterface::aadc-stg-g1-nic",
        "azure-native:network:NetworkSecurityGroup::aadc-stg-network-security",
        "azure-native:network:PublicIPAddress::aadc-stg-network-egress-address",
        "azure-native:network:Subnet::aadc-stg-network-subnet",
        "azure-native:network:VirtualNetwork::aadc-stg-network-network",
        "azure-native:recoveryservices:ProtectedItem::aadc-stg-backup-g1-protected-item",
        "azure-native:recoveryservices:ProtectionPolicy::aadc-stg-backup-policy",
        "azure-native:recoveryservices:Vault::aadc-stg-backup-vault",
        "azure-native:resources:ResourceGroup::aadc-stg-backup-group",
        "azure-native:resources:ResourceGroup::aadc-stg-group",
        "command:remote:Command::aadc-stg-g1-connect-await-wizard",
        "command:remote:Command::aadc-stg-g1-connect-first-synchronization",
        "command:remote:Command::aadc-stg-g1-connect-install-package",
        "command:remote:Command::aadc-stg-g1-connect-prerequisites",
        "command:remote:Command::aadc-stg-g1-connect-receive-settings-file",
        "command:remote:Command::aadc-stg-g1-connect-verify-staging",
        "command:remote:Command::aadc-stg-g1-guard",
        "command:remote:CopyToRemote::aadc-stg-g1-connect-await-wizard-script",
        "command:remote:CopyToRemote::aadc-stg-g1-connect-first-synchronization-script",
        "command:remote:CopyToRemote::aadc-stg-g1-connect-install-package-script",
        "command:remote:CopyToRemote::aadc-stg-g1-connect-installer",
        "command:remote:CopyToRemote::aadc-stg-g1-connect-prerequisites-script",
        "command:remote:CopyToRemote::aadc-stg-g1-connect-receive-settings-file-script",
        "command:remote:CopyToRemote::aadc-stg-g1-connect-settings-file",
        "command:remote:CopyToRemote::aadc-stg-g1-connect-verify-staging-script",
        "entra-connect:access:RemoteAccess::aadc-stg-g1-access",
        "entra-connect:backup:Backup::aadc-stg-backup",
        "entra-connect:connect:Installation::aadc-stg-g1-connect",
        "entra-connect:index:PassiveServer::aadc-stg",
        "entra-connect:network:Network::aadc-stg-network",
        "entra-connect:server:Machine::aadc-stg-g1",
      ],
    );
  });

  it("are all children of the component, at some depth", async () => {
    const { registrations } = await build();
    const byUrn = new Map(registrations.map((each) => [`${each.name}`, each]));
    for (const each of registrations.filter((one) => one.custom)) {
      let parent = each.parent;
      while (!parent.includes("entra-connect:index:PassiveServer::")) {
        const up = byUrn.get(parent.split("::").at(-1) ?? "");
        assert.ok(up, `${each.name} is an orphan: ${parent}`);
        parent = up.parent;
      }
    }
  });

  it("carry their generation in their names, shared ones excepted", async () => {
    const { registrations } = await build(both);
    for (const generation of [1, 2]) {
      const vm = find(registrations, `aadc-stg-g${generation}-vm`);
      assert.equal(vm.inputs.vmName, `aadc-stg-g${generation}`);
      assert.equal((vm.inputs.osProfile as { computerName: string }).computerName, `aadc-stg-g${generation}`);
    }
    assert.equal(registrations.filter((each) => each.type === "azure-native:recoveryservices:Vault").length, 1);
  });

  it("keep what holds data when the server goes, and what Azure will not let go while a machine is off", async () => {
    const { registrations } = await build();
    assert.deepEqual(
      registrations
        .filter((each) => each.retainOnDelete)
        .map((each) => each.name)
        .sort(),
      [
        "aadc-stg-backup-g1-protected-item",
        "aadc-stg-backup-group",
        "aadc-stg-backup-policy",
        "aadc-stg-backup-vault",
        "aadc-stg-g1-access-enable",
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
    const { registrations } = await build((written) => {
      written.tags = { owner: "identity" };
    });
    const taggable =
      /:(ResourceGroup|VirtualMachine|VirtualMachineRunCommandByVirtualMachine|NetworkInterface|NetworkSecurityGroup|PublicIPAddress|NatGateway|VirtualNetwork|Vault)$/;
    const tagged = registrations.filter((each) => taggable.test(each.type));
    assert.equal(tagged.length, 10);
    for (const each of tagged) assert.equal((each.inputs.tags as { owner?: string })?.owner, "identity", each.name);
  });

  it("use the providers that the component is given", async () => {
    const { registrations } = await build(undefined, {}, () => ({
      providers: [new AzureProvider("my-azure"), new CommandProvider("my-command")],
    }));
    for (const each of registrations.filter((one) => one.custom && /^(azure-native|command):/.test(one.type)))
      assert.match(each.provider, /::my-(azure|command)::/, each.name);
  });

  it("are reached by a transformation of the component", async () => {
    const seen = new Set<string>();
    const { registrations } = await build(undefined, {}, () => ({
      transformations: [
        ({ name, props, opts }) => {
          seen.add(name);
          return { props, opts };
        },
      ],
    }));
    const missed = registrations.filter((each) => each.type !== "pulumi:pulumi:Stack" && !seen.has(each.name));
    assert.deepEqual(
      missed.map((each) => each.name),
      [],
    );
  });

  it("can adopt a backup that outlived its server", async () => {
    const { registrations } = await build(undefined, {
      existingBackup: { resourceGroup: "/rg", vault: "/vault", policy: "/policy", protectedItems: { 1: "/item" } },
    });
    assert.deepEqual(
      registrations.filter((each) => each.importId !== "").map((each) => [each.name, each.importId]),
      [
        ["aadc-stg-backup-group", "/rg"],
        ["aadc-stg-backup-vault", "/vault"],
        ["aadc-stg-backup-policy", "/policy"],
        ["aadc-stg-backup-g1-protected-item", "/item"],
      ],
    );
  });
});

describe("the retirement guard", () => {
  it("has a delete and nothing else to run, so that it connects only when something is to be deleted", async () => {
    const guard = find((await build()).registrations, "aadc-stg-g1-guard");
    assert.equal(guard.inputs.create, undefined);
    assert.equal(guard.inputs.update, undefined);
    assert.match(String(guard.inputs.delete), /^powershell\.exe /);
    assert.ok(String(guard.inputs.delete).length < 200, "one short constant line");
    assert.equal(guard.inputs.logging, "none");
    assert.equal(guard.inputs.addPreviousOutputInEnv, false);
    assert.deepEqual(unwrapped(guard.inputs.triggers), ["3f1c0b52-0000-4000-8000-000000000001"]);
  });

  it("is self-contained: the whole script with this machine's name and identity is in the state", async () => {
    const guard = find((await build()).registrations, "aadc-stg-g1-guard");
    const stdin = String(unwrapped(guard.inputs.stdin));
    assert.match(stdin, /# entra-connect script: retire/);
    assert.match(stdin, /"computerName":"aadc-stg-g1"/);
    assert.match(stdin, /"vmId":"3f1c0b52-0000-4000-8000-000000000001"/);
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
    assert.equal(commands.length, 14);
    const reaches = (name: string): boolean => {
      const each = find(registrations, name);
      return each.dependencies.some((urn) => {
        const dependency = urn.split("::").at(-1) ?? "";
        return (
          dependency === "aadc-stg-g1-guard" ||
          (registrations.some((one) => one.name === dependency) && reaches(dependency))
        );
      });
    };
    for (const each of commands) {
      assert.equal(each.inputs.delete, undefined, each.name);
      assert.ok(reaches(each.name), `${each.name} does not wait for the guard`);
    }
  });

  it("records an override and still asks, unless the server is declared lost", async () => {
    const override = (lost: boolean) => (written: { server: Record<string, unknown> }) => {
      written.server.retirementOverrides = [{ generation: 1, lost, reason: "change CHG-4711, agreed" }];
    };
    const asked = find((await build(override(false))).registrations, "aadc-stg-g1-guard");
    assert.match(String(unwrapped(asked.inputs.stdin)), /CHG-4711/);
    assert.ok(asked.inputs.delete);
    const lost = find((await build(override(true))).registrations, "aadc-stg-g1-guard");
    assert.equal(lost.inputs.delete, undefined);
  });
});

describe("a generation that is declared active", () => {
  const active = (written: { server: Record<string, unknown> }): void => {
    both(written);
    written.server.activeGeneration = 1;
  };

  it("has no command left to run, and follows no change that would connect to it", async () => {
    const { registrations } = await build(active);
    const mine = registrations.filter((each) => each.name.startsWith("aadc-stg-g1-"));
    const commands = mine.filter((each) => each.type === "command:remote:Command" && !each.name.endsWith("-guard"));
    assert.equal(commands.length, 6);
    for (const each of commands) {
      assert.equal(each.inputs.create, undefined, each.name);
      assert.equal(each.inputs.update, undefined, each.name);
    }
    assert.deepEqual(
      mine.filter((one) => one.type === "command:remote:CopyToRemote").map((each) => each.name),
      [],
      "a copy would connect",
    );
    assert.deepEqual([...find(registrations, "aadc-stg-g1-access-enable").ignoreChanges].sort(), [
      "parameters",
      "source",
      "tags",
      "timeoutInSeconds",
    ]);
  });

  it("leaves the other generation acting", async () => {
    const { registrations } = await build(active);
    assert.ok(find(registrations, "aadc-stg-g2-connect-verify-staging").inputs.create);
  });

  it("is asked first and alone when everything is to go: its guard depends on the others", async () => {
    const { registrations } = await build(active);
    const depends = (guard: string, on: string): boolean =>
      find(registrations, guard).dependencies.some((urn) => urn.endsWith(`::${on}`));
    assert.ok(depends("aadc-stg-g1-guard", "aadc-stg-g2-guard"));
    assert.ok(!depends("aadc-stg-g2-guard", "aadc-stg-g1-guard"));
  });

  it("keeps its guard", async () =>
    assert.ok(find((await build(active)).registrations, "aadc-stg-g1-guard").inputs.delete));
});

describe("a generation that is to be brought back", () => {
  const reason = "the deletion was called off";
  const reinstated = (written: { server: Record<string, unknown> }): void => {
    written.server.reinstatements = [{ generation: 1, reason }];
  };

  it("gets one more step after the guard and before all others, and nothing else changes its name or inputs", async () => {
    const before = (await build()).registrations;
    const { registrations } = await build(reinstated);
    const known = new Set(before.map(shortUrn));
    const added = registrations.filter((each) => !known.has(shortUrn(each)));
    assert.deepEqual(added.map((each) => each.name).sort(), [
      "aadc-stg-g1-connect-reinstate",
      "aadc-stg-g1-connect-reinstate-script",
    ]);
    assert.equal(registrations.length, before.length + 2);
    for (const each of before.filter((one) => one.type.startsWith("command:") && !one.name.endsWith("-settings-file")))
      assert.equal(text(find(registrations, each.name).inputs.stdin), text(each.inputs.stdin), each.name);
    const limit = (all: readonly Registration[]) =>
      text(find(all, "aadc-stg-g1-connect-prerequisites-script").inputs.connection).match(/dialErrorLimit":\d+/)?.[0];
    assert.equal(limit(registrations), limit(before));
    const step = find(registrations, "aadc-stg-g1-connect-reinstate");
    assert.equal(step.inputs.delete, undefined);
    assert.deepEqual(JSON.parse(String(unwrapped(step.inputs.stdin))), {
      ...{ computerName: "aadc-stg-g1", vmId: "3f1c0b52-0000-4000-8000-000000000001", generation: 1, reason },
    });
    const waits = (name: string, on: string) =>
      find(registrations, name).dependencies.some((urn) => urn.endsWith(`::${on}`));
    assert.ok(waits("aadc-stg-g1-connect-reinstate", "aadc-stg-g1-guard"));
    assert.ok(waits("aadc-stg-g1-connect-reinstate-script", "aadc-stg-g1-guard"));
    assert.ok(waits("aadc-stg-g1-connect-prerequisites", "aadc-stg-g1-connect-reinstate"));
  });

  it("says in the findings that it serves again, and the verdict stays ok", async () => {
    const { verdict, findings } = await build(reinstated);
    assert.equal(verdict, "ok");
    assert.deepEqual(
      findings.map((each) => each.code),
      ["reinstated", "staging-proven"],
    );
  });
});

describe("remote commands", () => {
  it("are one constant line each, with their arguments on standard input and no log, the gate excepted", async () => {
    const { registrations } = await build();
    for (const each of registrations.filter(
      (one) => /-connect-[a-z-]+$/.test(one.name) && one.type === "command:remote:Command",
    )) {
      assert.match(
        String(each.inputs.create),
        /^powershell\.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File C:\\ProgramData\\pulumi-entra-connect\\scripts\\[a-z-]+-[0-9a-f]{12}\.ps1$/,
      );
      JSON.parse(String(unwrapped(each.inputs.stdin)));
      assert.equal(each.inputs.logging, each.name.endsWith("await-wizard") ? "stdoutAndStderr" : "none", each.name);
      assert.equal(each.inputs.environment, undefined);
    }
  });

  it("pin the host key, use keys only, and never a password", async () => {
    const { registrations } = await build((written) => {
      written.access.jumpHost = { host: "jump.contoso.example", user: "me", hostKey: `ssh-ed25519 ${"B".repeat(68)}` };
    });
    for (const each of registrations.filter((one) => one.inputs.connection !== undefined)) {
      assert.ok(isSecret(each.inputs.connection), `${each.name}: the connection is not secret`);
      const connection = unwrapped(each.inputs.connection) as Record<string, unknown> & {
        proxy: Record<string, unknown>;
      };
      assert.match(String(connection.hostKey), /^ssh-ed25519 A+$/);
      assert.match(String(connection.proxy.hostKey), /^ssh-ed25519 B+$/);
      assert.equal(connection.password, undefined);
      assert.equal(connection.proxy.password, undefined);
      assert.equal(connection.host, "10.40.0.10");
      assert.ok(
        Number(connection.dialErrorLimit) <= (each.name === "aadc-stg-g1-connect-prerequisites-script" ? 60 : 0),
      );
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
});

describe("the verdict", () => {
  it("is ok for a healthy server", async () => {
    const { verdict, findings } = await build();
    assert.equal(verdict, "ok");
    assert.deepEqual(
      findings.map((each) => each.code),
      ["staging-proven"],
    );
  });

  it("says of an active generation that it was not asked", async () => {
    const { findings } = await build((written) => {
      written.server.activeGeneration = 1;
    });
    assert.deepEqual(
      findings.map((each) => each.code),
      ["declared-active"],
    );
  });
});
