import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { requiresEngine } from "../support/engine";
import { filesContaining, formsOf } from "../support/leaks";
import { Rehearsal } from "../support/rehearsal";
import { repositoryRoot } from "../support/repository";

/** What of a secret would be recognisable: a private key by a line of its body, a password whole. */
function canaries(world: Rehearsal): readonly { name: string; value: string }[] {
  const { administratorPassword, login, jumpHost } = world.standInSecrets();
  const body = (key: string): string => key.trim().split("\n").slice(-3, -2)[0] ?? key;
  return [
    { name: "administratorPassword", value: administratorPassword },
    { name: "sshPrivateKey", value: body(login) },
    { name: "jumpHostPrivateKey", value: body(jumpHost) },
  ];
}

describe("secrets, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());
  const printed: string[] = [];

  it("go through a build, a failing build, previews and a rebuild", async () => {
    printed.push(JSON.stringify(await world.run("preview")));
    printed.push(JSON.stringify(await world.up({ faults: ["ssh:install-package=fail"] })));
    printed.push(JSON.stringify(await world.up({ operator: "absent" })));
    const up = await world.up();
    assert.equal(up.result, "succeeded", JSON.stringify(up.messages));
    printed.push(JSON.stringify(up));
    world.addBlock(2);
    printed.push(JSON.stringify(await world.run("preview")));
    world.changeServer("aadc-stg-g1", ({ adsync }) => {
      if (adsync) adsync.stagingMode = false;
    });
    printed.push(JSON.stringify(await world.run("destroy")), JSON.stringify(await world.picture()));
  });

  it("are what a search would find, if they were there", () => {
    for (const { value } of canaries(world)) {
      assert.ok(value.length >= 12);
      const sample = Buffer.from(`x${value}y`).toString("base64");
      assert.ok(formsOf(value).some((form) => Buffer.from(sample).includes(form)));
    }
  });

  it("stand nowhere in state, history, servers, Azure, call log or project, in any form", () => {
    for (const { name, value } of canaries(world)) {
      const found = filesContaining(world.world, formsOf(value)).filter((file) => !world.isOwnSecretsFile(file));
      assert.deepEqual(found, [], `${name} leaked`);
    }
  });

  it("are in nothing that was printed", () => {
    for (const { name, value } of canaries(world))
      for (const text of printed)
        for (const form of formsOf(value)) assert.ok(!Buffer.from(text).includes(form), `${name} was printed`);
  });

  it("are not shown by rehearse show", () => {
    const shown = spawnSync(
      process.execPath,
      [join(repositoryRoot, "dist", "cli", "main.js"), "rehearse", "show", "--json", "--dir", world.world],
      { cwd: world.project, encoding: "utf8", maxBuffer: 1 << 28 },
    );
    assert.equal(shown.status, 0, shown.stderr);
    assert.ok(JSON.parse(shown.stdout));
    for (const { name, value } of canaries(world))
      for (const form of formsOf(value)) assert.ok(!Buffer.from(shown.stdout).includes(form), name);
  });

  it("the state names them as encrypted", () => {
    assert.match(world.stateText(), /"ciphertext":"v1:/);
    assert.ok(readFileSync(world.settingsFile, "utf8").length > 0);
  });
});
