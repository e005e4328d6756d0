import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { repositoryRoot, sampleConfiguration } from "../../support/repository";
import { requires } from "../../support/requires";
import { writeArchive } from "../evidence/archives";
import { Contoso, forest } from "./contoso";

describe("entra-connect compare", () => {
  let folder: string;

  before(function () {
    requires(this, "the Contoso sample", sampleConfiguration);
    folder = mkdtempSync(join(tmpdir(), "compare-"));
  });

  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(repositoryRoot, "dist", "cli", "main.js"), "compare", ...args],
      {
        encoding: "utf8",
      },
    );
    return { status, stdout, stderr };
  };
  const written = (name: string, copy: Contoso): string => {
    for (const [path, text] of copy.files) {
      const file = join(folder, name, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return join(folder, name);
  };

  it("ends with 0 for a pair in order, given as folder and archive", async () => {
    const staging = await writeArchive(join(folder, "staging.zip"), Object.fromEntries(Contoso.partner().files));
    const { status, stdout, stderr } = run(sampleConfiguration, staging);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /\[OK\]/);
    assert.match(stderr, /^(entra-connect: (reading|comparing).*\n)*$/);
  });

  it("ends with 1 for something to look at and with 2 for something that stands against a promotion", () => {
    assert.equal(
      run(sampleConfiguration, written("review", Contoso.staging().edit(forest, "<page-size>500<", "<page-size>100<")))
        .status,
      1,
    );
    const { status, stdout } = run(sampleConfiguration, sampleConfiguration);
    assert.equal(status, 2);
    assert.match(stdout, /\[BLOCKED\]/);
  });

  it("ends with 3 for bad input and prints no verdict", () => {
    const cut = written("cut", Contoso.staging().edit(forest, /<\/ma-data>\s*$/, ""));
    const { status, stdout, stderr } = run(sampleConfiguration, cut);
    assert.equal(status, 3);
    assert.equal(stdout, "");
    assert.match(stderr, /Connector_\{ae4db4cc.*\.xml:\d+:\d+: the file ends inside <ma-data>/);
    assert.equal(run(sampleConfiguration).status, 3);
  });

  it("prints findings as JSON, in one vocabulary", () => {
    const staging = written(
      "json",
      Contoso.staging().parameter("Microsoft.SynchronizationOption.UPNAttribute", "mail"),
    );
    const { stdout } = run(sampleConfiguration, staging, "--format", "json");
    const report = JSON.parse(stdout) as {
      verdict: string;
      findings: readonly object[];
      summary: { differences: number };
    };
    assert.deepEqual(Object.keys(report), ["verdict", "findings", "summary"]);
    for (const finding of report.findings)
      assert.deepEqual(Object.keys(finding).slice(0, 9), [
        "code",
        "severity",
        "class",
        "subject",
        "title",
        "active",
        "staging",
        "cause",
        "next",
      ]);
    assert.equal(report.verdict, "blocked");
    assert.equal(report.summary.differences, 2);
  });

  it("writes Markdown and HTML to a file", () => {
    const staging = written("pages", Contoso.partner());
    for (const [name, pattern] of [
      ["report.md", /^# Configuration/],
      ["report.html", /^<!doctype html>/i],
    ] as const) {
      const { status, stdout, stderr } = run(
        sampleConfiguration,
        staging,
        "--output",
        join(folder, name),
        "--only-differences",
        "--hide-standard-rules",
      );
      assert.equal(status, 0, stderr);
      assert.equal(stdout, "");
      assert.match(readFileSync(join(folder, name), "utf8"), pattern);
    }
  });

  it("never writes its report over an input", () => {
    const staging = written("over", Contoso.partner());
    const input = join(folder, "input.json");
    writeFileSync(input, "{}");
    for (const output of [staging, input]) {
      const { status, stderr } = run(input, staging, "--output", output);
      assert.equal(status, 3);
      assert.match(stderr, /is an input of the command, and it would be overwritten/);
    }
    assert.equal(readFileSync(input, "utf8"), "{}");
  });

  it("compares one server before and after, and judges no roles then", () => {
    const after = written("after", new Contoso().version("1.2.0.0"));
    const { status, stdout } = run(sampleConfiguration, after, "--before-after", "--format", "json");
    assert.equal(status, 0, stdout);
    const { findings } = JSON.parse(stdout) as { findings: readonly { code: string }[] };
    assert.ok(findings.some(({ code }) => code === "build-differs"));
    assert.ok(!findings.some(({ code }) => /role|staging|same-server/.test(code)), stdout);
    const { stdout: text } = run(sampleConfiguration, after, "--before-after");
    assert.match(text, /Configuration of one server, before and after/);
    assert.match(text, /Nothing changed that wants looking at/);
    const { status: refused, stderr } = run(sampleConfiguration, written("other", Contoso.partner()), "--before-after");
    assert.equal(refused, 3);
    assert.match(stderr, /is of CONTOSO-SYNC02, but .* is of CONTOSO-SYNC01/);
  });

  it("says in text and JSON what it was made from", () => {
    const staging = written("origin", Contoso.partner());
    assert.match(run(sampleConfiguration, staging).stdout, /Made\s+\d{4}-\d\d-\d\dT\S+\s+By\s+pulumi-entra-connect \d/);
    const { summary } = JSON.parse(run(sampleConfiguration, staging, "--format", "json").stdout) as {
      summary: { made: { inputs: readonly { role: string; server: string; contentSha256: string }[] } };
    };
    assert.deepEqual(
      summary.made.inputs.map(({ role, server }) => `${role} ${server}`),
      ["active CONTOSO-SYNC01", "staging CONTOSO-SYNC02"],
    );
    for (const { contentSha256 } of summary.made.inputs) assert.match(contentSha256, /^[0-9a-f]{64}$/);
  });

  it("shows what is accepted as accepted, what blocks only with a name, and keeps it in the report", () => {
    const staging = written("accepted", Contoso.staging().edit(forest, "<page-size>500<", "<page-size>100<"));
    const { findings } = JSON.parse(run(sampleConfiguration, staging, "--format", "json").stdout) as {
      findings: readonly { code: string; subject: string; severity: string }[];
    };
    const entries = findings
      .filter(({ severity }) => severity === "warning")
      .map(({ code, subject }) => ({ code, subject, reason: "known since spring", until: "2999-12-31" }));
    const file = join(folder, "accept.json");
    writeFileSync(file, JSON.stringify(entries));
    const { status, stdout } = run(sampleConfiguration, staging, "--accept", file);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /known since spring/);
    assert.match(stdout, /accepted\./);
    assert.equal(run(sampleConfiguration, staging, "--accept", file, "--output", file).status, 3);
    writeFileSync(
      file,
      JSON.stringify([{ code: "two-active-servers", subject: "staging mode", reason: "x", until: "2999-12-31" }]),
    );
    assert.equal(run(sampleConfiguration, sampleConfiguration, "--accept", file).status, 2);
  });

  it("refuses a number of days that is none", () => {
    assert.equal(run(sampleConfiguration, sampleConfiguration, "--max-age-days", "soon").status, 3);
  });
});
