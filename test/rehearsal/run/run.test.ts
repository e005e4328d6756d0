import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { silent } from "../../../engine/progress";
import { run } from "../../../rehearsal/run/run";
import { openSession, type Session } from "../../../rehearsal/run/session";
import { exitCodeFor } from "../../../rehearsal/run/summary";
import { requiresEngine } from "../../support/engine";
import { type PlainProject, plainProject } from "./plainWorld";

const program = `
const fs = require("fs");
const path = require("path");
const pulumi = require("@pulumi/pulumi");
class Box extends pulumi.ComponentResource {
  constructor(name, options) { super("test:index:Box", name, {}, options); this.registerOutputs({}); }
}
const colours = new pulumi.Config().require("colour");
if (colours === "bad") throw new Error("2 settings cannot be used:\\n  generations.1.size: too small");
const outer = new Box("outer");
for (const colour of colours.split(",")) new Box(colour, { parent: outer });
for (const time of ["first", "then"]) {
  console.log("painted " + colours + " " + time);
  console.error("told on standard error " + time);
}
exports.verdict = colours === "doubtful" ? "review" : "ok";
exports.password = pulumi.secret("canary-password");
exports.node = process.version;
const hook = new pulumi.ResourceHook("told", async () => { fs.writeFileSync(path.join(__dirname, "hook-ran"), ""); });
new Box("hooked", { parent: outer, hooks: { afterCreate: [hook] } });
if (colours === "slow") {
  fs.writeFileSync(path.join(__dirname, "pid"), String(process.pid));
  module.exports = new Promise((resolve) => setTimeout(resolve, 120000));
}
`;

