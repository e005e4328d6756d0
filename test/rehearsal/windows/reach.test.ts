import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { boot, restartKeys, sessionManagerKey } from "../../../rehearsal/windows/createServerWorld";
import { changeRegistry } from "../../../rehearsal/windows/serverFiles";
import { type ReachArguments, validateAnswer } from "../../../scripts/assemble";
import { machine, type Pair, usePairs } from "./pair";
import { deliverInstaller, reachArguments, retireArguments, setUp } from "./stages";

let pair: Pair;

const ask = (change: Partial<ReachArguments> = {}) => pair.run("reach", { ...reachArguments, ...change });
const answerOf = async () => {
  const { stdout, stderr } = await ask();
  assert.equal(stderr, "");
  return validateAnswer("reach", stdout);
};

describe("reach, in PowerShell and emulated", () => {
  const machines = usePairs();

  it("says which machine answers, what runs on it and since when, and changes nothing", async () => {
    pair = await machines();
    const before = await pair.world();
    const answer = await answerOf();
    assert.equal(answer.vmId, machine.vmId);
    assert.deepEqual(answer.operatingSystem, before.operatingSystem);
    assert.equal(answer.powershellVersion, "5.1.20348.1");
    assert.match(answer.lastBootAt, /^2026-11-01T08:/);
    assert.equal(answer.pendingRestart, false);
    assert.deepEqual(await pair.world(), before);
  });

  it("refuses on another machine, and knows its own by either byte order of its identity", async () => {
    pair = await machines();
    assert.match((await ask({ computerName: "AADC-STG-G2" })).stderr, /\[not-this-machine\][\s\S]*AADC-STG-G2/);
    const other = await ask({ vmId: "4c1d2f3a-1111-4222-8333-0123456789ac" });
    assert.match(other.stderr, /\[not-this-machine\]/);
    assert.equal(other.stdout, "");
    assert.equal((await ask({ vmId: machine.vmId.toUpperCase() })).exitCode, 0);
    pair = pair.powershell;
    assert.equal((await ask({ vmId: "3A2F1D4C-1111-2242-8333-0123456789AB" })).exitCode, 0);
  });

  it("answers on a retired and on an active server too: it only looks", async () => {
    pair = await machines();
    await setUp(pair);
    await pair.bring("retire", retireArguments);
    await answerOf();
    pair = await machines();
    await setUp(pair, { staging: false });
    await answerOf();
  });

  const [servicing = "", update = ""] = restartKeys;
  const waits: readonly (readonly [string, string, Record<string, string>])[] = [
    ["servicing", servicing, {}],
    ["an update", update, {}],
    ["an installation", sessionManagerKey, { PendingFileRenameOperations: "\\??\\C:\\Config.Msi\\1.rbf" }],
  ];
  for (const [what, key, values] of waits)
    it(`knows from ${what} that Windows waits for a restart, until there was one`, async () => {
      pair = await machines();
      await pair.each((server) =>
        changeRegistry(server, (registry) => {
          registry[key] = values;
        }),
      );
      const first = await answerOf();
      assert.equal(first.pendingRestart, true);
      const { clock } = await pair.world();
      const later = { ...clock, simulatedStart: "2026-11-02T08:00:00.000Z", realStart: new Date().toISOString() };
      await pair.each((server) => boot(server, later));
      const again = await answerOf();
      assert.equal(again.pendingRestart, false);
      assert.match(again.lastBootAt, /^2026-11-02T08:/);
    });

  it("does not take a list of renames that is empty for a restart", async () => {
    pair = await machines();
    await pair.each((server) =>
      changeRegistry(server, (registry) => {
        registry[sessionManagerKey] = { PendingFileRenameOperations: "", ProtectionMode: 1 };
      }),
    );
    assert.equal((await answerOf()).pendingRestart, false);
  });

  it("sees the restart that an installation wanted long after it", async () => {
    pair = await machines();
    await pair.edit((world) => {
      world.peculiarities = { msiexecExitCodes: [3010] };
    });
    assert.equal((await pair.run("install-package", await deliverInstaller(pair))).exitCode, 0);
    assert.equal((await answerOf()).pendingRestart, true);
  });
});
