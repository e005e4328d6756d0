/**
 * How long `entra-connect compare` takes, start-up included, on the Contoso sample: against its identical twin, and
 * against a copy in which every identifier is another one (as on a real second server, no file is the same).
 * Run: node dist/bench/compare.js [runs]
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot, sampleConfiguration } from "../test/support/repository";

const runs = Number(process.argv[2] ?? "10");
const command = join(repositoryRoot, "dist", "cli", "main.js");

function renamedCopy(folder: string): string {
  const copy = join(folder, "renamed");
  cpSync(sampleConfiguration, copy, { recursive: true });
  for (const part of readdirSync(copy))
    for (const name of readdirSync(join(copy, part))) {
      const text = readFileSync(join(copy, part, name), "utf8");
      const renamed = text.replace(/[0-9a-f]{8}-(?=[0-9a-f]{4}-)/gi, (start) =>
        /^0+-$/.test(start) ? start : `${start.slice(1, 8)}${start[0]}-`,
      );
      writeFileSync(join(copy, part, name), renamed.replace(/StagingMode"([^>]*)>False/, 'StagingMode"$1>True'));
    }
  return copy;
}

function measure(what: string, ...args: readonly string[]): void {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status === null || status > 2) throw new Error(stderr);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(0);
  console.log(`${what.padEnd(34)} median ${at(0.5)} ms   fastest ${at(0)} ms   slowest ${at(1)} ms   (${runs} runs)`);
}

const folder = mkdtempSync(join(tmpdir(), "bench-compare-"));
try {
  measure("node alone", "-e", "0");
  measure("compare, identical twin", command, "compare", sampleConfiguration, sampleConfiguration);
  measure("compare, every identifier renamed", command, "compare", sampleConfiguration, renamedCopy(folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
