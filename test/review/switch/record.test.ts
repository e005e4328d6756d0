import { strict as assert } from "node:assert";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { verifyRecord } from "../../../review/switch";
import { readRecord } from "../../../review/switch/record/file";
import { BadInput, CouldNotRun } from "../../../review/verdict";
import { passing, SwitchPair } from "./pair";

describe("the record of a role switch", () => {
  const folders: string[] = [];
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  const pair = (): SwitchPair => {
    const folder = mkdtempSync(join(tmpdir(), "record-"));
    folders.push(folder);
    return new SwitchPair(folder);
  };
  const fileOf = (world: SwitchPair): string => join(world.record, "record.jsonl");
  const lines = (world: SwitchPair): string[] => readFileSync(fileOf(world), "utf8").split("\n").slice(0, -1);
  const three = async (): Promise<SwitchPair> => {
    const world = pair();
    for (let call = 0; call < 3; call++) await world.look(passing);
    return world;
  };
  const refused = (world: SwitchPair): string => {
    try {
      verifyRecord(world.record);
    } catch (error) {
      assert.ok(error instanceof BadInput);
      return error.message;
    }
    assert.fail("the record was believed");
  };

  it("grows by one line a call, each with the hash of the one before, who, when and from what", async () => {
    const world = await three();
    const entries = lines(world).map((line) => JSON.parse(line));
    assert.deepEqual(
      entries.map(({ number }) => number),
      [1, 2, 3],
    );
    assert.equal(entries[0].previous, "0".repeat(64));
    assert.equal(entries[2].previous, entries[1].hash);
    assert.deepEqual(entries[0].by, { account: "ada", host: "ADMIN1", name: "Ada Lovelace" });
    assert.match(entries[0].at, /^2026-11-26T08:01:00\.000Z$/);
    assert.match(entries[0].inputs[0].sha256, /^[0-9a-f]{64}$/);
    assert.match(entries[0].made, /^pulumi-entra-connect /);
    assert.match(entries[0].seen.source.at, /Z$/);
  });

  it("is proven by verify, which says what is still allowed", async () => {
    const world = await three();
    world.setActive("AADC1", false);
    await world.look(passing);
    const { report } = verifyRecord(world.record, undefined, () => new Date(world.now));
    assert.equal(report.summary.entries, 4);
    assert.deepEqual(
      report.summary.open.map(({ machine }) => machine),
      ["AADC2"],
    );
    const [first] = lines(world).map((line) => JSON.parse(line).hash as string);
    verifyRecord(world.record, first?.slice(0, 16));
    assert.throws(() => verifyRecord(world.record, "f".repeat(64)), /cut off/);
  });

  it("is not believed when a line is changed, taken out, put in, moved or of another kind", async () => {
    const world = await three();
    const whole = lines(world);
    const [a = "", b = "", c = ""] = whole;
    const written = (...now: readonly string[]) =>
      writeFileSync(fileOf(world), now.map((line) => `${line}\n`).join(""));
    written(a, b.replace("ready to demote", "not ready"), c);
    assert.match(refused(world), /line 2 does not have its hash/);
    written(a, c);
    assert.match(refused(world), /line 2 does not follow/);
    written(b, c);
    assert.match(refused(world), /line 1 does not follow/);
    written(a, b, b, c);
    assert.match(refused(world), /line 3 does not follow/);
    written(b, a, c);
    assert.match(refused(world), /line 1 does not follow/);
    written(a, "{}", c);
    assert.match(refused(world), /line 2 is no entry/);
    written(a, "not json", c);
    assert.match(refused(world), /line 2 is not JSON/);
    written(a, ` ${b}`, c);
    assert.match(refused(world), /line 2 does not have its hash/);
    written(...whole);
    assert.equal(verifyRecord(world.record).report.summary.entries, 3);
  });

  it("is not believed when a line with a right hash concludes what its evidence does not", async () => {
    const world = await three();
    const { lineOf } = await import("../../../review/switch/record/chain.js");
    const record = readRecord(world.record);
    const [, , last] = record.entries;
    assert.ok(last !== undefined);
    const { hash: _, ...body } = last;
    const permission = { step: "promote", machine: "AADC2", until: body.seen.now + 1 } as const;
    const forged = lineOf({ ...body, decision: { state: "ready to promote", broken: [], permission } });
    writeFileSync(fileOf(world), `${lines(world).slice(0, 2).join("\n")}\n${forged.line}`);
    assert.match(refused(world), /line 3 concludes "ready to promote".*"ready to demote"/);
  });

  it("takes nothing more once it is broken, and says how to go on", async () => {
    const world = await three();
    appendFileSync(fileOf(world), '{"schema":"entra-connect-switch/1","num');
    const before = readFileSync(fileOf(world), "utf8");
    await assert.rejects(world.look(passing), /line 4 has no end[\s\S]*Nothing was added/);
    assert.equal(readFileSync(fileOf(world), "utf8"), before);
  });

  it("is held by one call at a time", async () => {
    const world = pair();
    mkdirSync(world.record);
    const release = await lock(world.record, { lockfilePath: join(world.record, "record.lock") });
    await assert.rejects(
      world.look(passing),
      (error) => error instanceof CouldNotRun && /holds the record/.test(error.message),
    );
    await release();
    assert.ok(!existsSync(fileOf(world)));
    // Two calls that come together become two entries, one after the other.
    const [active, staging] = [await world.collect("AADC1"), await world.collect("AADC2")];
    const both = await Promise.all([
      world.look({ ...passing, active, staging }),
      world.look({ ...passing, active, staging }),
    ]);
    assert.deepEqual(both.map(({ entry }) => entry.number).sort(), [1, 2]);
    assert.equal(verifyRecord(world.record).report.summary.entries, 2);
  });

  it("says of a folder that cannot be made that it cannot, and ends", async () => {
    const world = pair();
    const file = join(world.folder, "a-file");
    writeFileSync(file, "");
    const [active, staging] = [await world.collect("AADC1"), await world.collect("AADC2")];
    // Where the system has /proc, Node's own way of making folders within folders would never end.
    for (const record of [join(file, "record"), ...(existsSync("/proc/self") ? ["/proc/none/record"] : [])])
      await assert.rejects(
        world.look({ ...passing, active, staging, record }),
        (error) => error instanceof BadInput && /cannot be used as a folder/.test(error.message),
      );
    const deep = join(world.folder, "one", "two", "record");
    await world.look({ ...passing, active, staging, record: deep });
    assert.ok(existsSync(join(deep, "record.jsonl")));
  });

  it("notices a clock that went back", async () => {
    const world = await three();
    world.pass(-30);
    const found = await world.look(passing);
    assert.equal(found.decision.state, "unknown");
    assert.ok(found.decision.broken.includes("clock-went-back"));
    world.pass(60);
    assert.equal((await world.look(passing)).decision.state, "ready to demote");
  });
});
