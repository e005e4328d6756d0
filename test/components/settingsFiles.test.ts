import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asset as assets } from "@pulumi/pulumi";
import { installerProblems, isHere, settingsFileProblems } from "../../components/settings/files";
import type { ConnectSettings } from "../../components/settings/settings";
import { projectFixture, settingsFileText, settingsFixture } from "../support/settingsFixture";

const sha256 = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");

function connectFixture(change: Partial<ConnectSettings> = {}): ConnectSettings {
  const [block] = settingsFixture().generations;
  assert.ok(block);
  return { ...block.connect, ...change };
}

describe("the files of a generation", () => {
  const { folder } = projectFixture();
  const file = (name: string) => new assets.FileAsset(join(folder, name));

  it("are right when their hashes are those that the settings pin, in any letter case", async () => {
    const connect = connectFixture();
    assert.deepEqual(await installerProblems(3, connect, file("AzureADConnect.msi")), []);
    assert.deepEqual(await settingsFileProblems(3, connect, file("settings.json")), []);
    const upper = connectFixture({
      installer: { ...connect.installer, sha256: connect.installer.sha256.toUpperCase() },
    });
    assert.deepEqual(await installerProblems(3, upper, file("AzureADConnect.msi")), []);
  });

  it("may come as texts", async () => {
    assert.deepEqual(await settingsFileProblems(1, connectFixture(), new assets.StringAsset(settingsFileText)), []);
    assert.deepEqual(
      await settingsFileProblems(1, connectFixture(), new assets.StringAsset(Promise.resolve(settingsFileText))),
      [],
    );
  });

  it("are hashed whole where they are larger than any one read", async () => {
    const content = Buffer.alloc(5 * 1024 * 1024 + 7, "entra");
    writeFileSync(join(folder, "large.msi"), content);
    const connect = connectFixture({ installer: { sha256: sha256(content), signer: "x" } });
    assert.deepEqual(await installerProblems(1, connect, file("large.msi")), []);
    const other = connectFixture({ installer: { sha256: sha256(content.subarray(0, -1)), signer: "x" } });
    assert.equal((await installerProblems(1, other, file("large.msi"))).length, 1);
  });

  it("are missed by their setting, with what to do", async () => {
    mkdirSync(join(folder, "folder"), { recursive: true });
    for (const name of ["nowhere.msi", "folder"]) {
      const [problem, ...more] = await installerProblems(2, connectFixture(), file(name));
      assert.deepEqual(more, []);
      assert.equal(problem?.path, "generations.2.connect.installer.path");
      assert.match(problem?.problem ?? "", new RegExp(`there is no file at .*${name}`));
      assert.match(problem?.write ?? "", /Entra admin center/);
      assert.equal(await isHere(file(name)), false);
    }
    assert.equal(await isHere(file("settings.json")), true);
  });

  it("with another hash are refused, and the reader is told to find out why", async () => {
    const connect = connectFixture({ settingsFile: { sha256: "0".repeat(64) } });
    const [problem] = await settingsFileProblems(1, connect, file("settings.json"));
    assert.equal(problem?.path, "generations.1.connect.settingsFile.sha256");
    assert.match(problem?.problem ?? "", /has SHA-256 [0-9a-f]{64}, the settings say 0{64}/);
    assert.match(problem?.write ?? "", /find out first why they differ/);
  });

  it("of another kind, which cannot be looked at here, are refused", async () => {
    const remote = new assets.RemoteAsset("https://contoso.example/AzureADConnect.msi");
    const [problem] = await installerProblems(1, connectFixture(), remote);
    assert.match(problem?.problem ?? "", /hash cannot be compared/);
    assert.equal(await isHere(remote), false);
  });

  for (const [what, text, expected] of [
    ["no JSON", "CANARY not json", /is not JSON$/],
    [
      "no settings file",
      '{"CANARY":1}',
      /no policyMetadata and no onpremisesDirectoryPolicy and no azureDirectoryPolicy$/,
    ],
    ["a list", '["CANARY"]', /no policyMetadata/],
  ] as const)
    it(`that should be settings files are refused where they are ${what}, without a word of their content`, async () => {
      const connect = connectFixture({ settingsFile: { sha256: sha256(text) } });
      const problems = await settingsFileProblems(1, connect, new assets.StringAsset(text));
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.path, "generations.1.connect.settingsFile.path");
      assert.match(problems[0]?.problem ?? "", expected);
      assert.doesNotMatch(JSON.stringify(problems), /CANARY/);
    });

  it("may begin with a byte order mark, as Windows writes it", async () => {
    const text = `\uFEFF${settingsFileText}`;
    writeFileSync(join(folder, "marked.json"), text);
    const connect = connectFixture({ settingsFile: { sha256: sha256(text) } });
    assert.deepEqual(await settingsFileProblems(1, connect, file("marked.json")), []);
  });
});
