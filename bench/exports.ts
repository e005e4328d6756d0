/**
 * Compares, in one run and on the same generated files, reading an export file with us (which extracts) and with what
 * else is there (which does not): `node dist/bench/exports.js [megabytes=100] [folder]`. Every reader runs in a process of
 * its own, start-up included, five times in turn; the best time counts, as the machine may be busy with other things.
 */
import { spawnSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analyseExports } from "../review/exports/analyse";
import { readExportObjects } from "../review/exports/reading/objects";
import { generatedXml, writeGeneratedFile } from "./exportFile";

const rounds = 5;
/** Holograms around small changes, in both encodings; and a file in which every object gets a certificate of 5 KB. */
const files = [
  { name: "utf-8", encoding: "utf-8", times: 1, certificates: false },
  { name: "utf-16le", encoding: "utf-16le", times: 1, certificates: false },
  { name: "utf-8-certificates", encoding: "utf-8", times: 2, certificates: true },
] as const;

interface Reader {
  readonly name: string;
  readonly command: (path: string) => readonly [string, readonly string[]];
}

const ourselves = (what: string) => (path: string) => [process.execPath, [__filename, "--child", what, path]] as const;
const expat =
  "import sys,xml.parsers.expat as e\np=e.ParserCreate()\np.StartElementHandler=lambda n,a:None\np.ParseFile(open(sys.argv[1],'rb'))";

const readers: readonly Reader[] = [
  { name: "ours: every pending change", command: ourselves("read") },
  { name: "ours: entra-connect exports, staging alone", command: ourselves("analyse") },
  { name: "saxes, used plainly", command: ourselves("saxes") },
  { name: "Python expat, used plainly", command: (path) => ["python3", ["-c", expat, path]] },
  { name: "xmllint --stream", command: (path) => ["xmllint", ["--stream", "--noout", path]] },
];

async function child(what: string, path: string): Promise<void> {
  if (what === "read") {
    let objects = 0;
    const { by } = await readExportObjects(path, () => objects++);
    if (by !== "scanner" || objects === 0) throw new Error(`${path} was read by the ${by}, ${objects} objects`);
  } else if (what === "analyse") {
    await analyseExports({ staging: [path] });
  } else {
    // Only here: the command line does not load it for files that the scanner reads.
    const { SaxesParser } = await import("saxes");
    const parser = new SaxesParser();
    parser.on("opentag", () => {});
    const encoding = path.includes("utf-16le") ? "utf16le" : "utf8";
    for await (const piece of createReadStream(path, { encoding, highWaterMark: 1 << 20 })) parser.write(piece);
    parser.close();
  }
  process.stdout.write(String(process.resourceUsage().maxRSS));
}

function time({ command }: Reader, path: string): { seconds: number; peak: number } | undefined {
  const [program, args] = command(path);
  const begin = process.hrtime.bigint();
  const { status, stdout, stderr, error } = spawnSync(program, [...args], { encoding: "utf8" });
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return { seconds, peak: Number(stdout) / 1024 };
}

function compare(path: string, size: number): void {
  const best = new Map<string, { seconds: number; peak: number }>();
  for (let round = 0; round < rounds; round++) {
    for (const reader of readers) {
      const found = time(reader, path);
      const known = best.get(reader.name);
      if (found !== undefined && (known === undefined || found.seconds < known.seconds)) best.set(reader.name, found);
    }
  }
  const ours = best.get(readers[0]?.name ?? "")?.seconds ?? Number.NaN;
  for (const { name } of readers) {
    const found = best.get(name);
    if (found === undefined) console.log(`  ${name.padEnd(44)} not on this machine`);
    else {
      const speed = (size / 1e6 / found.seconds).toFixed(0).padStart(6);
      const ratio = (found.seconds / ours).toFixed(2).padStart(7);
      const peak = found.peak > 0 ? `${found.peak.toFixed(0).padStart(6)} MB peak` : "";
      console.log(`  ${name.padEnd(44)} ${speed} MB/s ${ratio} × our time ${peak}`);
    }
  }
}

/** How often a file with one comment is read: six times it used to be. */
async function passes(folder: string): Promise<void> {
  const path = join(folder, "comment.xml");
  const pieces = [...generatedXml({ seed: 1, encoding: "utf-8", objects: 3000 })];
  writeFileSync(path, pieces.join("").replace("<connector>", "<!-- one comment --><connector>"));
  const [file] = (await analyseExports({ staging: [path] })).summary.files;
  if (file === undefined) return;
  console.log(
    `a file with one comment: read by the ${file.readBy}, ${(file.bytesRead / file.bytes).toFixed(2)} passes`,
  );
}

async function bench(megabytes: number, parent: string): Promise<void> {
  const folder = mkdtempSync(join(parent, "bench-exports-"));
  try {
    for (const { name, encoding, times, certificates } of files) {
      const path = join(folder, `${name}.xml`);
      const make = (target: string, bytes: number) =>
        writeGeneratedFile(target, { seed: 1, encoding, certificates, bytes });
      const size = make(path, times * megabytes * 1e6);
      console.log(`${name}, ${(size / 1e6).toFixed(0)} MB, best of ${rounds}:`);
      compare(path, size);
      const large = join(folder, `${name}-4.xml`);
      make(large, 4 * times * megabytes * 1e6);
      const [analysis] = readers.slice(1);
      const peaks = [path, large].map((each) => (analysis === undefined ? 0 : (time(analysis, each)?.peak ?? 0)));
      console.log(
        `  peak memory of the analysis: ${peaks.map((peak) => `${peak.toFixed(0)} MB`).join(" at 1×, ")} at 4× the size`,
      );
      rmSync(path);
      rmSync(large);
    }
    await passes(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [first, second, third] = process.argv.slice(2);
if (first === "--child" && second !== undefined && third !== undefined) void child(second, third);
else void bench(Number(first ?? 100), second ?? tmpdir());
