import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { repositoryRoot } from "../../support/repository";
import { requires } from "../../support/requires";
import { digest, machineWith, vm } from "./previews";

const examples = join(repositoryRoot, "docs", "examples");

interface Step {
  readonly name?: string;
  readonly displayName?: string;
  readonly run?: string;
  readonly bash?: string;
}

const has = (program: string): boolean => spawnSync("bash", ["-c", `command -v ${program}`]).status === 0;

/**
 * A machine of a pipeline in a folder: `npx` runs this repository's command line, `pulumi` prints a preview, and `gh` and
 * `curl` write down what they are asked.
 */
class Runner {
  readonly folder = mkdtempSync(join(tmpdir(), "workflow-"));
  private readonly programs = join(this.folder, "programs");

  constructor(
    preview: unknown,
    private readonly comments: string,
  ) {
    mkdirSync(this.programs);
    writeFileSync(join(this.folder, "printed.json"), JSON.stringify(preview));
    writeFileSync(join(this.folder, "accepted.yaml"), "[]\n");
    const main = join(repositoryRoot, "dist", "cli", "main.js");
    this.program("npx", `shift; exec '${process.execPath}' '${main}' "$@"`);
    this.program("npm", "true");
    // With a Node host beside it, so that no other is attached.
    this.program("pulumi-language-nodejs", "true");
    this.program("pulumi", `if [ "$1" = version ]; then echo v3.259.0; else cat '${this.folder}/printed.json'; fi`);
    this.program(
      "gh",
      `echo "gh $*" >> '${this.folder}/calls'; case "$*" in *--paginate*) cat '${this.folder}/comments' ;; esac`,
    );
    this.program(
      "curl",
      `echo "curl $*" >> '${this.folder}/calls'; case "$*" in *"--data @-"*) cat > '${this.folder}/sent.json' ;; *) cat '${this.folder}/comments' ;; esac`,
    );
    writeFileSync(join(this.folder, "comments"), this.comments);
  }

  private program(name: string, text: string): void {
    const file = join(this.programs, name);
    writeFileSync(file, `#!/bin/bash\n${text}\n`);
    chmodSync(file, 0o755);
  }

