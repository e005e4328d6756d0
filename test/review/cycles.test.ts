import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../support/repository";

const room = join(repositoryRoot, "review");

/** What a module imports of its own repository, types included: a cycle of types is one to the reader. */
function importsOf(file: string): readonly string[] {
  return ts
    .preProcessFile(readFileSync(file, "utf8"), true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
    .flatMap(({ fileName }) => {
      const path = join(dirname(file), fileName.replace(/\.js$/u, ""));
      const found = [`${path}.ts`, join(path, "index.ts")].find((candidate) => existsSync(candidate));
      return found === undefined ? [] : [found];
    });
}

/** The first circle that a walk along the edges meets. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const walk = (node: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const circle = walk(next, [...path, node]);
      if (circle !== undefined) return circle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const circle = walk(node, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

describe("the rooms of review/", () => {
  const modules = readdirSync(room, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(room, path));
  const graph = new Map(modules.map((file) => [file, importsOf(file)]));

  it("have no circle between modules, types included", () => {
    assert.ok(graph.size > 100, `${graph.size} modules`);
    assert.ok([...graph.values()].flat().length > graph.size, "imports are read");
    assert.deepEqual(circleIn(graph)?.map((file) => relative(room, file)) ?? [], []);
  });

  it("have no circle between rooms", () => {
    const roomOf = (file: string): string => relative(room, file).split("/")[0] ?? "";
    const rooms = new Map<string, string[]>();
    for (const [file, imported] of graph)
      for (const other of imported)
        if (roomOf(other) !== roomOf(file))
          rooms.set(roomOf(file), [...(rooms.get(roomOf(file)) ?? []), roomOf(other)]);
    assert.deepEqual(circleIn(rooms) ?? [], []);
  });

  it("would be seen to have one", () => {
    const circular = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["b"]],
    ]);
    assert.deepEqual(circleIn(circular), ["b", "c", "b"]);
  });

  it("are one room each for the judges, with no module over 400 lines", () => {
    for (const file of modules) {
      const lines = readFileSync(file, "utf8").split("\n").length;
      assert.ok(lines <= 400, `${relative(room, file)}: ${lines} lines`);
    }
  });
});
