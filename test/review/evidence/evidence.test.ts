import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { identityOf, readEvidence } from "../../../review/evidence";
import { BadInput } from "../../../review/verdict";
import { manifestOf, writeArchive } from "./archives";

const configuration = {
  "Connectors/Connector_{1}.xml": "<ma-data/>",
  "GlobalSettings/MV.xml": "<saved-mv-configuration/>",
  "SynchronizationRules/SynchronizationRule_{1}.xml": "<synchronizationRule/>",
};

describe("reading evidence", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "evidence-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (name: string): string => join(folder, name);
  const write = (name: string, content: string | Buffer): string => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), content);
    return at(name);
  };
  const refuses = (source: string, pattern: RegExp): Promise<void> =>
    assert.rejects(readEvidence(source), (error: unknown) => {
      assert.ok(error instanceof BadInput, String(error));
      assert.match(error.message, pattern);
      return true;
    });

  it("reads a folder of Get-ADSyncServerConfiguration, in a stable order", async () => {
    for (const [name, text] of Object.entries(configuration)) write(`export/${name}`, text);
    const evidence = await readEvidence(at("export"));
    assert.equal(evidence.kind, "server-configuration");
    assert.deepEqual(
      evidence.kind === "server-configuration" && evidence.configuration.map((file) => file.path),
      Object.keys(configuration),
    );
  });

  it("reads an archive of the folder's content, of the folder itself, and with names as Windows writes them", async () => {
    for (const change of [(name: string) => name, (name: string) => `Export/${name}`]) {
      const files = Object.fromEntries(Object.entries(configuration).map(([name, text]) => [change(name), text]));
      const evidence = await readEvidence(await writeArchive(at("export.zip"), files));
      assert.deepEqual(
        evidence.kind === "server-configuration" && evidence.configuration.map((file) => file.path),
        Object.keys(configuration),
      );
    }
    const backslashes = Buffer.from(
      readFileSync(await writeArchive(at("w.zip"), configuration))
        .toString("latin1")
        .replaceAll("Connectors/", "Connectors\\"),
      "latin1",
    );
    const evidence = await readEvidence(write("windows.zip", backslashes));
    assert.deepEqual(
      evidence.kind === "server-configuration" && evidence.configuration.map((file) => file.path),
      Object.keys(configuration),
    );
  });

  it("leaves out what file managers leave behind, and reads through folders around the export", async () => {
    const litter = ["desktop.ini", "Connectors/Thumbs.db", "Connectors/.DS_Store", "SynchronizationRules/._Rule.xml"];
    const files = Object.fromEntries([
      ...Object.entries(configuration).map(([name, text]) => [`SYNC01/Export/${name}`, text]),
      ...litter.map((name) => [`SYNC01/Export/${name}`, "x"]),
      ["__MACOSX/SYNC01/._Export", "x"],
    ]) as Record<string, string>;
    const paths = async (source: string): Promise<readonly string[] | false> => {
      const evidence = await readEvidence(source);
      return evidence.kind === "server-configuration" && evidence.configuration.map((file) => file.path);
    };
    assert.deepEqual(await paths(await writeArchive(at("nested.zip"), files)), Object.keys(configuration));
    for (const [name, text] of Object.entries(files)) write(`laid-out/${name}`, text);
    assert.deepEqual(await paths(at("laid-out/SYNC01/Export")), Object.keys(configuration));
    await refuses(at("laid-out"), /It holds one that does: .*SYNC01.Export. Give that/);
  });

  it("names the exports in an archive that holds several", async () => {
    const files = Object.fromEntries(
      ["A", "B"].flatMap((server) =>
        Object.entries(configuration).map(([name, text]) => [`all/${server}/${name}`, text] as const),
      ),
    );
    await refuses(await writeArchive(at("two.zip"), files), /It holds several: A, B\. Unpack it and give one/);
  });

  it("gives a folder and an archive of it the same hash of the content", async () => {
    for (const [name, text] of Object.entries(configuration)) write(`same/${name}`, text);
    const [folderIdentity, archiveIdentity] = await Promise.all(
      [at("same"), await writeArchive(at("same.zip"), configuration)].map(async (source) =>
        identityOf(await readEvidence(source)),
      ),
    );
    assert.equal(folderIdentity?.contentSha256, archiveIdentity?.contentSha256);
    assert.equal(folderIdentity?.sha256, undefined);
    assert.match(archiveIdentity?.sha256 ?? "", /^[0-9a-f]{64}$/);
  });

  const collected = {
    ...Object.fromEntries(Object.entries(configuration).map(([name, text]) => [`configuration/${name}`, text])),
    "statistics/connectors.json": "[]",
    "versions.json": "{}",
  };

  it("reads an archive of the collector, checked against its manifest", async () => {
    const evidence = await readEvidence(
      await writeArchive(at("c.zip"), { ...collected, "manifest.json": manifestOf(collected) }),
    );
    assert.equal(evidence.kind, "collected");
    if (evidence.kind !== "collected") return;
    assert.deepEqual(
      evidence.configuration.map((file) => file.path),
      Object.keys(configuration),
    );
    assert.deepEqual(
      evidence.statistics.map((file) => file.path),
      ["connectors.json"],
    );
    assert.deepEqual(
      evidence.others.map((file) => file.path),
      ["versions.json"],
    );
    assert.equal(evidence.manifest.server.name, "SYNC01");
  });

  it("sees that a synchronization was running, by the scheduler or by a run without an end", async () => {
    const run = (more: object) => JSON.stringify([{ connector: "a", runs: [{ StartDate: "2026-10-06", ...more }] }]);
    const runningIn = async (statistics: Record<string, string>): Promise<boolean> => {
      const files = { ...collected, ...statistics };
      const source = await writeArchive(at("r.zip"), { ...files, "manifest.json": manifestOf(files) });
      return identityOf(await readEvidence(source)).running;
    };
    assert.equal(await runningIn({}), false);
    assert.equal(await runningIn({ "statistics/scheduler.json": '{"SyncCycleInProgress":true}' }), true);
    assert.equal(await runningIn({ "statistics/run-results.json": run({ EndDate: null }) }), true);
    assert.equal(await runningIn({ "statistics/run-results.json": run({ EndDate: "2026-10-06" }) }), false);
  });

  it("refuses an archive of the collector in which a file was changed, is missing or was added", async () => {
    const manifest = manifestOf(collected);
    await refuses(
      await writeArchive(at("a.zip"), { ...collected, "versions.json": "[]", "manifest.json": manifest }),
      /versions\.json does not have its hash/,
    );
    const { "versions.json": _gone, ...fewer } = collected;
    await refuses(
      await writeArchive(at("b.zip"), { ...fewer, "manifest.json": manifest }),
      /versions\.json is missing/,
    );
    await refuses(
      await writeArchive(at("c.zip"), { ...collected, "more.txt": "x", "manifest.json": manifest }),
      /more\.txt is not listed/,
    );
    await refuses(
      await writeArchive(at("d.zip"), { ...collected, "versions.json": "longer", "manifest.json": manifest }),
      /has 6 bytes instead of 2/,
    );
    await refuses(await writeArchive(at("e.zip"), collected), /neither a server's configuration nor a manifest\.json/);
    await refuses(
      await writeArchive(at("f.zip"), { ...collected, "manifest.json": "{" }),
      /manifest\.json:1:2: this is not JSON/,
    );
    await refuses(
      await writeArchive(at("g.zip"), { ...collected, "manifest.json": manifest.replace("evidence/1", "evidence/9") }),
      /schema "entra-connect-evidence\/9"/,
    );
    const onlyConfiguration = Object.fromEntries(
      Object.entries(collected).filter(([name]) => name.startsWith("configuration/")),
    );
    await refuses(await writeArchive(at("h.zip"), onlyConfiguration), /neither a server's configuration nor/);
  });

  it("reads a settings file in UTF-8 and UTF-16", async () => {
    for (const bytes of [Buffer.from("\ufeff{}"), Buffer.from("\ufeff{}", "utf16le"), Buffer.from("{}")])
      assert.equal((await readEvidence(write("settings.json", bytes))).kind, "settings-file");
  });

  it("refuses an archive that is cut short, damaged, encrypted, or not a zip archive", async () => {
    const whole = readFileSync(
      await writeArchive(at("whole.zip"), { ...configuration, "Connectors/big.xml": "x".repeat(5000) }),
    );
    await refuses(write("short.zip", whole.subarray(0, whole.length - 30)), /cannot be read as a zip archive/);
    await refuses(write("empty.zip", ""), /empty \(0 bytes\)/);
    await refuses(write("fake.zip", "PK but no more"), /cannot be read as a zip archive/);
    const stored = await storedArchive();
    await refuses(
      write("damaged.zip", Buffer.from(stored.toString("latin1").replace("<ma-data/>", "<ma-dota/>"), "latin1")),
      /damaged \(its checksum/,
    );
    await refuses(write("encrypted.zip", withFlag(stored, 1)), /is encrypted\. Unpack the archive/);
  });

  it("refuses names that lead out of the archive and names that occur twice", async () => {
    const stored = (await storedArchive()).toString("latin1");
    await refuses(
      write(
        "out.zip",
        Buffer.from(stored.replaceAll("Connectors/Connector_{1}.xml", "../Connectors/Connect_{1}.xm"), "latin1"),
      ),
      /name leads outside the archive \(invalid relative path/,
    );
    await refuses(
      write(
        "root.zip",
        Buffer.from(stored.replaceAll("Connectors/Connector_{1}.xml", "/onnectors/Connector_{1}.xml"), "latin1"),
      ),
      /absolute path/,
    );
    await refuses(
      write(
        "twice.zip",
        Buffer.from(
          stored
            .replaceAll("Connectors/Connector_{1}.xml", "Connectors/Connector_{2}.XML")
            .replaceAll("Connectors/Connector_{3}.xml", "Connectors/Connector_{2}.xml"),
          "latin1",
        ),
      ),
      /holds this name twice/,
    );
  });

  it("refuses an archive that would unpack to more than evidence can be", async () => {
    await refuses(
      await writeArchive(at("bomb.zip"), { ...configuration, "Connectors/bomb.xml": Buffer.alloc(65 * 1024 * 1024) }),
      /unpacks to more/,
    );
  });

  it("refuses the wrong folder and says which one to give", async () => {
    for (const name of Object.keys(configuration)) write(`servers/production/${name}`, "<x/>");
    await refuses(at("servers"), /does not hold a server's configuration.*servers.production\. Give that/);
    await refuses(at("servers/production/Connectors"), /one part of an export: give the folder around it/);
    mkdirSync(at("nothing"));
    await refuses(at("nothing"), /Give a folder written by Get-ADSyncServerConfiguration/);
    await refuses(at("absent"), /cannot be read \(ENOENT/);
  });

  it("refuses links inside a folder", async function () {
    write("export/Connectors/a.xml", "<ma-data/>");
    try {
      symlinkSync(at("export/Connectors/a.xml"), at("export/Connectors/b.xml"));
    } catch {
      this.skip();
    }
    await refuses(at("export"), /neither a file nor a folder \(a link\?\)/);
  });

  it("refuses files of another kind and names the command for them", async () => {
    await refuses(write("pending.xml", "\ufeff<?xml version='1.0'?>\n<cs-objects/>"), /entra-connect exports/);
    await refuses(write("one.xml", "<ma-data/>"), /single XML file/);
    await refuses(write("notes.txt", "hello"), /neither a folder, nor a zip archive, nor a JSON file/);
    await refuses(write("list.json", "[]"), /JSON but not an object/);
    await refuses(write("short.json", '{\n  "a": 1,\n  "b'), /short\.json:3:\d+: this is not JSON/);
    await refuses(write("deep.json", `${'{"a":'.repeat(100)}1${"}".repeat(100)}`), /nested deeper/);
  });

  /** Three connector files, stored without compression, so that a test can edit names and bytes in place. */
  async function storedArchive(): Promise<Buffer> {
    const { ZipFile } = await import("yazl");
    const archive = new ZipFile();
    for (const name of ["Connectors/Connector_{1}.xml", "Connectors/Connector_{3}.xml"])
      archive.addBuffer(Buffer.from("<ma-data/>"), name, { compress: false });
    archive.end();
    const parts: Buffer[] = [];
    for await (const part of archive.outputStream) parts.push(Buffer.from(part));
    return Buffer.concat(parts);
  }

  /** Sets a general purpose flag in every central directory entry. */
  function withFlag(archive: Buffer, flag: number): Buffer {
    const result = Buffer.from(archive);
    for (let at = result.indexOf("PK\u0001\u0002"); at >= 0; at = result.indexOf("PK\u0001\u0002", at + 4)) {
      result.writeUInt16LE(result.readUInt16LE(at + 8) | flag, at + 8);
      // An encrypted entry has a header of twelve bytes.
      result.writeUInt32LE(result.readUInt32LE(at + 20) + 12, at + 20);
    }
    return result;
  }
});
