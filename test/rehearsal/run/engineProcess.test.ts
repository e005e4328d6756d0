import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runToEnd } from "../../../engine/childProcess";
import { programOnPath } from "../../../engine/programOnPath";
import { repositoryRoot } from "../../support/repository";
import { requires } from "../../support/requires";

/** In place of the engine: it does to a terminal what the engine's live tree does, and dies. */
const dyingEngine = `#!/bin/sh
echo "called with: $*"
if [ -t 0 ]; then echo "reads the keyboard"; stty raw -echo; printf '\\033[?25l'; fi
kill -9 $$
`;

describe("the engine's own display", () => {
  let folder = "";
  before(function () {
    const script = process.platform === "linux" && programOnPath("script") !== undefined;
    requires(this, "script of util-linux, which makes a terminal", script);
    folder = mkdtempSync(join(tmpdir(), "entra-connect-display-"));
    writeFileSync(join(folder, "engine"), dyingEngine);
    chmodSync(join(folder, "engine"), 0o755);
    const module = join(repositoryRoot, "dist", "rehearsal", "run", "engineProcess.js");
    writeFileSync(
      join(folder, "run.js"),
      `const { EngineProcess } = require(${JSON.stringify(module)});
       const call = { pulumi: "./engine", args: ["up"], cwd: ".", environment: process.env, display: process.argv[2] };
       new EngineProcess().run(call).then(({ signal }) => {
         console.log("ended by", signal);
         require("node:child_process").spawnSync("stty", ["-a"], { stdio: "inherit" });
       });`,
    );
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const inTerminal = async (columns: number, display: string): Promise<string> => {
    const typed = `stty cols ${columns} rows 40; '${process.execPath}' run.js ${display}`;
    const { stdout } = await runToEnd("script", ["-qec", typed, "/dev/null"], { cwd: folder });
    assert.match(stdout, /ended by SIGKILL/);
    return stdout;
  };

  it("is its live tree in a wide terminal, which is left in order when the engine is killed", async () => {
    const seen = await inTerminal(160, "shown");
    assert.match(seen, /called with: up\r?$/m);
    assert.match(seen, /reads the keyboard/);
    assert.match(seen, new RegExp(`${String.fromCharCode(27)}\\[\\?25h`));
    for (const sane of ["icanon", "isig", "echo", "opost"]) assert.match(seen, new RegExp(`^(.* )?${sane}\\b`, "m"));
  });

  it("is told line by line where the tree's states would be cut off", async () => {
    assert.match(await inTerminal(100, "shown"), /called with: up --non-interactive\r?$/m);
  });

  it("is not seen where a program reads the answer", async () => {
    assert.doesNotMatch(await inTerminal(160, "unread"), /called with/);
  });
});
