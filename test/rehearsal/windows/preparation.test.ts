import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import { boot } from "../../../rehearsal/windows/createServerWorld";
import { completeWizard, openWizard } from "../../../rehearsal/windows/wizard";
import { validateAnswer } from "../../../scripts/assemble";
import { type Pair, usePairs } from "./pair";
import { deliverInstaller, installed, packagePath, prerequisitesArguments, setUp, version } from "./stages";

let pair: Pair;

describe("prerequisites, in PowerShell and emulated", () => {
  const machines = usePairs();
  it("collects what the server is and writes the baseline once", async () => {
    pair = await machines({ reachable: ["*:389"] });
    await pair.put("C:\\ProgramData\\AADConnect\\Applied-SynchronizationPolicy-20200101-000000.JSON", "{}");
    const outcome = await pair.run("prerequisites", prerequisitesArguments);
    assert.equal(outcome.stderr, "");
    const answer = validateAnswer("prerequisites", outcome.stdout);
    assert.deepEqual(
      answer.ports.map(({ open }) => open),
      [true, false],
    );
    assert.equal(answer.dotNetRelease, 528449);
    assert.equal(answer.clockSkewSeconds, 0.012);
    assert.deepEqual(answer.baseline.appliedFiles, ["Applied-SynchronizationPolicy-20200101-000000.JSON"]);
    assert.deepEqual(answer.changes, ["baseline written"]);
    const again = validateAnswer("prerequisites", (await pair.run("prerequisites", prerequisitesArguments)).stdout);
    assert.deepEqual(again.changes, []);
    assert.equal(again.baseline.writtenAt, answer.baseline.writtenAt);
  });

  it("warns of a small disk and a silent clock without stopping", async () => {
    pair = await machines();
    await pair.edit((world) => {
      world.clockSkewSeconds = null;
    });
    const outcome = await pair.run("prerequisites", { ...prerequisitesArguments, minimumDiskGB: 300 });
    assert.equal(validateAnswer("prerequisites", outcome.stdout).warnings.length, 2);
  });

  it("refuses another machine, a workgroup and another domain", async () => {
    pair = await machines({ domain: null });
    const workgroup = await pair.run("prerequisites", prerequisitesArguments);
    assert.match(workgroup.stderr, /\[not-joined\]/);
    assert.equal(workgroup.exitCode, 1);
    assert.equal(workgroup.stdout, "");
    const other = await pair.run("prerequisites", { ...prerequisitesArguments, serverName: "AADC-STG-G2" });
    assert.match(other.stderr, /\[not-this-machine\][\s\S]*AADC-STG-G2/);
    await pair.edit((world) => {
      world.domain = { joined: true, name: "fabrikam.com" };
    });
    const domain = await pair.run("prerequisites", prerequisitesArguments);
    assert.match(domain.stderr, /\[other-domain\][\s\S]*fabrikam\.com/);
  });

  it("does not make up a baseline after the package is there", async () => {
    pair = await machines();
    await installed(pair);
    await pair.remove("C:\\ProgramData\\pulumi-entra-connect\\baseline.json");
    const outcome = await pair.run("prerequisites", prerequisitesArguments);
    assert.match(outcome.stderr, /\[baseline-lost\]/);
  });
});

