import assert from "node:assert/strict";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

describe("what changes around a proven server, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("a changed settings file is delivered, and the verdict says that it was not imported", async () => {
    assert.equal((await world.up()).result, "succeeded");
    const ran = (await world.scriptsRunOn(first)).length;
    world.block(1, ({ connect }) => {
      connect.settingsFile.sha256 = "1".repeat(64);
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "review");
    assert.match(text(up.findings), /settings-file-not-imported/);
    assert.match(text(up.findings), /generation block/);
    assert.ok(!(await world.scriptsRunOn(first)).slice(ran).includes("first-synchronization"));
  });

  it("asking for a new proof is an update of the two commands that only look, and nothing else", async () => {
    world.settings(({ gate }) => {
      gate.proveAgain = "2026-11-27";
    });
    const ran = await world.scriptsRunOn(first);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.changes.create + up.changes.replace + up.changes.delete, 0);
    assert.deepEqual((await world.scriptsRunOn(first)).slice(ran.length), ["prerequisites", "verify-staging"]);
  });

  it("an old proof is no longer ok, and the verdict says how to ask again", async () => {
    const world2 = new Rehearsal();
    try {
      assert.equal((await world2.up()).verdict, "ok");
      world2.later(40);
      const up = await world2.up();
      assert.equal(up.verdict, "review", text(up.findings));
      assert.match(text(up.findings), /proof-old/);
      assert.match(text(up.findings), /gate\.proveAgain/);
      assert.deepEqual(changed(up), nothing);
    } finally {
      world2.remove();
    }
  });

  it("another host key stops everything; access.hostKeyRefresh reads the new one through Azure and goes on", async () => {
    world.reinstallSshServer(first);
    world.settings(({ gate }) => {
      gate.proveAgain = "2026-11-28";
    });
    const before = (await world.scriptsRunOn(first)).length;
    const stopped = await world.up();
    assert.equal(stopped.result, "failed");
    assert.match(text(stopped.messages), /host key mismatch/);
    assert.equal((await world.scriptsRunOn(first)).length, before, "nothing was run there");
    world.settings(({ access }) => {
      access.hostKeyRefresh = 1;
    });
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(changed(await world.up()), nothing);
  });
});

describe("previews and second runs need no installer, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("where both files are on the server already, a machine without them previews and runs", async () => {
    assert.equal((await world.up()).result, "succeeded");
    // The program reads the files from a folder that does not exist, as on a reviewer's machine.
    const elsewhere = world.writeProgram(
      "elsewhere.js",
      `const pulumi = require("@pulumi/pulumi");
const { PassiveServer, fromSettings } = require(LIBRARY);
const { name, args } = fromSettings();
const { connect } = args.generations["1"];
for (const file of [connect.installer, connect.settingsFile]) file.source = new pulumi.asset.FileAsset("/nowhere/file");
const server = new PassiveServer(name, args);
module.exports = { verdict: server.verdict, findings: server.findings };
`,
    );
    world.program(elsewhere);
    const preview = await world.run("preview");
    assert.equal(preview.result, "succeeded", text(preview.messages));
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.changes.create + up.changes.update + up.changes.replace, 0);
  });

  it("a new generation previews without them, says so, and its up refuses before anything is touched", async () => {
    world.addBlock(2);
    world.program(
      world.writeProgram(
        "both.js",
        `const pulumi = require("@pulumi/pulumi");
const { PassiveServer, fromSettings } = require(LIBRARY);
const { name, args } = fromSettings();
const { connect } = args.generations["2"];
for (const file of [connect.installer, connect.settingsFile]) file.source = new pulumi.asset.FileAsset("/nowhere/file");
const server = new PassiveServer(name, args);
module.exports = { verdict: server.verdict, findings: server.findings };
`,
      ),
    );
    const preview = await world.run("preview");
    assert.equal(preview.result, "succeeded", text(preview.messages));
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(text(up.messages), /generations\.2\.connect\.installer\.path: there is no file at \/nowhere\/file/);
    assert.equal(world.hasServer("aadc-stg-g2"), false);
  });
});

describe("two people at once, on the real engine", function () {
  this.timeout(900_000);
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("the second is turned away by the lock, and the memory is whole", async () => {
    assert.equal((await world.up()).result, "succeeded");
    world.settings(({ gate }) => {
      gate.proveAgain = "both";
    });
    const plain = ["up", "--non-interactive", "--yes", "--skip-preview"] as const;
    const ends = await world.together([...plain], [...plain]);
    assert.equal(ends.filter(({ code }) => code === 0).length, 1, ends.map(({ said }) => said).join("\n"));
    assert.ok(
      ends.some(({ said }) => /currently locked/.test(said)),
      ends.map(({ said }) => said).join("\n"),
    );
    assert.deepEqual(
      world
        .names()
        .filter((name) => /-guard$|-ledger$/.test(name))
        .sort(),
      ["aadc-stg-g1-guard", "aadc-stg-ledger"],
    );
    assert.deepEqual(changed(await world.up()), nothing);
  });
});
