import assert from "node:assert/strict";
import { checkAgainstMemory, type DeployedGeneration, type Memory } from "../../components";
import { fingerprintOf } from "../../components/server/plan";
import { leavingAfter } from "../../components/settings/memory";
import { settingsFixture, type Written } from "../support/settingsFixture";

const built = (generation: number, change?: (written: Written) => void): DeployedGeneration => ({
  fingerprint: fingerprintOf(settingsFixture(change), generation),
  vmId: `vm-${generation}`,
  hostKey: "ssh-ed25519 AAAA",
});

function memoryOf(generations: readonly number[], more: Partial<Memory> = {}): Memory {
  return {
    generations: Object.fromEntries(generations.map((each) => [each, built(each)])),
    leaving: {},
    retired: [],
    ...more,
  };
}

function check(
  memory: Memory | undefined,
  change: (written: Written) => void,
  { proven = Object.keys(memory?.generations ?? {}).map(Number), missing = [] as readonly number[] } = {},
) {
  const settings = settingsFixture(change);
  return checkAgainstMemory({
    settings,
    memory,
    proven: new Set(proven),
    missing: new Set(missing),
    fingerprint: (each) => fingerprintOf(settings, each),
  });
}

const generations =
  (...numbers: number[]) =>
  (written: Written): void => {
    delete written.server.generation;
    written.server.generations = numbers;
  };

describe("the stack's memory", () => {
  it("has no objection to a first run, to a run that changes nothing, and to each step of a rebuild", () => {
    assert.deepEqual(check(undefined, generations(1)), []);
    assert.deepEqual(check(memoryOf([1]), generations(1)), []);
    assert.deepEqual(check(memoryOf([1]), generations(1, 2)), []);
    assert.deepEqual(check(memoryOf([1, 2]), generations(2)), []);
    assert.deepEqual(check(memoryOf([1]), generations(2)), [], "in one step");
  });

  it("lets a half-made generation be taken out again", () =>
    assert.deepEqual(check(memoryOf([1, 2]), generations(1)), []));

  for (const [what, path, change] of [
    [
      "image",
      "server.image",
      (written: Written) => Object.assign(written.server, { image: { version: "20348.9999.261101" } }),
    ],
    ["size", "server.size", (written: Written) => Object.assign(written.server, { size: "Standard_D4s_v5" })],
    ["zone", "server.zone", (written: Written) => Object.assign(written.server, { zone: "2" })],
    ["disk", "server.osDiskSizeGB", (written: Written) => Object.assign(written.server, { osDiskSizeGB: 256 })],
    [
      "address",
      "network.firstServerAddress",
      (written: Written) => Object.assign(written.network, { firstServerAddress: "10.40.0.20" }),
    ],
    [
      "administrator",
      "server.administratorName",
      (written: Written) => Object.assign(written.server, { administratorName: "other" }),
    ],
  ] as const)
    it(`refuses another ${what} inside a generation and says which generation to write`, () => {
      const problems = check(memoryOf([1]), change);
      assert.deepEqual(
        problems.map((each) => each.path),
        [path],
      );
      assert.match(problems[0]?.problem ?? "", /needs a new machine/);
      assert.match(problems[0]?.write ?? "", /generations: \[1, 2\]/);
    });

  for (const [what, path, change] of [
    ["name", "server.name", (written: Written) => Object.assign(written.server, { name: "aadc-new" })],
    ["location", "location", (written: Written) => Object.assign(written, { location: "northeurope" })],
    [
      "subnet",
      "network.subnetPrefix",
      (written: Written) =>
        Object.assign(written.network, { subnetPrefix: "10.40.0.32/27", firstServerAddress: "10.40.0.42" }),
    ],
  ] as const)
    it(`refuses another ${what} with a raised generation too: the generations share it`, () => {
      const problems = check(memoryOf([1]), (written) => {
        change(written);
        generations(2)(written);
      });
      assert.deepEqual(
        problems.map((each) => each.path),
        [path],
      );
      assert.match(problems[0]?.write ?? "", /another server in a stack of its own/);
    });

  it("refuses a generation lower than one that was deployed, retired ones included", () => {
    const retired = memoryOf([3], { retired: [2] });
    assert.match(check(retired, generations(1, 3))[0]?.problem ?? "", /generation 1 is lower than 3/);
    assert.match(check(retired, generations(2, 3))[0]?.problem ?? "", /generation 2 is lower than 3/);
    assert.match(check(memoryOf([1], { retired: [5] }), generations(1, 4))[0]?.write ?? "", /6/);
  });

  it("refuses two retirements in one run", () =>
    assert.match(check(memoryOf([1, 2]), generations(3))[0]?.problem ?? "", /1 and 2 would retire in one run/));

  it("refuses to take out the generation that the last run knew as active", () => {
    const problems = check(memoryOf([1, 2], { activeGeneration: 1 }), generations(2));
    assert.match(problems[0]?.problem ?? "", /declared active in the last run/);
  });

  it("refuses to call a generation active that was never built and proven", () => {
    const active = (written: Written) => {
      written.server.activeGeneration = 1;
    };
    assert.match(check(undefined, active)[0]?.problem ?? "", /never built/);
    assert.match(check(memoryOf([1]), active, { proven: [] })[0]?.problem ?? "", /not been built and proven/);
    assert.deepEqual(check(memoryOf([1]), active), []);
  });

  it("refuses the number of a retired generation, the highest included", () =>
    assert.match(
      check(memoryOf([1], { retired: [2] }), generations(1, 2))[0]?.problem ?? "",
      /generation 2 is one that this stack has had/,
    ));

  it("counts a retirement that was refused as one that is under way", () => {
    const refused = memoryOf([2], { leaving: { "1": built(1) } });
    assert.deepEqual(check(refused, generations(2)), [], "its guard is asked again");
    assert.match(check(refused, generations(3))[0]?.problem ?? "", /2 and 1 would retire in one run/);
  });

  it("refuses to make a machine anew that went away behind Pulumi's back, unless it is declared lost", () => {
    const problems = check(memoryOf([1]), generations(1), { missing: [1] });
    assert.match(problems[0]?.problem ?? "", /gone from Azure/);
    assert.match(problems[0]?.write ?? "", /generations: \[1, 2\]/);
    const lost = (written: Written): void => {
      generations(1, 2)(written);
      written.server.retirementOverrides = [{ generation: 1, lost: true, reason: "disk failed, CHG-4711" }];
    };
    assert.deepEqual(check(memoryOf([1]), lost, { missing: [1] }), []);
  });

  for (const [what, change] of [
    ["install location", (written: Written) => Object.assign(written.connect, { installLocation: "D:\\Sync" })],
    [
      "service account",
      (written: Written) =>
        Object.assign(written.connect, { serviceAccount: { kind: "managed", name: "CONTOSO\\g$" } }),
    ],
  ] as const)
    it(`refuses another ${what} inside a generation`, () =>
      assert.match(check(memoryOf([1]), change)[0]?.problem ?? "", /needs a new machine/));

  it("keeps what leaves in mind", () => {
    const after = leavingAfter(memoryOf([1, 2], { leaving: { "0": built(1) }, retired: [7] }), [2]);
    assert.deepEqual(Object.keys(after.leaving), ["0", "1"]);
    assert.deepEqual(after.retired, [7]);
  });
});
