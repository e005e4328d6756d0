import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderMarkdown } from "../../../review/render";
import { withoutCommands } from "../../../review/render/pipelineLog";
import { repositoryRoot } from "../../support/repository";
import { digest, machineInputs, step, vmType } from "./previews";

const hostile =
  "x`|</details><img src=x onerror=alert(1)>@everyone\n::error::owned\r\n  ::add-mask::a ##vso[task.complete]b ##[error]c";

describe("what is printed in a pipeline", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "hostile-"));
    const preview = {
      ...digest(
        step("a:b:C", hostile, { old: { [hostile]: 1 }, new: { [hostile]: hostile } }),
        step(vmType, hostile, { old: { ...machineInputs, vmName: hostile }, op: "delete" }),
        { ...step("a:b:D", "d", { old: { a: 1 }, new: { a: 2 } }), op: hostile },
      ),
      diagnostics: [{ severity: "warning", message: hostile }],
    };
    writeFileSync(join(folder, "p.json"), JSON.stringify(preview));
    writeFileSync(join(folder, "accepted.yaml"), `- "::error::owned\\n::error::owned"\n`);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(repositoryRoot, "dist", "cli", "main.js"), "preview", "p.json", ...args], {
      cwd: folder,
      encoding: "utf8",
    });
  const commandsIn = (text: string): readonly string[] =>
    text.split(/\r?\n/u).filter((line) => /^\s*::|##(vso)?\[/u.test(line));

  for (const format of ["text", "markdown", "html", "json"])
    it(`is no command of the pipeline: ${format}`, () => {
      const ended = run("--format", format);
      assert.equal(ended.status, 2, ended.stderr);
      assert.deepEqual(commandsIn(ended.stdout), []);
      if (format === "html" || format === "markdown") assert.doesNotMatch(ended.stdout, /<img src=x/u);
    });

  it("only the annotations are", () => {
    const github = commandsIn(run("--annotations", "github").stdout);
    assert.ok(github.length > 0);
    for (const line of github) assert.match(line, /^::(error|warning) [^\n]*title=[a-z-]+::/u);
    for (const line of commandsIn(run("--annotations", "azure-pipelines").stdout)) {
      assert.match(line, /^##vso\[task\.logissue /u);
      assert.doesNotMatch(line.slice(2), /##(vso)?\[/u);
    }
  });

  it("a message about a file neither", () => {
    assert.deepEqual(commandsIn(run("--accept", "accepted.yaml").stderr), []);
  });

  it("JSON means the same", () => {
    const { summary } = JSON.parse(run("--format", "json").stdout);
    assert.ok(summary.messages[0].text.includes("##vso[task.complete]b"));
  });

  it("leaves what is no command alone", () => {
    for (const text of ["urn:pulumi:prod::infra::a", "## Counts", "a ::error:: b", "##\\[x"])
      assert.equal(withoutCommands(text), text);
  });
});

describe("Markdown", () => {
  it("calls nobody", () => {
    const page = { title: "@octocat and (@team/one)", sections: [] };
    const text = renderMarkdown(page);
    assert.doesNotMatch(text, /@\w/u);
    assert.match(renderMarkdown({ title: "someone@example.com", sections: [] }), /someone@example\.com/u);
  });
});
