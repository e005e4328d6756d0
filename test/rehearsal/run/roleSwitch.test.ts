import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedPair } from "../../../rehearsal/run/roleSwitch/pair";
import { playStory } from "../../../rehearsal/run/roleSwitch/play";
import { Stage, type Telling } from "../../../rehearsal/run/roleSwitch/stage";
import { stories } from "../../../rehearsal/run/roleSwitch/stories";
import { recordSays } from "../../../review/switch";
import { BadInput } from "../../../review/verdict";
import { repositoryRoot } from "../../support/repository";

describe("the rehearsal of a role switch", () => {
  const root = mkdtempSync(join(tmpdir(), "entra-connect-stories-"));
  after(() => rmSync(root, { recursive: true, force: true }));
  let count = 0;
  const folder = (): string => join(root, String(++count));
  const heard = (): { lines: string[]; telling: Telling } => {
    const lines: string[] = [];
    const keep = (text: string): unknown => lines.push(text);
    return { lines, telling: { heading: keep, line: keep } };
  };
  const silent: Telling = { heading: () => undefined, line: () => undefined };

  /** The states that each story passes through. Anything else is another product. */
  const courses: Readonly<Record<string, readonly string[]>> = {
    switch: ["not ready", "ready to demote", "ready to promote", "promoted, unproven", "done"],
    rollback: ["not ready", "ready to demote", "ready to promote", "nobody exports", "ready to promote", "done"],
    "wrong-order": ["ready to demote", "two active", "ready to demote"],
    "wrong-evidence": ["ready to demote", "unknown", "unknown", "unknown", "ready to demote"],
    "promoted-alone": ["ready to demote", "done"],
    dead: ["unknown", "unknown", "fenced", "done"],
    returns: ["unknown", "unknown", "fenced", "done", "two active", "done"],
    "both-wizards": [
      ...["not ready", "ready to demote", "ready to promote"],
      ...["nobody exports", "not ready", "ready to demote"],
    ],
    upgrade: [
      ...["ready to demote", "ready to promote", "promoted, unproven", "done"],
      ...["ready to demote", "ready to promote", "done"],
    ],
  };

  for (const story of stories)
    it(`${story.name}: ${story.title}`, async () => {
      const { lines, telling } = heard();
      const played = await playStory(story, folder(), telling);
      assert.deepEqual(
        played.claims.filter(({ holds }) => !holds).map(({ text }) => text),
        [],
        lines.join("\n"),
      );
      assert.deepEqual(played.states, courses[story.name]);
      assert.ok(existsSync(join(played.folder, "run-book.html")));
      assert.ok(lines.some((line) => line.includes("$ entra-connect switch --record")));
    });

  it("has a course for every story, and a story for every course", () => {
    assert.deepEqual(stories.map(({ name }) => name).sort(), Object.keys(courses).sort());
  });

  it("is described in docs/switch.md as it is", () => {
    const text = readFileSync(join(repositoryRoot, "docs", "switch.md"), "utf8");
    for (const { name, title } of stories) assert.ok(text.includes(`| \`${name}\` | ${title} |`), name);
  });

  it("fails where a state is another one, or a finding is missing", async () => {
    const stage = await Stage.set(folder(), silent);
    await stage.call({ stated: true, expect: "done", finding: "wrong-server" });
    assert.deepEqual(
      stage.claims.map(({ text, holds }) => [text, holds]),
      [
        ['entry 1 is "ready to demote", and it had to be "done"', false],
        ["entry 1 has no finding wrong-server", false],
      ],
    );
  });

  it("knows a tenant that sees two exporters, although neither server sees the other", async () => {
    const pair = await SimulatedPair.make(folder(), "AADC1", "AADC2");
    await pair.cycle();
    assert.deepEqual(pair.tenant.collisions(), []);
    await pair.wizard("AADC2", false);
    await pair.cycle();
    assert.equal(pair.tenant.collisions().length > 0, true);
    await pair.wizard("AADC1", true);
    await pair.cycle();
    const before = pair.tenant.collisions().length;
    await pair.cycle();
    await pair.cycle();
    assert.equal(pair.tenant.collisions().length, before);
    assert.equal(pair.tenant.lastExporter(), "AADC2");
  });

  it("lets nobody export who is dead, deallocated, stopped, suspended or in staging mode", async () => {
    const pair = await SimulatedPair.make(folder(), "AADC1", "AADC2");
    const count = (): number => pair.tenant.exports.length;
    const begin = count();
    pair.die("AADC1");
    await pair.cycle();
    pair.return("AADC1");
    pair.deallocate("AADC1");
    await pair.cycle();
    pair.return("AADC1");
    await pair.openWizard("AADC1");
    await pair.cycle();
    assert.equal(count(), begin);
    await pair.wizard("AADC1", false);
    await pair.cycle();
    assert.equal(count(), begin + 1);
    await assert.rejects(async () => {
      pair.die("AADC1");
      await pair.collect("AADC1");
    }, /nothing can be collected/);
  });

  it("leaves a record that says of itself that it is one of a rehearsal", async () => {
    const stage = await Stage.set(folder(), silent);
    await stage.call({ stated: true, expect: "ready to demote" });
    assert.equal(recordSays(stage.pair.readRecord())?.rehearsed, true);
  });

  it("makes only a folder anew that a story made", async () => {
    const place = folder();
    mkdirSync(place);
    await assert.rejects(SimulatedPair.make(place, "AADC1", "AADC2"), BadInput);
    const own = folder();
    const first = await SimulatedPair.make(own, "AADC1", "AADC2");
    const archive = await first.collect("AADC1");
    await SimulatedPair.make(own, "AADC1", "AADC2");
    assert.equal(existsSync(archive), false);
    assert.match(readFileSync(join(own, "switch-world.json"), "utf8"), /rehearse switch/);
  });
});