describe("a run of the real engine on our language host", () => {
  let project: PlainProject;
  let session: Session | undefined;

  before(async function () {
    await requiresEngine(this);
  });
  beforeEach(() => {
    project = plainProject(program);
  });
  afterEach(async () => {
    await session?.close();
    session = undefined;
    project?.remove();
  });

  const open = async (colour?: string): Promise<Session> => {
    await session?.close();
    if (colour) project.write("Pulumi.rehearsal.yaml", `config:\n  plain:colour: ${colour}\n`);
    session = await openSession({
      rehearsal: project.options,
      progress: silent,
      openWorld: () => project.openWorld(),
      from: project.folder,
    });
    return session;
  };

  it("previews, builds, changes nothing the second time, follows a changed setting, and destroys", async () => {
    const first = await open();
    const preview = await run(first, "preview");
    assert.equal(preview.summary.changes.create, 4);
    assert.equal(preview.summary.outputs.password, "[secret]");

    const up = await run(first, "up");
    assert.deepEqual(up.summary.changes, { create: 4, import: 0, update: 0, replace: 0, delete: 0, same: 0 });
    assert.equal(up.summary.verdict, "ok");
    assert.equal(exitCodeFor(up.summary), 0);
    assert.equal(up.summary.outputs.password, "[secret]");
    assert.match(String(up.summary.outputs.node), /^v2[2-9]/);
    assert.ok(!JSON.stringify(up.summary).includes("canary-password"));

    const again = await run(first, "up");
    assert.deepEqual(again.summary.changes, { create: 0, import: 0, update: 0, replace: 0, delete: 0, same: 4 });

    const changed = await run(await open("green,blue"), "up");
    assert.deepEqual(changed.summary.changes, { create: 1, import: 0, update: 0, replace: 0, delete: 0, same: 4 });

    const destroyed = await run(await open(), "destroy");
    assert.equal(destroyed.summary.changes.delete, 5);
    assert.equal(destroyed.summary.result, "succeeded");
  });

  it("keeps state, settings and the CLI's home inside the world", async () => {
    const opened = await open();
    await run(opened, "up");
    const world = opened.world.folder;
    assert.ok(existsSync(join(world, "state", ".pulumi", "stacks", "plain", "rehearsal.json")));
    assert.match(readFileSync(join(world, "project", "Pulumi.yaml"), "utf8"), /typescript: false/);
    assert.ok(!existsSync(join(project.folder, ".pulumi")));
  });

  // Between the two streams there is no order: they are two pipes, and which one is read first is the system's choice.
  it("hands the program's own output to the engine, each stream in its order", async () => {
    const opened = await open();
    const { output } = await opened.pulumi(["up", "--yes", "--skip-preview"]);
    assert.match(output, /^ +painted green first$.*^ +painted green then$/ms);
    assert.match(output, /^ +told on standard error first$.*^ +told on standard error then$/ms);
  });

  it("tells the program the world's time at its start, anew for every run", async () => {
    project.write("index.js", "exports.now = process.env.ENTRA_CONNECT_NOW;");
    const opened = await open();
    const [first, second] = [await run(opened, "up"), await run(opened, "up")].map(({ summary }) =>
      String(summary.outputs.now),
    );
    for (const instant of [first, second]) assert.match(instant ?? "", /^2020-02-02T\d\d:\d\d:00\.000Z$/);
    assert.ok((first ?? "") < (second ?? ""), `${first} ${second}`);
    assert.match(opened.additions.ENTRA_CONNECT_NOW ?? "", /^2020-02-02T/, "other shells are told too");
  });

  it("runs resource hooks, which old hosts cannot", async () => {
    const up = await run(await open(), "up");
    assert.equal(up.summary.result, "succeeded");
    assert.ok(existsSync(join(project.folder, "hook-ran")));
  });

  it("gives the exit code of the program's verdict", async () => {
    const up = await run(await open("doubtful"), "up");
    assert.equal(up.summary.verdict, "review");
    assert.equal(exitCodeFor(up.summary), 1);
  });

  it("says which settings a program refused, without its stack trace, as bad input", async () => {
    const up = await run(await open("bad"), "up");
    assert.equal(up.summary.result, "failed");
    assert.equal(exitCodeFor(up.summary), 3);
    assert.equal(up.summary.findings.length, 1);
    assert.equal(up.summary.findings[0]?.title, "2 settings cannot be used:");
    assert.match(up.summary.findings[0]?.cause ?? "", /generations\.1\.size: too small/);
    assert.doesNotMatch(up.summary.findings[0]?.cause ?? "", /at Object|node:internal/);
  });

  it("counts a missing setting as bad input too", async () => {
    project.write("Pulumi.rehearsal.yaml", "config: {}\n");
    const up = await run(await open(), "up");
    assert.equal(exitCodeFor(up.summary), 3, JSON.stringify(up.summary.findings));
  });

  it("runs TypeScript programs", async () => {
    project.write("Pulumi.yaml", "name: plain\nruntime: nodejs\nmain: index.ts\n");
    project.write("index.ts", `const answer: number = 42; export const verdict = "ok"; export { answer };`);
    project.write(
      "tsconfig.json",
      JSON.stringify({ compilerOptions: { noCheck: true, module: "node20", target: "es2022" } }),
    );
    const up = await run(await open(), "up");
    assert.equal(up.summary.outputs.answer, 42);
  });

  it("survives a killed engine: says so, ends the program, and the next up goes on", async () => {
    const opened = await open("slow");
    const pidFile = join(project.folder, "pid");
    const dying = run(opened, "up");
    while (!existsSync(pidFile) || readFileSync(pidFile, "utf8") === "")
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(project.engine);
    opened.engine.kill();
    const { summary } = await dying;
    assert.equal(summary.result, "killed");
    assert.equal(exitCodeFor(summary), 4);
    assert.equal(summary.next, `npx entra-connect rehearse up --dir ${project.options.dir}`);
    await ended(Number(readFileSync(pidFile, "utf8")));

    const next = await run(await open("green"), "up");
    assert.equal(next.summary.result, "succeeded", JSON.stringify(next.summary.findings));
  });

  it("leaves the lock of a living engine alone", async () => {
    const opened = await open();
    await run(opened, "up");
    const locks = join(opened.world.stateFolder, ".pulumi", "locks", "organization", "plain", "rehearsal");
    mkdirSync(locks, { recursive: true });
    writeFileSync(
      join(locks, "one.json"),
      JSON.stringify({ pid: process.pid, username: "me", hostname: hostname(), timestamp: new Date().toISOString() }),
    );
    const up = await run(await open(), "up");
    assert.equal(up.summary.result, "failed");
    assert.match(JSON.stringify(up.summary.findings), /locked/);
  });
});

async function ended(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
