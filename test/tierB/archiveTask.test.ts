import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { RunSummary } from "../../rehearsal/run/summary";
import { readEvidence } from "../../review/evidence";
import { requiresEngine } from "../support/engine";
import { first, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

const taskName = "\\pulumi-entra-connect\\archive-configuration";

/** Names of the resources that a run changed in any way, components left out. */
const touched = ({ resources }: RunSummary): readonly string[] =>
  resources
    .filter(({ operation, type }) => operation !== "same" && !type.startsWith("entra-connect:"))
    .map(({ operation, name }) => `${operation} ${name}`)
    .sort();

const codes = ({ findings }: RunSummary): readonly string[] =>
  findings.filter(({ code }) => code.startsWith("archive")).map(({ code }) => code);

/** What is in the simulated storage accounts: files of collections. */
function collections(world: Rehearsal): readonly string[] {
  const folder = join(world.world, "archive");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".zip"))
    .map((name) => join(folder, name))
    .sort();
}

describe("the archive's task, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  const schedule = (change: Record<string, unknown>): void =>
    world.settings((settings) => {
      settings.archive = { enabled: true, schedule: change };
    });

  it("ends the first up with one collection in the archive; one that is refused is told, and asked for again until it works", async () => {
    schedule({});
    // For longer than a run waits: the server's role does not count yet.
    const faults = Array.from({ length: 13 }, (_, n) => `data:put=fail@${n + 1}`);
    const refused = await world.up({ faults });
    assert.equal(refused.result, "succeeded", text(refused.messages));
    assert.deepEqual(collections(world), []);
    assert.deepEqual(codes(refused), ["archive-first-run"]);
    assert.match(text(refused.findings), /collected, and waiting on the server or not archived/);
    const up = await world.up();
    assert.deepEqual(touched(up), [`update ${first}-archive-task`]);
    assert.deepEqual(codes(up), []);
    const kept = collections(world);
    assert.equal(kept.length, 2, "what waited, and the one of this run");
    for (const each of kept) assert.equal((await readEvidence(each)).kind, "collected");
    assert.deepEqual(touched(await world.up()), []);
  });

  it("follows the schedule on a passive server, and is touched by nothing on an active one", async () => {
    schedule({ startTime: "07:50" });
    const up = await world.up();
    assert.deepEqual(touched(up), [`update ${first}-archive-task`]);
    assert.match(world.server(first).tasks?.[taskName]?.xml ?? "", /T07:50:00/);
    assert.equal(collections(world).length, 3);
    world.declareActive(1);
    await world.up();
    schedule({ startTime: "01:00", enabled: false });
    const active = await world.up();
    assert.equal(active.result, "succeeded", text(active.messages));
    assert.ok(!touched(active).some((each) => each.includes("archive-task")), text(touched(active)));
    assert.match(world.server(first).tasks?.[taskName]?.xml ?? "", /T07:50:00/);
  });

  it("is taken away where the settings do not want it any more, once the server is passive again and proven", async () => {
    world.block(1, (block) => {
      block.role = "passive";
    });
    await world.up();
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(world.server(first).tasks, {});
    assert.deepEqual(touched(await world.up()), []);
  });
});
