import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareServers } from "../../../review/configuration";
import { analyseExports } from "../../../review/exports";
import { compareStatisticsOf, defaultTolerances } from "../../../review/statistics";
import { BadInput, exitCodeOf, exitCodes, type Finding, type Report, type Tool } from "../../../review/verdict";
import { repositoryRoot, sampleConfiguration, sharedFolder } from "../../support/repository";
import { requires } from "../../support/requires";
import { overruled, repaired } from "./expectedCodes";

const judgingCases = join(sharedFolder, "data", "judging-cases");
const kinds = ["compare", "exports", "statistics"] as const;
type Kind = (typeof kinds)[number];

interface Case {
  readonly kind: Kind;
  /** The exit code that was right all along; missing where it was wrong, or something else than the code. */
  readonly rc?: number;
}

/** These cases were recorded with other arguments than the pair, or are about an option of the command line. */
const otherArguments: Readonly<Record<string, (folder: string) => readonly [string, string]>> = {
  "folder-inner": (folder) => [folder, join(folder, "staging")],
  "same-path-twice": (folder) => [join(folder, "active"), join(folder, "active")],
};

/** The day of the cases: what is in them must not be judged by another clock. */
const now = new Date("2026-11-26T12:00:00Z");
const clock = () => now;
const atOnce = 12;

