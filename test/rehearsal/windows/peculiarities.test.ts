import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { createServerWorld } from "../../../rehearsal/windows/createServerWorld";
import { leftOut } from "../../../rehearsal/windows/emulation/notRehearsed";
import { createExecutor } from "../../../rehearsal/windows/executor";
import {
  peculiarities,
  peculiarityNames,
  readPeculiarity,
  setPeculiarities,
} from "../../../rehearsal/windows/peculiarities";
import { readRegistry, readServerWorld } from "../../../rehearsal/windows/serverFiles";
import type { ServerFolder } from "../../../rehearsal/world/contract";
import { repositoryRoot } from "../../support/repository";

async function machine(): Promise<ServerFolder> {
  const server = { name: "vm-1", path: await mkdtemp(join(tmpdir(), "entra-connect-peculiar-")) };
  await createServerWorld(
    server,
    {
      resourceId: "/subscriptions/0/vm-1",
      vmId: "0f0e0d0c-0b0a-4908-8706-050403020100",
      name: "vm-1",
      computerName: "VM-1",
      administratorName: "admin",
      image: {
        publisher: "MicrosoftWindowsServer",
        offer: "WindowsServer",
        sku: "2022-datacenter-g2",
        version: "latest",
      },
      osDiskSizeGB: 128,
    },
    { scale: 240, realStart: "2026-11-26T08:00:00Z", simulatedStart: "2026-11-26T08:00:00Z" },
  );
  return server;
}

describe("peculiarities of Windows", () => {
  it("change a machine, and taken away leave it as it was", async () => {
    for (const name of peculiarityNames) {
      const server = await machine();
      const before = [await readServerWorld(server), await readRegistry(server)];
      await setPeculiarities(server, [{ name, on: true }]);
      const changed = [await readServerWorld(server), await readRegistry(server)];
      await setPeculiarities(server, [{ name, on: true }]);
      assert.deepEqual([await readServerWorld(server), await readRegistry(server)], changed, `${name} twice`);
      const { peculiar: _, ...world } = changed[0] as Awaited<ReturnType<typeof readServerWorld>>;
      assert.notDeepEqual([world, changed[1]], before, `${name} changes something`);
      await setPeculiarities(server, [{ name, on: false }]);
      const { peculiar, ...after } = await readServerWorld(server);
      assert.deepEqual(peculiar, []);
      assert.deepEqual([after, await readRegistry(server)], before, `${name} taken away`);
    }
  });

  it("are read by name, and an unknown one is answered with the names there are", () => {
    assert.deepEqual(readPeculiarity("clock-off"), { name: "clock-off", on: true });
    assert.deepEqual(readPeculiarity("no-clock-off"), { name: "clock-off", on: false });
    assert.throws(() => readPeculiarity("moon-phase"), /moon-phase.*stale-module-path, .*clock-off/s);
  });

  it("are refused by name where the scripts are only emulated", async () => {
    const server = await machine();
    await setPeculiarities(server, [{ name: "clock-off", on: true }]);
    const executor = await createExecutor({ powershell: "off" });
    const { exitCode, error } = await executor.runScript(server, {
      runCommandName: "x",
      script: "# entra-connect script: reach\n",
      parameters: [],
      timeoutInSeconds: 10,
    });
    assert.equal(exitCode, 1);
    assert.match(error, /VM-1 has peculiarities \(clock-off\).*test PowerShell only.*no-NAME/s);
  });

  it("are not all that is left to the test PowerShell: the documentation has a row of everything else", () => {
    const text = readFileSync(join(repositoryRoot, "docs", "rehearsal.md"), "utf8");
    const [, table = ""] = /not rehearsed where scripts are emulated \|\n\| --- \|\n((?:\|.*\|\n)+)/.exec(text) ?? [];
    assert.deepEqual(
      table.trimEnd().split("\n"),
      Object.values(leftOut).map((what) => `| ${what} |`),
    );
  });

  it("stand in the documentation, each with what it is", () => {
    const text = readFileSync(join(repositoryRoot, "docs", "rehearsal.md"), "utf8");
    for (const [name, { says }] of Object.entries(peculiarities))
      assert.ok(text.includes(`| \`${name}\` | ${says} |`), `docs/rehearsal.md has the row of ${name}`);
  });
});
