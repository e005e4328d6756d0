import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { archiveFolder, validateAnswer } from "../../../scripts/assemble";
import { assertChain, chainPath, queueFolder } from "./archiveCollections";
import { keeping, refused, taskName, useArchiveWorlds } from "./archiveWorld";
import { retireArguments } from "./stages";

describe("laying the archive's task down and taking it away, in PowerShell and emulated", function () {
  this.timeout(900_000);
  const worlds = useArchiveWorlds();

  it("is registered again where somebody changed or disabled it, and taken away with all but what was not archived", async () => {
    const world = await worlds();
    const { pair } = world;
    const answered = async (change: Partial<ReturnType<typeof keeping>> = {}) => {
      const { exitCode, stdout, stderr } = await pair.run("keep-archiving", { ...keeping(), ...change });
      assert.equal(exitCode, 0, stderr);
      return validateAnswer("keep-archiving", stdout);
    };
    await pair.edit((state) => {
      const task = state.tasks?.[taskName];
      if (task) task.xml = task.xml.replace("powershell.exe", "evil.exe");
    });
    const changed = await answered();
    assert.equal(changed.before?.task, "another");
    assert.deepEqual(changed.changes, ["scheduled task registered"]);
    assert.doesNotMatch((await pair.world()).tasks?.[taskName]?.xml ?? "", /evil/);
    await pair.edit((state) => {
      const task = state.tasks?.[taskName];
      if (task) task.state = "Disabled";
    });
    assert.equal((await answered()).before?.task, "another");
    world.insteadOfPuts(refused(404, "ContainerNotFound"));
    await world.collected();
    const gone = await answered({ wanted: false });
    assert.deepEqual(gone.kept, [queueFolder, chainPath]);
    assert.equal(gone.waiting, 1);
    assert.equal(gone.task, null);
    assert.equal(gone.changes.length, 4);
    assert.deepEqual((await answered({ wanted: false })).changes, []);
    // Laid down again it goes on where it stopped.
    await answered();
    await assertChain(world.archive.kept);
  });

  it("is told as missing where a policy takes it out again, and as not run where somebody changed its script", async () => {
    const { pair } = await worlds({ laid: false });
    const answered = async () => {
      const { exitCode, stdout, stderr } = await pair.run("keep-archiving", keeping());
      assert.equal(exitCode, 0, stderr);
      return validateAnswer("keep-archiving", stdout);
    };
    await pair.edit((state) => {
      state.peculiarities.archiveScriptChanged = true;
    });
    const changed = await answered();
    assert.deepEqual([changed.firstRun?.result, changed.firstRun?.event?.id], [43, 110]);
    assert.match(changed.firstRun?.event?.why ?? "", /is not as it was installed, so it was not run/);
    await pair.edit((state) => {
      state.peculiarities = { tasksTakenOut: true };
    });
    const missing = await answered();
    assert.deepEqual([missing.firstRun, missing.task], [null, null]);
    assert.deepEqual(missing.changes, ["archive-configuration.ps1 laid down"]);
  });

  it("touches nothing on a server that is not proven staging, is another machine, or has no Entra Connect", async () => {
    const { pair } = await worlds({ laid: false });
    const refusedWith = async (code: string, change: Partial<ReturnType<typeof keeping>> = {}) => {
      const { exitCode, stderr } = await pair.run("keep-archiving", { ...keeping(), ...change });
      assert.equal(exitCode, 1);
      assert.ok(stderr.includes(`[${code}]`), stderr);
      assert.equal((await pair.world()).tasks, undefined);
      assert.deepEqual(await pair.names(archiveFolder), []);
    };
    await refusedWith("not-this-machine", { vmId: "11111111-2222-4333-8444-555555555555" });
    await pair.edit((state) => {
      if (state.adsync) state.adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "False";
    });
    await refusedWith("not-proven-staging");
    await pair.edit((state) => {
      if (state.adsync) state.adsync.globalParameters["Microsoft.Synchronize.StagingMode"] = "True";
      state.peculiarities.tasksRefused = "Access is denied.";
    });
    const { stderr } = await pair.run("keep-archiving", keeping());
    assert.match(stderr, /\[task-refused\][\s\S]*Access is denied/);
    await pair.edit((state) => {
      delete state.services.ADSync;
    });
    assert.match((await pair.run("keep-archiving", keeping())).stderr, /\[not-set-up\]/);
  });

  it("ends with the server: its guard takes the task out, and a failure of that is a warning", async () => {
    const world = await worlds();
    const { pair } = world;
    await pair.edit((state) => {
      state.peculiarities.tasksRefused = "Access is denied.";
    });
    const { exitCode, stdout, stderr } = await pair.run("retire", retireArguments);
    assert.equal(exitCode, 0, stderr);
    assert.match(
      validateAnswer("retire", stdout).warnings.join(),
      /archive's task could not be taken out: Access is denied/,
    );
    await pair.edit((state) => {
      state.peculiarities = {};
    });
    const again = validateAnswer("retire", (await pair.run("retire", retireArguments)).stdout);
    assert.equal(again.outcome, "already-retired");
    assert.deepEqual((await pair.world()).tasks ?? {}, {});
  });
});
