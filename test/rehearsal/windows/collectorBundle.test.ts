import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { createExecutor, type TaskingExecutor } from "../../../rehearsal/windows/executor";
import { pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import { archiveFolder, archivingPath } from "../../../scripts/assemble";
import { bundleFiles } from "../../../scripts/bundle";
import { requires } from "../../support/requires";
import { keeping, taskName } from "./archiveWorld";
import { Pair } from "./pair";
import { setUp } from "./stages";

const files = new Map(
  bundleFiles({
    endpoint: "",
    container: "",
    schedule: { startTime: "04:10", everyHours: 24 },
    waitMinutes: 60,
    queue: { count: 30, megabytes: 500 },
  }).map(({ name, text }) => [name, text]),
);
const textOf = (name: string): string => files.get(name) ?? "";
const whatIf = (text: string): string => text.replace("[switch]$WhatIf", "[switch]$WhatIf = $true");

describe("the collector's bundle in the test PowerShell", function () {
  this.timeout(900_000);
  let executor: TaskingExecutor;
  let pair: Pair | undefined;
  before(async function () {
    executor = await createExecutor();
    requires(this, "the test PowerShell", executor.kind === "powershell");
  });
  afterEach(() => pair?.close());

  /** An operator runs it from the folder where the bundle lies; the task scheduler is at work meanwhile. */
  async function run(text: string) {
    assert.ok(pair);
    const [member] = pair.members;
    assert.ok(member);
    let over = false;
    const going = executor
      .runScript(member.server, { runCommandName: "operator", script: text, parameters: [], timeoutInSeconds: 300 })
      .finally(() => {
        over = true;
      });
    while (!over) {
      await executor.runDueTasks(member.server);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { exitCode, output, error } = await going;
    const last = output.trimEnd().split("\n").at(-1) ?? "";
    const answer = (last.startsWith("{") ? JSON.parse(last) : {}) as Record<string, unknown>;
    return { exitCode, output, error, answer };
  }

  it("says what it would do, does it, keeps its chain when it is run again, and takes all of it away but what was collected", async () => {
    pair = await Pair.make([executor]);
    await setUp(pair);
    await pair.pace(600);
    await pair.put("C:\\archive-configuration.ps1", textOf("archive-configuration.ps1"));
    const first = await run(whatIf(textOf("install.ps1")));
    assert.equal(first.exitCode, 0, first.error);
    assert.match(
      first.output,
      /scheduled task +\\pulumi-entra-connect\\archive-configuration, as SYSTEM, every day at 04:10/,
    );
    assert.match(first.output, /of Entra Connect +nothing is changed/);
    assert.deepEqual(first.answer.changes, []);
    assert.equal((await pair.world()).tasks, undefined);
    assert.deepEqual(await pair.names(archiveFolder), []);

    const done = await run(textOf("install.ps1"));
    assert.equal(done.exitCode, 0, done.error);
    const firstRun = done.answer.firstRun as { result: number; event: { id: number; why: string } };
    assert.deepEqual([firstRun.result, firstRun.event.id], [40, 101]);
    assert.match(firstRun.event.why, /no archive is configured; collections stay in/);
    const { chain, generation, endpoint } = JSON.parse((await pair.readFile(archivingPath)) ?? "{}") as Record<
      string,
      unknown
    >;
    assert.match(String(chain), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual([generation, endpoint, done.answer.chain], [null, "", chain]);

    const again = await run(textOf("install.ps1"));
    assert.equal(again.answer.chain, chain);
    assert.equal((again.answer.before as { task: string }).task, "same");
    const gone = await run(textOf("uninstall.ps1"));
    assert.equal(gone.exitCode, 0, gone.error);
    assert.deepEqual((await pair.world()).tasks, {});
    const [member] = pair.members;
    assert.ok(member);
    assert.deepEqual((await readdir(pathOnDrive(member.server, archiveFolder))).sort(), ["chain.json", "queue"]);
    assert.equal(gone.answer.waiting, 2);
  });

  it("installs no other script, and nothing on a server that a stack manages or that has no Entra Connect", async () => {
    pair = await Pair.make([executor]);
    await pair.put("C:\\archive-configuration.ps1", textOf("archive-configuration.ps1"));
    const refusedWith = async (code: string) => {
      const { exitCode, error } = await run(textOf("install.ps1"));
      assert.equal(exitCode, 1);
      assert.ok(error.includes(`[${code}]`), error);
      assert.match(error, /^Next: \S/m);
    };
    await refusedWith("not-set-up");
    await setUp(pair);
    await pair.put("C:\\archive-configuration.ps1", `${textOf("archive-configuration.ps1")}# changed\n`);
    await refusedWith("not-as-bundled");
    await pair.put("C:\\archive-configuration.ps1", textOf("archive-configuration.ps1"));
    await pair.put(archivingPath, keeping().archiving.text);
    await refusedWith("managed");
    // What anybody could write before the first installation never comes into what SYSTEM runs.
    await pair.put(
      archivingPath,
      JSON.stringify({ chain: "</Arguments></Exec><Exec><Command>C:\\evil.exe</Command></Exec>" }),
    );
    const planted = await run(whatIf(textOf("install.ps1")));
    assert.equal(planted.exitCode, 0, planted.error);
    assert.match(String(planted.answer.chain), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal((await pair.world()).tasks?.[taskName], undefined);
  });
});
