import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { repositoryRoot } from "../../support/repository";
import { digest, machineWith, step, vm } from "./previews";

describe("entra-connect preview", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "preview-"));
    const previews = {
      same: digest(vm()),
      resized: digest(vm({ op: "update", new: machineWith("hardwareProfile.vmSize", "Standard_D4s_v5") })),
      deleted: digest(vm({ op: "delete" })),
      secret: digest(step("a:b:C", "x", { new: { password: "Correct-Horse-9" } })),
      none: {},
    };
    for (const [name, preview] of Object.entries(previews)) writeFileSync(at(`${name}.json`), JSON.stringify(preview));
    writeFileSync(at("words.json"), "hello");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const at = (name: string): string => join(folder, name);
  const run = (args: readonly string[], input?: string | Buffer, environment: NodeJS.ProcessEnv = {}) => {
    const ended = spawnSync(process.execPath, [join(repositoryRoot, "dist", "cli", "main.js"), "preview", ...args], {
      cwd: folder,
      encoding: "utf8",
      input: input ?? "",
      env: { ...process.env, ...environment },
    });
    return { status: ended.status, stdout: ended.stdout, stderr: ended.stderr };
  };

  it("ends as every command does: 0 ok, 1 review, 2 blocked, 3 no preview, 4 could not run", () => {
    const codes = ["same", "resized", "deleted", "words", "none"].map((name) => run([`${name}.json`]).status);
    assert.deepEqual(codes, [0, 1, 2, 3, 4]);
  });

  it("reads standard input with - and without a file", () => {
    const given = readFileSync(at("deleted.json"));
    for (const args of [["-"], []]) assert.equal(run(args, given).status, 2);
  });

  it("could not run in every format", () => {
    for (const format of ["text", "markdown", "html"]) {
      const ended = run(["none.json", "--format", format]);
      assert.equal(ended.status, 4, format);
      assert.match(ended.stdout, /COULD NOT RUN/u, format);
    }
    const { verdict, summary } = JSON.parse(run(["none.json", "--format", "json"]).stdout);
    assert.equal(verdict, "couldNotRun");
    assert.match(summary.failure, /without steps/u);
  });

  it("takes the format from the name of the output file", () => {
    for (const [name, begins] of [
      ["r.md", "<!-- entra-connect preview"],
      ["r.html", "<!doctype html>"],
      ["r.json", "{"],
      ["r.txt", "What this change does"],
    ] as const) {
      assert.equal(run(["deleted.json", "-o", name]).status, 2);
      assert.ok(readFileSync(at(name), "utf8").startsWith(begins), name);
    }
  });

  it("gives the report as JSON with everything a program needs", () => {
    const report = JSON.parse(run(["resized.json", "--format", "json"]).stdout);
    assert.deepEqual([report.verdict, report.summary.counts, report.summary.stack], ["review", { update: 1 }, "prod"]);
    const [finding] = report.findings;
    assert.equal(finding.code, "machine-resized");
    assert.deepEqual(finding.change.properties, [
      { path: "hardwareProfile.vmSize", old: "Standard_D2s_v5", new: "Standard_D4s_v5" },
    ]);
    assert.equal(report.summary.servers[0].happening, "restart");
  });

  it("accepts hazards by code, resource, reason and day", () => {
    const entry = { code: "machine-unguarded", resource: "aadc-g1", reason: "a lab", until: "2999-12-31" };
    writeFileSync(at("accepted.json"), JSON.stringify([entry]));
    const ended = run(["deleted.json", "--accept", "accepted.json"]);
    assert.equal(ended.status, 0, ended.stderr);
    assert.match(ended.stdout, /Accepted {2}a lab \(until 2999-12-31; otherwise blocking\)/u);
    writeFileSync(at("accepted.json"), JSON.stringify([{ ...entry, until: "2020-01-01" }]));
    assert.equal(run(["deleted.json", "--accept", "accepted.json"]).status, 2);
  });

  it("refuses a list of accepted hazards that says no resource", () => {
    writeFileSync(at("bad.json"), JSON.stringify([{ code: "machine-unguarded", reason: "x", until: "2999-12-31" }]));
    const ended = run(["deleted.json", "--accept", "bad.json"]);
    assert.equal(ended.status, 3);
    assert.match(ended.stderr, /subject is missing/u);
  });

  it("prints annotations behind the text, and refuses to mix them with another format", () => {
    const ended = run(["deleted.json", "--annotations", "github"]);
    assert.match(ended.stdout, /\n::error title=machine-unguarded::/u);
    const mixed = run(["deleted.json", "--annotations", "github", "--format", "json"]);
    assert.equal(mixed.status, 3);
    assert.match(mixed.stderr, /--output/u);
  });

  it("writes SARIF beside the report", () => {
    assert.equal(run(["deleted.json", "--sarif", "r.sarif"]).status, 2);
    assert.equal(JSON.parse(readFileSync(at("r.sarif"), "utf8")).version, "2.1.0");
  });

  it("overwrites nothing that it reads", () => {
    for (const args of [
      ["-o", "deleted.json"],
      ["--sarif", "deleted.json"],
      ["-o", "x.md", "--sarif", "x.md"],
    ])
      assert.equal(run(["deleted.json", ...args]).status, 3, args.join(" "));
    assert.equal(existsSync(at("x.md")), false);
  });

  it("refuses what contradicts itself, with what to do", () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["same.json", "--stack", "prod"], /give one of them/u],
      [["same.json", "--cwd", "."], /--stack/u],
      [["same.json", "--budget", "10"], /1000/u],
      [["missing.json"], /missing\.json: cannot be read/u],
      [["same.json", "--format", "yaml"], /Allowed choices/u],
    ];
    for (const [args, why] of cases) {
      const ended = run(args);
      assert.equal(ended.status, 3, args.join(" "));
      assert.match(ended.stderr, why);
    }
  });

  it("shows no secret, in no format and on no stream", () => {
    for (const format of ["text", "markdown", "html", "json"]) {
      const ended = run(["secret.json", "--format", format]);
      assert.equal(ended.status, 2);
      assert.ok(!(ended.stdout + ended.stderr).includes("Correct-Horse-9"), format);
      assert.match(ended.stdout, /inputs\.password|inputs\\\.password/u, format);
    }
  });

  describe("--stack", () => {
    /** An outside user's Pulumi on the path. */
    const withPulumi = (script: string) => {
      const programs = mkdtempSync(join(folder, "programs-"));
      for (const [name, text] of [
        ["pulumi", `if [ "$1" = version ]; then echo v3.259.0; exit; fi\n${script}`],
        ["pulumi-language-nodejs", ""],
      ] as const) {
        writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`);
        chmodSync(join(programs, name), 0o755);
      }
      return { PATH: [programs, process.env.PATH].join(delimiter) };
    };

    it("runs the preview with everything the reviewer wants to see", function () {
      if (process.platform === "win32") this.skip();
      const environment = withPulumi(`echo "$@" > '${folder}/called'; cat '${folder}/resized.json'`);
      const ended = run(["--stack", "prod"], "", environment);
      assert.equal(ended.status, 1, ended.stderr);
      assert.equal(
        readFileSync(at("called"), "utf8").trim(),
        "preview --stack prod --json --show-sames --show-replacement-steps --non-interactive --color never",
      );
    });

    it("gives the engine's own words where it printed no preview", function () {
      if (process.platform === "win32") this.skip();
      const ended = run(
        ["--stack", "prod"],
        "",
        withPulumi('echo "{}"; echo "error: no stack named prod" >&2; exit 6'),
      );
      assert.equal(ended.status, 4);
      assert.match(ended.stdout, /There is no whole preview: error: no stack named prod/u);
    });

    it("does not call a preview good that ended with an error", function () {
      if (process.platform === "win32") this.skip();
      const ended = run(["--stack", "prod"], "", withPulumi(`cat '${folder}/same.json'; exit 255`));
      assert.equal(ended.status, 4);
      assert.match(ended.stdout, /exit code 255/u);
    });
  });
});
