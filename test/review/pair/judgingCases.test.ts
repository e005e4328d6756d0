import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analyseExports } from "../../../review/exports";
import { compareStatisticsOf } from "../../../review/statistics";
import { BadInput, exitCodeOf, exitCodes } from "../../../review/verdict";
import { sharedFolder } from "../../support/repository";
import { requires } from "../../support/requires";

interface Case {
  readonly kind: "compare" | "exports" | "statistics";
  /** The exit code to keep. */
  readonly rc?: number;
  readonly expected?: string;
}

/** What is right for those that were wrong, read from the words of `expected.json`. */
const mended: Readonly<Record<string, number>> = {
  "ex-add-disabled-accounts": 1,
  "ex-charref-vt": 3,
  "ex-contradiction": 1,
  "ex-ldap": 1,
  "ex-mail-proxy": 2,
  "ex-member-replace-all": 2,
  "ex-pending-import-only": 1,
  "ex-recreation-split": 2,
  "ex-ref-case": 0,
  "ex-replace-upn": 1,
  "ex-same-file-copied": 3,
  "st-count-zero": 1,
  "st-no-aad-runs": 1,
  "st-running": 1,
  "st-same-archive": 1,
  "st-staging-flag-contradicts2": 1,
};
/** Both sides are one file, to the byte, as in ex-same-file-copied, which says that this is bad input. */
const oneFile: ReadonlySet<string> = new Set(["ex-recreation-active-too"]);

describe("the judged cases beside the repository", function () {
  this.timeout(300_000);
  const data = join(sharedFolder, "data", "judging-cases");
  const unpacked = mkdtempSync(join(tmpdir(), "cases-"));
  after(() => rmSync(unpacked, { recursive: true, force: true }));
  let cases: Readonly<Record<string, Case>> = {};

  before(function () {
    requires(this, "the judged cases (shared/data/judging-cases)", existsSync(data));
    requires(this, "python3", spawnSync("python3", ["--version"]).status === 0);
    const all = JSON.parse(readFileSync(join(data, "expected.json"), "utf8")) as Record<string, Case>;
    cases = Object.fromEntries(Object.entries(all).filter(([, { kind }]) => kind !== "compare"));
    const result = spawnSync("python3", [join(data, "unpack.py"), unpacked, ...Object.keys(cases)], {
      encoding: "utf8",
    });
    assert.equal(result.status, 0, result.stderr);
  });

  async function codeOf(name: string, kind: Case["kind"]): Promise<number> {
    const folder = join(unpacked, name);
    const files = (side: string) =>
      readdirSync(folder)
        .filter((file) => file.startsWith(side) && file.endsWith(".xml"))
        .sort()
        .map((file) => join(folder, file));
    try {
      const { verdict } =
        kind === "exports"
          ? await analyseExports({ active: files("a"), staging: files("s") })
          : await compareStatisticsOf(join(folder, "active.zip"), join(folder, "staging.zip"));
      return exitCodeOf(verdict);
    } catch (error) {
      if (error instanceof BadInput) return exitCodes.badInput;
      throw error;
    }
  }

  for (const kind of ["exports", "statistics"] as const)
    it(`of ${kind} end with the exit code that is right`, async () => {
      const wrong: string[] = [];
      let judged = 0;
      for (const [name, { kind: of, rc }] of Object.entries(cases)) {
        if (of !== kind) continue;
        judged++;
        const right = oneFile.has(name) ? exitCodes.badInput : (rc ?? mended[name]);
        const got = await codeOf(name, kind);
        if (got !== right) wrong.push(`${name}: ${got} instead of ${right}`);
      }
      assert.deepEqual(wrong, []);
      assert.ok(judged > 10, `${judged} cases`);
    });
});
