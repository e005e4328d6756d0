import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  argumentsText,
  assembleScript,
  commandLine,
  deliveryPath,
  refusalTexts,
  scriptNames,
  scriptPath,
  selfContained,
} from "../../scripts/assemble";

const retireArguments = {
  computerName: "AADC-STG-G1",
  vmId: "11111111-2222-3333-4444-555555555555",
  generation: 1,
  acknowledgePassThroughAgent: false,
  override: { generation: 1, reason: "it's Zoë's\n'@\n; exit 0 # $(whoami)" },
};

describe("scripts: assembled texts", () => {
  for (const name of scriptNames) {
    it(`${name} begins with its name and is plain ASCII with short lines`, () => {
      const { text } = assembleScript(name);
      assert.equal(text.split("\n")[0], `# entra-connect script: ${name}`);
      assert.match(text, /^[\x20-\x7e\n]*$/);
      assert.ok(text.split("\n").every((line) => line.length < 4000));
    });

    it(`${name} says for every refusal what, why and what to do next`, () => {
      const texts = refusalTexts(name);
      for (const [code, text] of Object.entries(texts)) {
        assert.ok(text.what.length > 10 && text.why.length > 10 && text.next.length > 0, `${code} is not complete`);
      }
      const used = [...assembleScript(name).text.matchAll(/Stop-Script '([a-z-]+)'/g)].map((match) => match[1] ?? "");
      for (const code of used) assert.ok(texts[code], `${name} stops with '${code}', which has no text`);
    });
  }

  it("a script lies under a name with its hash and runs by one short constant line", () => {
    const { hash } = assembleScript("verify-staging");
    const path = `C:\\ProgramData\\pulumi-entra-connect\\scripts\\verify-staging-${hash.slice(0, 12)}.ps1`;
    assert.equal(scriptPath("verify-staging"), path);
    assert.equal(deliveryPath("verify-staging"), path.replaceAll("\\", "/"));
    assert.equal(
      commandLine("verify-staging"),
      `powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File ${path}`,
    );
  });

  it("arguments travel as one line of ASCII", () => {
    const text = argumentsText("await-wizard", {
      productVersion: "2.6.92.0",
      waitMinutes: 60,
      pollSeconds: 30,
      instructions: "Häkchen\nsetzen – bitte",
      instructionsPath: "C:\\Users\\Public\\Desktop\\x.html",
    });
    assert.match(text, /^[\x20-\x7e]+$/);
    assert.equal(JSON.parse(text).instructions, "Häkchen\nsetzen – bitte");
  });

  it("the self-contained guard carries its arguments as data that cannot end its own quotation", () => {
    const { stdin } = selfContained("retire", retireArguments);
    const [, given] = /\$argumentsText = @'\n(.*)\n'@\n/.exec(stdin) ?? [];
    assert.deepEqual(JSON.parse(given ?? ""), retireArguments);
    assert.match(stdin, /^[\x20-\x7e\n]*$/);
    assert.doesNotMatch(stdin, /\[Console\]::In/);
  });
});
