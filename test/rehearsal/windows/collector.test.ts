import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { collectArchive } from "../../../rehearsal/windows/emulation/collector";
import { writeExportedConfiguration } from "../../../rehearsal/windows/exportedConfiguration";
import { pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import { readArchive } from "../../../review/evidence/archive";
import { collectorText } from "../../scripts/collectRun";
import { requires } from "../../support/requires";
import { usePairs } from "./pair";
import { firstArguments, setUp } from "./stages";

/** `rehearse switch` collects without PowerShell; what it brings back is what the collector itself would. */
describe("the collector on a simulated server, in PowerShell and emulated", () => {
  const machines = usePairs();

  it("brings back the same files with the same content", async function () {
    const pair = await machines();
    const genuine = pair.members.find(({ executor }) => executor.kind === "powershell");
    requires(this, "the test PowerShell", genuine !== undefined);
    await setUp(pair);
    await pair.bring("first-synchronization", firstArguments);
    // One and the same server, looked at in two ways, at one moment.
    const { server, executor } = genuine ?? assert.fail();
    await pair.edit((world) => {
      world.clock = { scale: 0, realStart: new Date().toISOString(), simulatedStart: "2026-11-01T12:00:00.000Z" };
    });
    await writeExportedConfiguration(server);
    const run = await executor.runScript(server, {
      runCommandName: "collect",
      script: collectorText(),
      parameters: [{ name: "OutputFolder", value: "C:\\Evidence" }],
      timeoutInSeconds: 600,
    });
    assert.equal(run.exitCode, 0, run.error);
    const folder = pathOnDrive(server, "C:\\Evidence");
    const [archive] = readdirSync(folder).filter((name) => name.endsWith(".zip"));
    const emulated = await collectArchive(server);
    assert.equal(emulated.name, archive);
    const beside = mkdtempSync(join(tmpdir(), "entra-connect-collected-"));
    try {
      writeFileSync(join(beside, "emulated.zip"), emulated.bytes);
      const filesOf = async (path: string): Promise<Record<string, unknown>> =>
        Object.fromEntries(
          (await readArchive(path)).map(({ path: name, bytes }) => [
            name,
            name.endsWith(".json")
              ? JSON.parse(Buffer.from(bytes).toString("utf8"))
              : Buffer.from(bytes).toString("utf8"),
          ]),
        );
      const [theirs, ours] = [await filesOf(join(folder, archive ?? "")), await filesOf(join(beside, "emulated.zip"))];
      assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort());
      for (const name of Object.keys(theirs))
        if (name !== "manifest.json") assert.deepEqual(ours[name], theirs[name], name);
      // The test PowerShell tells its own version, and the name of the machine that it really runs on.
      const told = (manifest: unknown): unknown => {
        const { files: _, server, ...rest } = manifest as { files: unknown; server: Record<string, unknown> };
        return { ...rest, server: { ...server, fqdn: "", powershell: "" } };
      };
      assert.deepEqual(told(ours["manifest.json"]), told(theirs["manifest.json"]));
    } finally {
      rmSync(beside, { recursive: true, force: true });
    }
  });
});
