import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectArchive } from "../../rehearsal/windows/emulation/collector";
import { type Look, look } from "../../review/switch";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, second, switchStaging, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

const [older, newer] = ["2.6.91.0", "2.6.92.0"] as const;
const minute = 60_000;

/** Microsoft's option 1 for a pair (docs/switch.md), with the library, the collector and the command of the switch. */
describe("an upgrade of a pair in place, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  const record = join(world.project, "switch-upgrade");
  const engineOf = (machine: string): string | undefined => {
    const { fileVersions, services } = world.server(machine);
    return fileVersions[services.ADSync?.path ?? ""];
  };
  const pin = (generation: number, version: string): void =>
    world.block(generation, ({ connect }) => {
      connect.version = version;
    });
  const succeeds = async (): Promise<Awaited<ReturnType<Rehearsal["up"]>>> => {
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    return up;
  };

  /** The world's time, some minutes later; both servers' clocks say the same, and stand still. */
  const later = (minutes: number): number => {
    const file = join(world.world, "world.json");
    const kept = JSON.parse(readFileSync(file, "utf8"));
    const now = Date.parse(kept.clock.latest) + minutes * minute;
    kept.clock.latest = new Date(now).toISOString();
    writeFileSync(file, JSON.stringify(kept));
    for (const machine of [first, second])
      world.changeServer(machine, (server) => {
        server.clock = { scale: 0, realStart: new Date().toISOString(), simulatedStart: kept.clock.latest };
      });
    return now;
  };
  /** A cycle, as the scheduler of each server runs it. */
  const cycle = (): void => {
    const at = (ago: number): string => new Date(later(0) - ago * minute).toISOString();
    for (const machine of [first, second])
      world.changeServer(machine, ({ adsync }) => {
        if (adsync === undefined) throw new Error("not installed");
        adsync.autoUpgrade = "Disabled";
        adsync.scheduler.syncCycleEnabled = true;
        const profiles = ["Delta Import", "Delta Synchronization", ...(adsync.stagingMode ? [] : ["Export"])];
        for (const { identifier, name } of adsync.connectors)
          for (const profile of profiles)
            adsync.runHistory.unshift({
              ...{ runHistoryId: `${machine}-${name}-${profile}-${at(2)}`, connectorIdentifier: identifier },
              ...{ connectorName: name, runProfileName: profile, result: "success" },
              ...{ startDate: at(4), endDate: at(3), stepTypes: [profile.toLowerCase().replace(" ", "-")] },
            });
      });
  };
  const call = async (minutes: number): Promise<Look> => {
    const now = later(minutes);
    cycle();
    const archive = async (machine: string): Promise<string> => {
      const { name, bytes } = await collectArchive({ name: machine, path: join(world.world, "servers", machine) });
      const path = join(world.project, name);
      writeFileSync(path, bytes);
      return path;
    };
    return look({
      record,
      active: await archive(first),
      staging: await archive(second),
      overrides: ["change-not-stated", "exports-missing"],
      by: "Ada Lovelace",
      reason: "CHG-4711, backups of 02:00, nothing pends",
      caller: { account: "ada", host: "ADMIN1" },
      clock: () => new Date(now),
    });
  };
  const blocking = ({ report }: Look): string =>
    text(report.findings.filter(({ severity, accepted }) => severity === "blocking" && accepted === undefined));

  it("goes the whole way: the passive server first, a switch, the other one while it is passive", async () => {
    pin(1, older);
    await succeeds();
    world.declareActive(1);
    world.addBlock(2);
    await succeeds();
    switchStaging(world, first, false);

    pin(2, newer);
    const ran = (await world.scriptsRunOn(first)).length;
    await succeeds();
    assert.deepEqual([engineOf(first), engineOf(second)], [older, newer]);
    assert.equal(world.server(second).adsync?.stagingMode, true);
    assert.equal((await world.scriptsRunOn(first)).length, ran, "nothing ran on the active server");

    const ready = await call(30);
    assert.equal(ready.decision.state, "ready to demote", blocking(ready));
    switchStaging(world, first, true);
    const middle = await call(10);
    assert.equal(middle.decision.state, "ready to promote", blocking(middle));
    switchStaging(world, second, false);
    const done = await call(30);
    assert.equal(done.decision.state, "done", blocking(done));

    world.settings((settings) => {
      Object.assign(settings.generations["1"] ?? {}, { role: "passive" });
      Object.assign(settings.generations["2"] ?? {}, { role: "active" });
      settings.roleSwitch = { record: "./switch-upgrade" };
    });
    const swapped = await succeeds();
    assert.match(text(swapped.findings), /aadc-stg-g2 was declared passive and is declared active now: by the record/);
    assert.equal((await world.scriptsRunOn(first)).at(-1), "verify-staging");

    pin(1, newer);
    const onSecond = (await world.scriptsRunOn(second)).length;
    await succeeds();
    assert.deepEqual([engineOf(first), engineOf(second)], [newer, newer]);
    assert.equal(world.server(first).adsync?.stagingMode, true);
    assert.equal((await world.scriptsRunOn(second)).length, onSecond, "nothing ran on the new active server");
    assert.deepEqual(changed(await world.up()), nothing);
    for (const machine of [first, second]) assert.deepEqual(world.server(machine).violations, []);
  });
});