  /** As both kinds of pipeline run it: the first failing command ends it. */
  run(script: string, environment: Record<string, string> = {}) {
    const { status, stdout, stderr } = spawnSync("bash", ["-eo", "pipefail", "-c", script], {
      cwd: this.folder,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: [this.programs, process.env.PATH].join(delimiter),
        STACK: "prod",
        GITHUB_OUTPUT: join(this.folder, "output"),
        GITHUB_STEP_SUMMARY: join(this.folder, "summary.md"),
        ...environment,
      },
    });
    return { status, stdout, stderr };
  }

  file(name: string): string {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const source = { sourcePosition: "project:///index.ts#7,1" };
const resized = digest(
  vm({ op: "update", new: machineWith("hardwareProfile.vmSize", "Standard_D4s_v5"), state: source }),
);
const deleted = digest(vm({ op: "delete", state: source }));

describe("the example workflow for GitHub Actions", () => {
  const file = parse(readFileSync(join(examples, "github-preview.yml"), "utf8"));
  const steps: readonly Step[] = file.jobs.preview.steps;
  const script = (name: string): string => steps.find((step) => step.name === name)?.run ?? "exit 99";
  const comment = { REPOSITORY: "contoso/infra", NUMBER: "12" };
  let runner: Runner;

  before(function () {
    requires(this, "bash", has("bash"));
  });
  afterEach(() => runner?.remove());

  it("reviews, annotates and hands the exit code on", () => {
    runner = new Runner(resized, "");
    const ended = runner.run(script("Review"));
    assert.equal(ended.status, 0, ended.stderr);
    assert.match(ended.stdout, /^::warning file=index\.ts,line=7,title=machine-resized::/mu);
    assert.equal(runner.file("output"), "code=1\n");
    assert.match(runner.file("summary.md"), /^<!-- entra-connect preview: infra\/prod -->\n/u);
    assert.equal(JSON.parse(runner.file("review.sarif")).runs[0].results.length, 1);
  });

  it("comments for the first time, and updates its comment later", () => {
    runner = new Runner(resized, "");
    runner.run(script("Review"));
    assert.equal(runner.run(script("Comment"), comment).status, 0);
    assert.match(
      runner.file("calls"),
      /gh api --method POST repos\/contoso\/infra\/issues\/12\/comments --field body=@review\.md/u,
    );
    writeFileSync(join(runner.folder, "comments"), "4711\n");
    assert.equal(runner.run(script("Comment"), comment).status, 0);
    assert.match(
      runner.file("calls"),
      /gh api --method PATCH repos\/contoso\/infra\/issues\/comments\/4711 --field body=@review\.md/u,
    );
  });

  it("is a gate: ok and review pass, everything else does not", () => {
    runner = new Runner(resized, "");
    const codes = ["0", "1", "2", "3", "4", ""].map((CODE) => runner.run(script("Gate"), { CODE }).status);
    assert.deepEqual(codes, [0, 0, 1, 1, 1, 1]);
  });

  it("blocks a machine that is deleted unasked", () => {
    runner = new Runner(deleted, "");
    runner.run(script("Review"));
    const code = runner.file("output").trim().replace("code=", "");
    assert.equal(runner.run(script("Gate"), { CODE: code }).status, 1);
  });

  it("says so where the preview printed nothing of use", () => {
    runner = new Runner({}, "");
    assert.equal(runner.run(script("Review")).status, 0);
    assert.equal(runner.file("output"), "code=4\n");
    assert.match(runner.file("review.md"), /COULD NOT RUN/u);
  });
});

describe("the example pipeline for Azure Pipelines", () => {
  const file = parse(readFileSync(join(examples, "azure-pipelines-preview.yml"), "utf8"));
  const script = (name: string): string =>
    (file.steps as readonly Step[]).find((step) => step.displayName === name)?.bash ?? "exit 99";
  const comment = {
    TOKEN: "t",
    COLLECTION: "https://dev.azure.com/contoso/",
    PROJECT: "infra",
    REPOSITORY: "r",
    NUMBER: "12",
  };
  let runner: Runner;

  before(function () {
    requires(this, "bash with jq", has("bash") && has("jq"));
  });
  afterEach(() => runner?.remove());

  it("reviews, logs issues, and hands page and exit code on", () => {
    runner = new Runner(deleted, "");
    const ended = runner.run(script("Review"));
    assert.equal(ended.status, 0, ended.stderr);
    assert.match(
      ended.stdout,
      /^##vso\[task\.logissue type=error;sourcepath=index\.ts;linenumber=7;columnnumber=1;code=machine-unguarded\]/mu,
    );
    assert.match(ended.stdout, /^##vso\[task\.setvariable variable=reviewCode\]2$/mu);
    assert.match(ended.stdout, /^##vso\[task\.uploadsummary\]\/.*review\.md$/mu);
  });

  it("comments for the first time, and updates its comment later", () => {
    runner = new Runner(resized, '{"value":[{"id":3,"comments":[{"id":1,"content":"hello"},{"id":2}]}]}');
    runner.run(script("Review"));
    assert.equal(runner.run(script("Comment"), comment).status, 0);
    assert.match(
      runner.file("calls"),
      /--request POST --data @- https:\/\/dev\.azure\.com\/contoso\/infra\/_apis\/git\/repositories\/r\/pullRequests\/12\/threads\?/u,
    );
    assert.equal(JSON.parse(runner.file("sent.json")).comments[0].content, runner.file("review.md"));
    const [marker = ""] = runner.file("review.md").split("\n");
    writeFileSync(
      join(runner.folder, "comments"),
      JSON.stringify({ value: [{ id: 8, comments: [{ id: 1, content: `${marker}\nold` }] }] }),
    );
    assert.equal(runner.run(script("Comment"), comment).status, 0);
    assert.match(runner.file("calls"), /--request PATCH --data @- \S+\/threads\/8\/comments\/1\?api-version=7\.1/u);
    assert.equal(JSON.parse(runner.file("sent.json")).content, runner.file("review.md"));
  });

  it("is a gate, and marks what a person should look at", () => {
    runner = new Runner(resized, "");
    const ended = ["0", "1", "2", "4", ""].map((CODE) => runner.run(script("Gate"), { CODE }));
    assert.deepEqual(
      ended.map(({ status }) => status),
      [0, 0, 1, 1, 1],
    );
    assert.match(ended[1]?.stdout ?? "", /SucceededWithIssues/u);
  });
});
