import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunSummary } from "../../rehearsal/run/summary";
import { BuiltWorlds, situationOf, updatesIn } from "./builtWorlds";

describe("worlds that the tests build once", () => {
  let folder = "";
  const at = (...path: string[]): string => join(folder, ...path);
  const situation = (world = "world", project = "project"): string => situationOf("emulated", at(project), at(world));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "entra-connect-worlds-"));
    for (const each of ["project", "world", "world/servers"]) mkdirSync(at(each));
    writeFileSync(at("project", "settings.yaml"), "a: 1\n");
    writeFileSync(at("world", "servers", "server.json"), "{}");
  });
  afterEach(() => {
    delete process.env.FOR_THIS_TEST;
    rmSync(folder, { recursive: true, force: true });
  });

  it("are the same situation in another folder", () => {
    cpSync(at("world"), at("copied"), { recursive: true });
    assert.equal(situation("copied"), situation());
  });

  const changes: Record<string, () => void> = {
    "a server that somebody changed": () => writeFileSync(at("world", "servers", "server.json"), "[]"),
    "a file more in the world": () => writeFileSync(at("world", "new"), ""),
    "a file less in the world": () => rmSync(at("world", "servers", "server.json")),
    "a file of another name": () => cpSync(at("project", "settings.yaml"), at("project", "settings.yml")),
    "other settings": () => writeFileSync(at("project", "settings.yaml"), "a: 2\n"),
    "no world": () => rmSync(at("world"), { recursive: true }),
    "a variable that a program could read": () => {
      process.env.FOR_THIS_TEST = "1";
    },
  };
  for (const [what, change] of Object.entries(changes))
    it(`are another situation with ${what}`, () => {
      const before = situation();
      change();
      assert.notEqual(situation(), before);
    });

  it("have gone as far as commands have changed their stack", () => {
    assert.equal(updatesIn(at("nowhere")), 0);
    assert.equal(updatesIn(at("world")), 0);
    const history = at("world", "state", ".pulumi", "history", "project", "rehearsal");
    mkdirSync(history, { recursive: true });
    for (const name of ["rehearsal-1", "rehearsal-2"])
      for (const kind of ["history", "checkpoint"]) writeFileSync(join(history, `${name}.${kind}.json`), "{}");
    assert.equal(updatesIn(at("world")), 2);
  });

  it("are kept as they were, the last asked for of them", () => {
    const summary = { result: "succeeded" } as RunSummary;
    const worlds = new BuiltWorlds(2);
    worlds.keep("one", at("world"), summary);
    worlds.keep("two", at("world"), summary);
    writeFileSync(at("world", "servers", "server.json"), "changed later");
    const one = worlds.find("one")?.folder ?? "";
    const two = worlds.find("two")?.folder ?? "";
    assert.equal(readFileSync(join(one, "servers", "server.json"), "utf8"), "{}");
    worlds.find("one");
    worlds.keep("three", at("world"), summary);
    assert.equal(worlds.find("two"), undefined);
    assert.ok(!existsSync(two));
    assert.equal(worlds.find("one")?.folder, one);
    assert.deepEqual(worlds.find("one")?.summary, summary);
  });
});
