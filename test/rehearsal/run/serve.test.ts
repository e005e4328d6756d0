import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runToEnd } from "../../../engine/childProcess";
import { requiresEngine } from "../../support/engine";
import { repositoryRoot } from "../../support/repository";
import { type PlainProject, plainProject } from "./plainWorld";

const dist = join(repositoryRoot, "dist");

interface Served {
  readonly environment: Record<string, string>;
  readonly pulumi: string;
  readonly providers: Record<string, string>;
  readonly project: string;
}

/** A process that runs one of this room's commands on the plain world of `project`. */
function start(project: PlainProject, call: string): ChildProcess {
  const script = `
    process.chdir(${JSON.stringify(project.folder)});
    const { existingPlainWorld } = require(${JSON.stringify(join(dist, "test/rehearsal/run/plainWorld.js"))});
    const commands = require(${JSON.stringify(join(dist, "rehearsal/run/commands.js"))});
    const options = { ...${JSON.stringify(project.options)}, json: true };
    const openWorld = () => existingPlainWorld(options.dir);
    ${call}.then((code) => { process.exitCode = code; }, (error) => { console.error(error); process.exitCode = 70; });`;
  return spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "pipe"] });
}

function collect(child: ChildProcess): { text: () => string; ended: Promise<number | null> } {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
  }
  return { text: () => text, ended: new Promise((resolve) => child.once("close", resolve)) };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (piece: string) => {
      text += piece;
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    child.once("close", () => reject(new Error(`ended without a line: ${text}`)));
  });
}

describe("serving a world to other shells", () => {
  let project: PlainProject;

  before(async function () {
    await requiresEngine(this);
  });
  beforeEach(() => {
    project = plainProject(
      `exports.verdict = "ok"; exports.node = process.version; exports.now = process.env.ENTRA_CONNECT_NOW;`,
    );
  });
  afterEach(() => project?.remove());

  it("prints the environment first, serves plain pulumi, and ends when standard input closes", async () => {
    const child = start(project, `commands.serve(options, openWorld)`);
    const { text, ended } = collect(child);
    const served = JSON.parse(await firstLine(child)) as Served;
    assert.ok(existsSync(served.pulumi));
    assert.deepEqual(served.providers, {});
    const up = await runToEnd(served.pulumi, ["up", "--yes", "--skip-preview", "--non-interactive"], {
      cwd: served.project,
      environment: { ...process.env, ...served.environment },
    });
    assert.equal(up.code, 0, up.stderr + up.stdout);
    assert.match(up.stdout, /node *: "v2[2-9]/);
    assert.match(up.stdout, /now *: "2020-02-02T/, "the world's time, not this machine's");
    child.stdin?.end();
    assert.equal(await ended, 0, text());
  });

  it("serves a program of somebody's own, in another folder", async () => {
    const other = plainProject(`exports.other = "yes";`);
    try {
      const child = start(project, `commands.serve(options, openWorld)`);
      const { ended } = collect(child);
      const served = JSON.parse(await firstLine(child)) as Served;
      const call = { cwd: other.folder, environment: { ...process.env, ...served.environment } };
      assert.equal((await runToEnd(served.pulumi, ["stack", "init", "mine"], call)).code, 0);
      const preview = await runToEnd(served.pulumi, ["preview", "--json", "--stack", "mine"], call);
      assert.equal(preview.code, 0, preview.stderr);
      child.kill("SIGINT");
      assert.equal(await ended, 0);
    } finally {
      other.remove();
    }
  });

  it("passes Ctrl-C on to the engine, which stops in order and can go on later", async () => {
    project.write(
      "index.js",
      `require("fs").writeFileSync(require("path").join(__dirname, "running"), "");
       module.exports = new Promise((resolve) => setTimeout(resolve, 120000));`,
    );
    const child = start(project, `commands.rehearseOnce("up", options, openWorld)`);
    const { text, ended } = collect(child);
    while (!existsSync(join(project.folder, "running"))) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    assert.equal(await ended, 4, text());
    const summary = JSON.parse(text().slice(text().indexOf("{")));
    assert.equal(summary.result, "interrupted");
    assert.match(summary.next, /^npx entra-connect rehearse up/);
    project.write("index.js", `exports.verdict = "ok";`);
    const again = collect(start(project, `commands.rehearseOnce("up", options, openWorld)`));
    assert.equal(await again.ended, 0, again.text());
    assert.ok(readFileSync(join(project.options.dir, "project", "Pulumi.yaml"), "utf8").includes("plain"));
  });
});
