import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { describe, it } from "mocha";
import { pathOnDrive } from "../../../rehearsal/windows/serverFiles";
import { type StoredBlob, type VerifyInput, type VerifyResult, verifyArchive } from "../../../review/archive";
import { archiveFolder } from "../../../scripts/assemble";
import { type Archive, archiving, useArchiveWorlds } from "./archiveWorld";
import { stagingOff } from "./stages";

/** What a storage account would list of it. */
function listed({ kept }: Archive): readonly StoredBlob[] {
  return kept.map(({ name, body, headers }, index) => ({
    name,
    versionId: null,
    current: true,
    size: body.length,
    createdAt: new Date(Date.UTC(2026, 10, index + 2)),
    md5: createHash("md5").update(body).digest("hex"),
    metadata: Object.fromEntries(
      Object.entries(headers).flatMap(([header, value]) =>
        header.startsWith("x-ms-meta-") ? [[header.slice("x-ms-meta-".length), value]] : [],
      ),
    ),
    protection: null,
  }));
}

const proven = (archive: Archive, more: Partial<VerifyInput> = {}): Promise<VerifyResult> =>
  verifyArchive({
    listing: { source: "archive", kind: "account", blobs: listed(archive), cannotSay: [] },
    read: async ({ name }) => archive.kept.find((kept) => kept.name === name)?.body ?? assert.fail(name),
    now: new Date("2026-11-10T12:00:00Z"),
    warnHours: 1e6,
    blockHours: 1e6,
    ...more,
  });

describe("what the task adds, read by whoever proves the archive", () => {
  const make = useArchiveWorlds();
  /** Whose scheduler is on. */
  const worlds = async () => {
    const world = await make();
    await world.pair.edit(({ adsync }) => {
      assert.ok(adsync);
      adsync.scheduler.syncCycleEnabled = true;
    });
    return world;
  };

  it("is a whole chain of a healthy passive server, from the test PowerShell and emulated", async () => {
    const world = await worlds();
    for (let day = 0; day < 2; day++) await world.collected();
    for (const archive of world.archives) {
      const { report } = await proven(archive, { passive: [archiving.chain] });
      const open = report.findings.filter(({ severity }) => severity !== "info");
      // Nothing but that: nobody has run a profile on it yet.
      assert.deepEqual(
        open.map(({ code, title }) => `${code}: ${title}`),
        [
          "health-not-seen: aadc-stg-g1 (4c1d2f3a): no run is known: whether it synchronizes, or has exported, is not judged.",
        ],
      );
      const [row] = report.summary.chains;
      assert.deepEqual([row?.collections, row?.read, row?.generation, row?.role], [3, 3, 1, "passive"]);
    }
  });

  it("says why it began anew, and is a review until somebody has accepted it", async () => {
    const world = await worlds();
    await world.each((server) => rm(pathOnDrive(server, `${archiveFolder}\\chain.json`)));
    for (let day = 0; day < 2; day++) await world.collected();
    for (const archive of world.archives) {
      const { report } = await proven(archive);
      const open = report.findings.filter(({ severity }) => severity !== "info");
      assert.deepEqual(
        open.map(({ code }) => code),
        ["started-anew", "health-not-seen"],
      );
      assert.match(open[0]?.title ?? "", /chain\.json was not there/);
    }
  });

  it("is a passive server that exports, where its declared role says passive and its flag does not", async () => {
    const world = await worlds();
    await world.pair.edit(stagingOff);
    await world.collected();
    const { report } = await proven(world.archive, { passive: [archiving.chain] });
    assert.ok(report.findings.some(({ code, severity }) => code === "staging-flag" && severity === "blocking"));
  });
});
