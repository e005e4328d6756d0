import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findTestPowershell, type TestPowershell } from "../../../rehearsal/windows/testPowershell";
import { look } from "../../../review/switch";
import { collect } from "../../scripts/collectRun";
import { sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { Contoso } from "../configuration/contoso";
import { SwitchPair } from "./pair";

describe("a role switch from what the collector itself brings back", () => {
  let powershell: TestPowershell | undefined;
  const folder = mkdtempSync(join(tmpdir(), "switch-collected-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(async function () {
    powershell = await findTestPowershell();
    requires(this, "the test PowerShell", powershell !== undefined);
    requires(this, "the Contoso sample", sampleConfiguration);
  });

  it("knows machine, role, time and runs of it", async () => {
    assert.ok(powershell);
    const configuration = join(folder, "configuration");
    for (const [path, text] of Contoso.staging().files) {
      mkdirSync(dirname(join(configuration, path)), { recursive: true });
      writeFileSync(join(configuration, path), text);
    }
    const { archives, exitCode, stderr } = await collect(powershell, folder, { configuration });
    assert.equal(exitCode, 0, stderr);
    const now = new Date();
    const world = new SwitchPair(folder, undefined, now.toISOString());
    const { situation, decision } = await look({
      record: world.record,
      active: await world.collect("AADC1"),
      staging: archives[0] ?? "",
      clock: () => now,
      caller: { account: "ada", host: "ADMIN1" },
    });
    const { target } = situation;
    assert.deepEqual(
      [target?.machine, target?.role, target?.running, target?.wizardOpen],
      ["AADC-STG-G1", "staging", false, false],
    );
    assert.ok(target?.at !== null && target?.at !== undefined && Math.abs(now.getTime() - target.at) < 120_000);
    assert.deepEqual([decision.state, decision.broken], ["not ready", []]);
  });
});
