/**
 * `entra-connect preview` of a digest of 2,000 resources, about 20 MB: whole command, start-up included, against Node that only
 * parses the same file and against jq where there is one. Aim: under 2 s and 300 MB.
 * Run: node dist/bench/previewReview.js [runs]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programOnPath } from "../engine/programOnPath";
import { largeDigest } from "../test/support/largeDigest";
import { repositoryRoot } from "../test/support/repository";

const runs = Number(process.argv[2] ?? "5");
const folder = mkdtempSync(join(tmpdir(), "bench-preview-review-"));

interface Measured {
  readonly milliseconds: number;
  /** Of the processor: what a machine that does nothing else would take. */
  readonly processor: number;
  readonly megabytes: number;
}

/** Processor time and peak memory are told by the process itself, at its end. */
const peak = join(folder, "peak.cjs");
writeFileSync(
  peak,
  'process.on("exit", () => require("node:fs").writeFileSync(process.env.PEAK_FILE, JSON.stringify(process.resourceUsage())));\n',
);

function once(program: string, args: readonly string[]): Measured {
  const file = join(folder, "peak.txt");
  writeFileSync(file, "{}");
  const began = performance.now();
  const ended = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, PEAK_FILE: file, NODE_OPTIONS: `--require ${peak}` },
  });
  const milliseconds = performance.now() - began;
  if (ended.status === null || ended.status > 2) throw new Error(ended.stderr);
  const used = JSON.parse(readFileSync(file, "utf8")) as Partial<NodeJS.ResourceUsage>;
  const processor = ((used.userCPUTime ?? 0) + (used.systemCPUTime ?? 0)) / 1000;
  return { milliseconds, processor, megabytes: (used.maxRSS ?? 0) / 1024 };
}

function measure(what: string, program: string, args: readonly string[]): number {
  const all = Array.from({ length: runs }, () => once(program, args)).sort((a, b) => a.milliseconds - b.milliseconds);
  const middle = all[Math.floor((all.length - 1) / 2)] ?? { milliseconds: 0, processor: 0, megabytes: 0 };
  const most = Math.max(...all.map(({ megabytes }) => megabytes));
  const memory = most > 0 ? `, processor ${middle.processor.toFixed(0)} ms, at most ${most.toFixed(0)} MB` : "";
  console.log(
    `${what.padEnd(40)} median ${middle.milliseconds.toFixed(0)} ms, fastest ${(all[0]?.milliseconds ?? 0).toFixed(0)} ms${memory}`,
  );
  return middle.milliseconds;
}

try {
  const file = join(folder, "preview.json");
  writeFileSync(file, JSON.stringify(largeDigest(2000), null, 4));
  console.log(`2,000 resources, ${(statSync(file).size / 1e6).toFixed(1)} MB, ${runs} runs each`);
  const parse = `JSON.parse(require("node:fs").readFileSync(${JSON.stringify(file)}, "utf8"))`;
  const alone = measure("node, JSON.parse and nothing else", process.execPath, ["-e", parse]);
  const jq = programOnPath("jq", process.env);
  const query = '[.steps[] | select(.op != "same") | {op, urn}] | group_by(.op) | map({op: .[0].op, count: length})';
  const counted = jq === undefined ? undefined : measure("jq, counting operations", jq, [query, file]);
  const main = join(repositoryRoot, "dist", "cli", "main.js");
  const ours = measure("entra-connect preview", process.execPath, [
    main,
    "preview",
    file,
    "-o",
    join(folder, "out.json"),
  ]);
  console.log(
    `ratio to JSON.parse alone ${(ours / alone).toFixed(1)}${counted === undefined ? "" : `, to jq ${(ours / counted).toFixed(2)}`}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
