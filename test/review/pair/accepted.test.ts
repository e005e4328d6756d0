import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAcceptances, withAccepted } from "../../../review/accepted";
import { BadInput, type Finding, type Report, type Severity, verdictOf } from "../../../review/verdict";

describe("accepted differences", () => {
  const folder = mkdtempSync(join(tmpdir(), "accepted-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const today = new Date("2026-11-26T12:00:00Z");
  const finding = (code: string, severity: Severity, staging: Finding["staging"] = null): Finding => ({
    code,
    severity,
    class: "x",
    subject: "contoso.com",
    title: `${code}.`,
    active: null,
    staging,
    cause: "",
    next: "",
  });
  const report = (...findings: Finding[]): Report<null> => ({ verdict: verdictOf(findings), findings, summary: null });
  const accept = async (text: string, judged: Report<null>): Promise<Report<null>> => {
    const file = join(folder, "accepted.yaml");
    writeFileSync(file, text);
    return withAccepted(judged, await readAcceptances(file), today);
  };
  const entry = (more = "") =>
    `- { code: deletes, subject: Contoso.COM, reason: leavers of May, until: 2026-11-26${more} }`;

  it("stay in the report, as accepted, and no longer decide the verdict", async () => {
    const { verdict, findings } = await accept(entry(), report(finding("deletes", "warning")));
    assert.equal(verdict, "ok");
    assert.deepEqual(findings[0]?.accepted, {
      reason: "leavers of May",
      until: "2026-11-26",
      by: null,
      severity: "warning",
    });
  });

  it("never silence what blocks without a name", async () => {
    const blocking = report(finding("deletes", "blocking"));
    const nameless = await accept(entry(), blocking);
    assert.equal(nameless.verdict, "blocked");
    assert.match(nameless.findings.at(-1)?.title ?? "", /has no name \(by\)/);
    assert.equal((await accept(entry(", by: Ada"), blocking)).verdict, "ok");
  });

  it("end with their day, and hold for no more than was said", async () => {
    const old = await accept(entry().replace("11-26", "11-25"), report(finding("deletes", "warning")));
    assert.deepEqual([old.verdict, old.findings.at(-1)?.code], ["review", "acceptance-without-effect"]);
    const many = report(finding("deletes", "warning", { objects: 6 }));
    assert.equal((await accept(entry(", most: 5"), many)).verdict, "review");
    assert.equal((await accept(entry(", most: 6"), many)).verdict, "ok");
    assert.equal((await accept(entry(", most: 6"), report(finding("deletes", "warning")))).verdict, "review");
  });

  it("take nothing else with them, and one that fits nothing is named", async () => {
    const { verdict, findings } = await accept(entry(), report(finding("disables", "warning")));
    assert.deepEqual([verdict, findings.map(({ code }) => code)], ["review", ["disables", "acceptance-unused"]]);
  });

  it("are refused with every problem at once where the file is not in order", async () => {
    const problems = async (text: string): Promise<string> => {
      try {
        await accept(text, report());
      } catch (error) {
        assert.ok(error instanceof BadInput);
        return error.message;
      }
      assert.fail("nothing was refused");
    };
    const all = await problems("- { code: a, until: 2026-02-30, why: x }\n- 7");
    for (const part of [/entry 1: there is no "why"/, /2026-02-30/, /entry 1: subject is missing/, /entry 2: code/])
      assert.match(all, part);
    assert.match(await problems("a: b"), /is not a list/);
    assert.match(await problems("[}"), /neither JSON nor YAML/);
  });
});
