import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type AwaitWizardArguments,
  type RetireArguments,
  refusalTexts,
  remoteScripts,
  runCommandText,
  scriptNames,
  selfContained,
  standardInputCommandLine,
} from "../../scripts/assemble";
import { scriptTexts } from "./scriptTexts";

const retireArguments: RetireArguments = {
  computerName: "AADC-STG-G1",
  vmId: "11111111-2222-3333-4444-555555555555",
  generation: 1,
  role: "passive" as const,
  exceptions: [
    {
      kind: "retireUnproven",
      reason: "it's Zoë's\n'@\n; exit 0 # $(whoami)",
      until: "2026-12-31",
      vmId: "11111111-2222-3333-4444-555555555555",
    },
  ],
};

const givenIn = (stdin: string): unknown => JSON.parse(/\$argumentsText = @'\n(.*)\n'@\n/.exec(stdin)?.[1] ?? "");

describe("scripts: assembled texts", () => {
  for (const name of scriptNames) {
    const text = scriptTexts.get(name) ?? "";

    it(`${name} begins with its name and is plain ASCII with short lines`, () => {
      assert.equal(text.split("\n")[0], `# entra-connect script: ${name}`);
      assert.match(text, /^[\x20-\x7e\n]*$/);
      assert.ok(text.split("\n").every((line) => line.length < 4000));
    });

    it(`${name} says for every refusal what, why and what to do next`, () => {
      const texts = refusalTexts(name);
      for (const [code, { what, why, next }] of Object.entries(texts)) {
        assert.ok(what.length > 10 && why.length > 10 && next.length > 0, `${code} is not complete`);
        // Settings of an older library.
        assert.doesNotMatch(
          [what, why, ...next].join(),
          /server\.(generations|re|image)|raise `generation`|override/,
          code,
        );
      }
      const used = [...text.matchAll(/Stop-Script '([a-z-]+)'/g)].map((match) => match[1] ?? "");
      for (const code of used) assert.ok(texts[code], `${name} stops with '${code}', which has no text`);
    });
  }

  it("every refusal's own text is used by its script, and fills in nothing that the script does not give", () => {
    for (const name of scriptNames) {
      const text = scriptTexts.get(name) ?? "";
      const code = text.replace(/@'\n[\s\S]*?\n'@/g, "");
      for (const [refusal, { what, why, next }] of Object.entries(refusalTexts(name))) {
        const given = new RegExp(`Stop-Script '${refusal}'|Code = '${refusal}'`).test(code);
        if (!given) continue;
        for (const [, value = ""] of [what, why, ...next].join("\n").matchAll(/\{(\w+)\}/g))
          assert.match(code, new RegExp(`\\b${value} +=`), `${name}: '${refusal}' names {${value}}`);
      }
    }
  });

  it("every remote script runs by one constant line that names no file, with its whole text as input", () => {
    for (const name of remoteScripts) {
      const { commandLine, stdin } = selfContained(name, JSON.parse("{}"));
      assert.equal(commandLine, standardInputCommandLine);
      assert.ok(stdin.startsWith(`# entra-connect script: ${name}\n`));
    }
    assert.equal(
      standardInputCommandLine,
      'powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "& ([ScriptBlock]::Create([Console]::In.ReadToEnd())); exit 25"; ' +
        "if ($null -eq $LASTEXITCODE) { exit 25 }; exit $LASTEXITCODE",
    );
  });

  it("no script reads its arguments from anywhere but its own text, and none but the archive's task lays a script down", () => {
    for (const [name, text] of scriptTexts) {
      assert.doesNotMatch(text, /\[Console\]::In/, name);
      if (name !== "keep-archiving")
        assert.doesNotMatch(text.replace(/@'\n[\s\S]*?\n'@/g, ""), /\.ps1\b|pulumi-entra-connect\\scripts/, name);
    }
    assert.doesNotMatch(runCommandText("enable-remote-access"), /argumentsText/);
  });

  it("arguments travel as one line of ASCII", () => {
    const given: AwaitWizardArguments = {
      productVersion: "2.6.92.0",
      waitMinutes: 60,
      pollSeconds: 30,
      instructions: "Häkchen\nsetzen – bitte",
      instructionsPath: "C:\\Users\\Public\\Desktop\\x.html",
      settingsFilePath: "C:\\x.json",
    };
    const { stdin } = selfContained("await-wizard", given);
    assert.match(stdin, /^[\x20-\x7e\n]+$/);
    assert.deepEqual(givenIn(stdin), given);
  });

  it("the guard carries its arguments as data that cannot end its own quotation", () => {
    assert.deepEqual(givenIn(selfContained("retire", retireArguments).stdin), retireArguments);
  });

  it("no file is moved over another one by deleting that one first", () => {
    for (const [name, text] of scriptTexts)
      assert.doesNotMatch(text.replace(/^\s*#.*$/gm, ""), /Move-Item[^\n]*-Force/, name);
  });
});