describe("install-package, in PowerShell and emulated", () => {
  const machines = usePairs();
  it("installs what matches hash, signer and version, and changes nothing the second time", async () => {
    pair = await machines();
    const given = await deliverInstaller(pair);
    const outcome = await pair.run("install-package", given);
    assert.equal(outcome.stderr, "");
    const answer = validateAnswer("install-package", outcome.stdout);
    assert.equal(answer.productVersion, version);
    assert.match(answer.wizardPath, /AzureADConnect\.exe$/);
    assert.equal(answer.rebootRequired, false);
    assert.equal(answer.sha256, given.sha256);
    await pair.remove(packagePath);
    const again = validateAnswer("install-package", (await pair.run("install-package", given)).stdout);
    assert.deepEqual(again.changes, []);
    assert.equal(again.sha256, null);
  });

  const mismatches = [
    { what: "another hash", code: "other-hash", installer: {}, given: { sha256: "0".repeat(64) } },
    {
      what: "an invalid signature",
      code: "signature-not-valid",
      installer: { signatureStatus: "HashMismatch" },
      given: {},
    },
    {
      what: "another signer whose name contains the pinned one",
      code: "other-signer",
      installer: { signer: 'CN="Not Microsoft Corporation", O=Microsoft Corporation Ltd' },
      given: {},
    },
    { what: "another version", code: "other-version", installer: {}, given: { productVersion: "2.6.84.0" } },
    { what: "a missing file", code: "package-missing", installer: {}, given: { path: `${packagePath}.no` } },
  ];
  for (const { what, code, installer, given } of mismatches)
    it(`does not run msiexec for ${what}`, async () => {
      pair = await machines();
      const pinned = await deliverInstaller(pair, installer);
      const outcome = await pair.run("install-package", { ...pinned, ...given });
      assert.match(outcome.stderr, new RegExp(`\\[${code}\\]`));
      assert.equal(outcome.exitCode, 1);
      const world = await pair.world();
      assert.deepEqual(world.packages, []);
    });

  it("waits for another installation, reports a restart, and closes a wizard that the installer started", async () => {
    pair = await machines();
    await pair.edit((world) => {
      world.peculiarities = { msiexecExitCodes: [1618, 3010], installerStartsWizard: true };
    });
    const given = await deliverInstaller(pair);
    const outcome = await pair.run("install-package", { ...given, sha256: given.sha256.toUpperCase() });
    const answer = validateAnswer("install-package", outcome.stdout);
    assert.equal(answer.rebootRequired, true);
    assert.equal(answer.sha256, given.sha256);
    assert.equal(answer.changes.length, 2);
    assert.deepEqual((await pair.world()).processes, []);
  });

  it("goes on saying that a restart is wanted, run after run, until Windows has been restarted", async () => {
    pair = await machines();
    await pair.edit((world) => {
      world.peculiarities = { msiexecExitCodes: [3010] };
    });
    const given = await deliverInstaller(pair);
    const wanted = async () => validateAnswer("install-package", (await pair.run("install-package", given)).stdout);
    for (const changes of [1, 0]) {
      const answer = await wanted();
      assert.deepEqual([answer.rebootRequired, answer.changes.length], [true, changes]);
    }
    const { clock } = await pair.world();
    await pair.each((server) => boot(server, clock));
    assert.equal((await wanted()).rebootRequired, false);
  });

  it("explains a failed installation", async () => {
    pair = await machines();
    await pair.edit((world) => {
      world.peculiarities = { msiexecExitCodes: [1603] };
    });
    const outcome = await pair.run("install-package", await deliverInstaller(pair));
    assert.match(outcome.stderr, /\[installer-failed\][\s\S]*1603[\s\S]*install\.log/);
  });

  it("upgrades in place on proven staging and never goes back to an older version", async () => {
    pair = await machines();
    await setUp(pair);
    const newer = await deliverInstaller(pair, { productVersion: "2.6.93.0", productCode: "{93}" });
    const upgraded = validateAnswer("install-package", (await pair.run("install-package", newer)).stdout);
    assert.equal(upgraded.productVersion, "2.6.93.0");
    const back = await pair.run("install-package", await deliverInstaller(pair));
    assert.match(back.stderr, /\[newer-installed\]/);
  });

  it("refuses to act on an active server, on one that cannot be asked, and beside an open wizard", async () => {
    pair = await machines();
    await setUp(pair, { staging: false });
    const given = await deliverInstaller(pair);
    assert.match((await pair.run("install-package", given)).stderr, /\[not-proven-staging\][\s\S]*is off/);
    await pair.edit((world) => {
      world.peculiarities = { moduleRefused: "Could not load file or assembly." };
    });
    assert.match((await pair.run("install-package", given)).stderr, /\[not-proven-staging\][\s\S]*is unclear/);
    pair = await machines();
    await installed(pair);
    await pair.each(openWizard);
    const newer = await deliverInstaller(pair, { productVersion: "2.6.93.0" });
    assert.match((await pair.run("install-package", newer)).stderr, /\[wizard-open\]/);
  });
});

describe("receive-settings-file, in PowerShell and emulated", () => {
  const machines = usePairs();
  const incomingPath = "C:\\ProgramData\\pulumi-entra-connect\\incoming\\settings.json";
  const path = "C:\\ProgramData\\pulumi-entra-connect\\settings\\settings.json";
  // A byte order mark, Windows line ends, a lone byte that is no UTF-8: what a text copy would spoil.
  const bytes = Buffer.concat([Buffer.from('\ufeff{\r\n  "a": 1 \r\n}'), Buffer.from([0xff, 0x00])]);
  const sha256 = createHash("sha256").update(bytes).digest("hex");

  it("puts the delivered file in place byte for byte, and changes nothing the second time", async () => {
    pair = await machines();
    await pair.put(incomingPath, bytes);
    const given = { incomingPath, path, sha256: sha256.toUpperCase() };
    const answer = validateAnswer("receive-settings-file", (await pair.run("receive-settings-file", given)).stdout);
    assert.equal(answer.sha256, sha256);
    assert.equal(answer.bytes, bytes.length);
    const again = validateAnswer("receive-settings-file", (await pair.run("receive-settings-file", given)).stdout);
    assert.deepEqual(again.changes, []);
    // Another one in its place, and nothing left over beside it.
    await pair.put(incomingPath, "{}");
    const other = { incomingPath, path, sha256: createHash("sha256").update("{}").digest("hex") };
    const replaced = validateAnswer("receive-settings-file", (await pair.run("receive-settings-file", other)).stdout);
    assert.deepEqual(replaced.changes, ["settings file put in place"]);
    assert.equal(await pair.readFile(path), "{}");
    assert.equal(await pair.readFile(`${path}.new`), undefined);
  });

  it("leaves nothing in place where another file, or none, was delivered", async () => {
    pair = await machines();
    const given = { incomingPath, path, sha256 };
    assert.match((await pair.run("receive-settings-file", given)).stderr, /\[nothing-delivered\]/);
    await pair.put(incomingPath, `${bytes.toString("latin1")}\n`);
    assert.match((await pair.run("receive-settings-file", given)).stderr, /\[other-hash\]/);
    assert.equal(await pair.readFile(path), undefined);
  });

  it("does not touch an active server", async () => {
    pair = await machines();
    await installed(pair);
    await pair.each((server) => completeWizard(server, { staging: false }));
    await pair.put(incomingPath, bytes);
    const outcome = await pair.run("receive-settings-file", { incomingPath, path, sha256 });
    assert.match(outcome.stderr, /\[not-proven-staging\]/);
  });
});
