import assert from "node:assert/strict";
import { standardInputCommandLine } from "../../scripts/assemble";
import { healthyServer } from "../support/healthyServer";
import {
  build,
  dependsOn,
  find,
  healthyAnswers,
  provenState,
  type State,
  vmId,
  withSecond,
} from "../support/passiveServerFixture";
import { shortUrn, text, unwrapped } from "../support/recordedResources";
import type { Written } from "../support/settingsFixture";

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
