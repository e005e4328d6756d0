import { strict as assert } from "node:assert";
import { join, relative, sep } from "node:path";
import { repositoryRoot } from "../support/repository";
import { commandLine, program } from "./command";

/** Loaded by every call, whatever is asked: the vocabulary of reports, and how lines are made fit to be printed. */
const always = [
  /^review\/verdict\.js$/u,
  /^review\/render\//u,
  /^components\/(network\/audiences|peers|packageFile)\.js$/u,
];

describe("the start of every command", () => {
  it("loads the commands' own options and nothing that judges: that is loaded where a command runs", async () => {
    const script = `process.argv = [process.argv[0], ${JSON.stringify(commandLine)}, "--help"];
      process.on("exit", () => process.stderr.write(JSON.stringify(Object.keys(require.cache))));
      require(${JSON.stringify(commandLine)});`;
    const { status, stderr } = await program(process.execPath, ["-e", script], repositoryRoot);
    assert.equal(status, 0, stderr);
    const loaded = (JSON.parse(stderr) as string[]).map((file) =>
      relative(join(repositoryRoot, "dist"), file).split(sep).join("/"),
    );
    assert.ok(loaded.includes("cli/main.js"), loaded.join("\n"));
    const packages = loaded.filter((file) => file.startsWith("..") && !/node_modules\/commander\//u.test(file));
    const rooms = loaded.filter((file) => !/^(\.\.|cli\/)/u.test(file) && !always.some((known) => known.test(file)));
    assert.deepEqual({ packages, rooms }, { packages: [], rooms: [] });
  });
});
