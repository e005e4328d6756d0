import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runToEnd } from "../../engine/childProcess";
import { makeEngineHome } from "../../engine/engineHome";
import { findPulumi } from "../../engine/findPulumi";
import { silent } from "../../engine/progress";
import { requiresEngine } from "../support/engine";

describe("the engine's home in a rehearsal", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "entra-connect-home-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("leaves no room for logs, says why, and may be made again", async () => {
    const home = join(folder, "home");
    await makeEngineHome(home);
    await makeEngineHome(home);
    assert.match(readFileSync(join(home, "logs"), "utf8"), /delete this file/);
  });

  it("keeps a folder of logs that is there already", async () => {
    mkdirSync(join(folder, "logs"));
    await makeEngineHome(folder);
    assert.ok(statSync(join(folder, "logs")).isDirectory());
  });

  it("lets the engine work, without a word about it and without a log", async function () {
    await requiresEngine(this);
    const { path } = await findPulumi({ progress: silent, sources: [] });
    await makeEngineHome(folder);
    const environment = { ...process.env, PULUMI_HOME: folder, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const told = await runToEnd(path, ["version"], { environment });
    assert.deepEqual([told.code, told.stderr], [0, ""]);
    const left = readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith(".log"));
    assert.deepEqual(left, []);
    rmSync(join(folder, "logs"));
    await runToEnd(path, ["version"], { environment });
    assert.ok(existsSync(join(folder, "logs")), "the engine writes no logs any more: the file is not needed");
  });
});