/** All of the cases beside the repository, of every kind; the only place where they are run. */
describe("the judged cases beside the repository", function () {
  this.timeout(900_000);
  const all: readonly (readonly [string, Case])[] = existsSync(judgingCases)
    ? Object.entries(JSON.parse(readFileSync(join(judgingCases, "expected.json"), "utf8")) as Record<string, Case>)
    : [];
  const right = new Map<Kind, number>(kinds.map((kind) => [kind, 0]));
  const wrong: string[] = [];
  const withoutTool = new Set<string>();

  let archive: Archive | undefined;
  before(function () {
    requires(this, "the judging cases", judgingCases);
    requires(this, "python3", spawnSync("python3", ["--version"]).status === 0);
    archive = new Archive();
  });
  after(() => archive?.remove());

  async function reportOf(name: string, kind: Kind, folder: string): Promise<Report<unknown>> {
    if (kind === "exports") {
      const files = (side: string) =>
        readdirSync(folder)
          .filter((file) => file.startsWith(side) && file.endsWith(".xml"))
          .sort()
          .map((file) => join(folder, file));
      return analyseExports({ active: files("a"), staging: files("s"), clock });
    }
    const [active, staging] = otherArguments[name]?.(folder) ?? pairIn(folder);
    if (kind === "compare") return (await compareServers(active, staging, undefined, { clock })).report;
    return compareStatisticsOf(active, staging, defaultTolerances, undefined, clock);
  }

  async function codeOf(name: string, kind: Kind, folder: string): Promise<number> {
    if (name === "overwrite-input") return overwriting(folder);
    try {
      const { verdict, findings } = await reportOf(name, kind, folder);
      for (const finding of findings)
        if (lacksTool(finding)) withoutTool.add(`${finding.code} (${finding.tool}): ${finding.next}`);
      return exitCodeOf(verdict);
    } catch (error) {
      if (error instanceof BadInput) return exitCodes.badInput;
      throw error;
    }
  }

  for (const kind of kinds) {
    const cases = all.filter(([, each]) => each.kind === kind);
    for (let start = 0; start < cases.length; start += atOnce) {
      const batch = cases.slice(start, start + atOnce);
      it(`${kind}: end as they should, ${batch[0]?.[0]} to ${batch.at(-1)?.[0]}`, async () => {
        const folder = mkdtempSync(join(tmpdir(), "judging-"));
        const missed: string[] = [];
        try {
          for (const [name, { rc }] of batch) {
            archive?.layOut(name, folder);
            const expected = overruled[name] ?? rc;
            const allowed = expected === undefined ? repaired[name] : [expected];
            assert.ok(allowed !== undefined, `nothing says how ${name} should end`);
            const code = await codeOf(name, kind, join(folder, name));
            if (allowed.includes(code)) right.set(kind, (right.get(kind) ?? 0) + 1);
            else missed.push(`${name}: exit code ${code} instead of ${allowed.join(" or ")}`);
          }
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
        wrong.push(...missed);
        assert.deepEqual(missed, []);
      });
    }
  }

  it("are all there and all right, by kind; whatever is to be done says with which tool", () => {
    for (const kind of kinds) {
      const count = all.filter(([, each]) => each.kind === kind).length;
      console.log(`      ${kind}: ${right.get(kind)} of ${count} right`);
      assert.equal(right.get(kind), count, wrong.join("; "));
    }
    assert.ok(all.length >= 210, `${all.length} cases`);
    assert.deepEqual([...withoutTool], []);
  });
});

/** One input of a case: a file of the archive, or a folder of which the archive has what differs from the base. */
type Entry = { readonly file: true } | { readonly base: boolean; readonly missing: readonly string[] };

/**
 * The archive, unpacked once; its cases as unpack.py beside it lays them out. That one reads the whole archive for every
 * call and copies the base for every folder, 585 MB; here the base's files are hard links of one copy.
 */
class Archive {
  readonly #folder = mkdtempSync(join(tmpdir(), "judging-archive-"));
  readonly #base = join(this.#folder, "base");
  readonly #cases = join(this.#folder, "cases");
  readonly #manifest: Readonly<Record<string, Readonly<Record<string, Entry>>>>;

  constructor() {
    const unpack = "import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])";
    const unpacking = ["-c", unpack, join(judgingCases, "cases.tar.xz"), this.#cases];
    const { status, stderr } = spawnSync("python3", unpacking, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    this.#manifest = JSON.parse(readFileSync(join(this.#cases, "manifest.json"), "utf8"));
    cpSync(sampleConfiguration, this.#base, { recursive: true });
  }

  /** Once for each case: what the archive has of it is moved. */
  layOut(name: string, folder: string): void {
    const laid = join(folder, name);
    const inArchive = join(this.#cases, name);
    if (existsSync(inArchive)) renameSync(inArchive, laid);
    for (const [input, entry] of Object.entries(this.#manifest[name] ?? {})) {
      if ("file" in entry) continue;
      const target = join(laid, input);
      mkdirSync(target, { recursive: true });
      if (!entry.base) continue;
      for (const file of readdirSync(this.#base, { recursive: true, withFileTypes: true })) {
        const from = join(file.parentPath, file.name);
        const path = from.slice(this.#base.length + 1);
        const to = join(target, path);
        if (file.isDirectory()) mkdirSync(to, { recursive: true });
        if (!file.isFile()) continue;
        if (entry.missing.includes(path.replaceAll("\\", "/")) || existsSync(to)) continue;
        linkSync(from, to);
      }
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const named: readonly (readonly [RegExp, Tool])[] = [
  [/rules editor/iu, "rules-editor"],
  [/service manager/iu, "service-manager"],
  [/in the wizard/iu, "wizard"],
  [/csexport/iu, "evidence"],
];

/** No tool, or another one than the words name. */
function lacksTool({ severity, next, tool }: Finding): boolean {
  if (severity === "info" || next === "") return false;
  const words = named.filter(([word]) => word.test(next)).map(([, each]) => each);
  return tool === undefined || (words.length > 0 && !words.includes(tool));
}

/** A report that would take the place of its input: only the command line can be asked for that. */
function overwriting(folder: string): number {
  const [active, staging] = pairIn(folder);
  const command = [join(repositoryRoot, "dist/cli/main.js"), "compare", active, staging, "--output", staging];
  return spawnSync(process.execPath, command).status ?? -1;
}

function pairIn(folder: string): readonly [string, string] {
  const side = (name: string): string => {
    const found = [".zip", ".json", ""].map((end) => join(folder, `${name}${end}`)).find((path) => existsSync(path));
    return found ?? join(folder, name);
  };
  return [side("active"), side("staging")];
}
