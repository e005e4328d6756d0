import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { runToEnd } from "../../../engine/childProcess";
import { requiresEngine } from "../../support/engine";
import { repositoryRoot } from "../../support/repository";
import { plainProject } from "./plainWorld";

const main = join(repositoryRoot, "dist", "cli", "main.js");

describe("entra-connect preview --stack", function () {
  this.timeout(900_000);

  before(async function () {
    await requiresEngine(this);
  });

  it("runs the engine on somebody's own project, and finds its line in it", async () => {
    const project = plainProject(`
      const pulumi = require("@pulumi/pulumi");
      new pulumi.Stash("prices", { input: { colour: "green" } });
      new pulumi.Stash("other", { input: { password: "Correct-Horse-9" } });`);
    const served = spawn(process.execPath, [main, "rehearse", "serve", "--json"], {
      cwd: project.folder,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => served.once("close", resolve));
    try {
      const told = JSON.parse(await firstLine(served.stdout)) as {
        environment: Record<string, string>;
        stack: string;
      };
      const args = [main, "preview", "--stack", told.stack, "--cwd", project.folder, "--format", "json"];
      const preview = await runToEnd(process.execPath, args, { environment: { ...process.env, ...told.environment } });
      assert.equal(preview.code, 2, preview.stderr + preview.stdout);
      const report = JSON.parse(preview.stdout);
      assert.deepEqual(
        report.findings.map(({ code, subject }: { code: string; subject: string }) => [code, subject]),
        [["secret-in-plain-text", "other"]],
      );
      assert.match(report.findings[0].change.source.file, /^index\.js$/u);
      assert.equal(report.summary.counts.create, 3);
      assert.ok(!preview.stdout.includes("Correct-Horse-9"));

      const missing = await runToEnd(
        process.execPath,
        [main, "preview", "--stack", "nobody", "--cwd", project.folder],
        {
          environment: { ...process.env, ...told.environment },
        },
      );
      assert.equal(missing.code, 4, missing.stdout);
      assert.match(missing.stdout, /no stack named 'nobody' found/u);
    } finally {
      served.stdin.end();
      await ended;
      project.remove();
    }
  });
});

function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    stream.on("data", (piece: Buffer | string) => {
      text += String(piece);
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    stream.once("end", () => reject(new Error(`it ended without a line: ${text}`)));
  });
}
