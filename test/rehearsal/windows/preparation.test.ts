import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import { endpointTable } from "../../../components/network/endpoints";
import { boot, machineConfigPath } from "../../../rehearsal/windows/createServerWorld";
import { changeRegistry, readRegistry } from "../../../rehearsal/windows/serverFiles";
import { completeWizard, openWizard } from "../../../rehearsal/windows/wizard";
import { tlsValues } from "../../../review/readiness/judge";
import { clientKey } from "../../../review/readiness/prerequisites/tlsValues";
import type { SetPrerequisitesArguments } from "../../../scripts/assemble";
import { validateAnswer } from "../../../scripts/assemble";
import { machine, type Pair, usePairs, usePowershell } from "./pair";
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
    assert.deepEqual(answer.ports, [
      { host: "10.40.0.4", open: [389], closed: [9999] },
      { host: "10.40.0.5", open: [389], closed: [123] },
    ]);
    assert.deepEqual(
      answer.endpoints.map(({ state, reason }) => [state, reason]),
      [
        ["closed", "no answer within 10 seconds"],
        ["closed", "no answer within 10 seconds"],
      ],
    );
    assert.deepEqual(answer.unread, []);
    assert.equal(answer.asked, prerequisitesArguments.asked);
    assert.equal(answer.dotNetRelease, 528449);
    assert.equal(answer.clockSkewSeconds, 0.012);
    assert.deepEqual(answer.baseline.appliedFiles, ["Applied-SynchronizationPolicy-20200101-000000.JSON"]);
    assert.deepEqual(answer.changes, ["baseline written"]);
    const again = validateAnswer("prerequisites", (await pair.run("prerequisites", prerequisitesArguments)).stdout);
    assert.deepEqual(again.changes, []);
    assert.equal(again.baseline.writtenAt, answer.baseline.writtenAt);
  });

  it("reads the proxy in every form of machine.config, and never who signs in to it", async () => {
    pair = await machines();
    const address = (attributes: string) =>
      `<system.net><defaultProxy><proxy ${attributes} /></defaultProxy></system.net>`;
    for (const [content, expected] of [
      [address('proxyaddress="http://canary:Canary2@proxy.contoso.com:8080"'), "http://proxy.contoso.com:8080"],
      [address('proxyaddress="canary:Canary2@proxy.contoso.com:8080"'), "proxy.contoso.com:8080"],
      [
        address('usesystemdefault="true" scriptLocation="http://wpad.contoso.com/proxy.pac"'),
        "http://wpad.contoso.com/proxy.pac",
      ],
      [
        address('usesystemdefault="true" proxyaddress="" scriptLocation="http://canary:Canary2@wpad/x.pac"'),
        "http://wpad/x.pac",
      ],
      [address('proxyaddress="http://proxy:8080"').replace("<defaultProxy", '<defaultProxy enabled="false"'), ""],
      [`<!-- ${address('proxyaddress="http://proxy:8080"')} -->`, ""],
      ["", ""],
    ] as const)
      for (const namespace of ["", ' xmlns="http://schemas.microsoft.com/.NetConfiguration/v2.0"']) {
        await pair.put(
          machineConfigPath,
          `<?xml version="1.0"?>\n<configuration${namespace}>${content}</configuration>`,
        );
        const { stdout } = await pair.run("prerequisites", prerequisitesArguments);
        assert.equal(validateAnswer("prerequisites", stdout).proxy.machineConfig, expected, content);
        assert.doesNotMatch(stdout, /canary/i);
      }
  });

  it("sees who signs the cloud's certificates, trusted or not, and reaches the time by UDP", async () => {
    pair = await machines();
    const trusted = validateAnswer("prerequisites", (await pair.run("prerequisites", prerequisitesArguments)).stdout);
    const [signIn, revocation] = trusted.endpoints;
    assert.deepEqual([signIn?.state, revocation?.state], ["trusted", "open"]);
    assert.match(signIn?.issuer ?? "", /O=Microsoft Corporation/);
    assert.equal(signIn?.subject, "CN=login.microsoftonline.com");
    assert.deepEqual(trusted.ports.at(-1), { host: "10.40.0.5", open: [389, 123], closed: [] });
    await pair.edit(({ surroundings }) => {
      surroundings.issuerTrusted = false;
      surroundings.issuer = "CN=Contoso Inspection";
    });
    const many = ["a", "b", "c", "d"].map((name) => ({ host: `${name}.example.com`, port: 443 }));
    const outcome = await pair.run("prerequisites", { ...prerequisitesArguments, endpoints: many });
    const { endpoints } = validateAnswer("prerequisites", outcome.stdout);
    for (const { state, reason } of endpoints) assert.match(`${state} ${reason}`, /^refused .*certificate is invalid/);
    assert.deepEqual(
      endpoints.map(({ issuer }) => issuer),
      ["CN=Contoso Inspection", "CN=Contoso Inspection", "CN=Contoso Inspection", ""],
      "looked at for three of them only",
    );
  });

  it("says of a silent clock that it could not be read, and goes on", async () => {
    pair = await machines();
    await pair.edit((world) => {
      world.clockSkewSeconds = null;
    });
    const outcome = await pair.run("prerequisites", { ...prerequisitesArguments, minimumDiskGB: 300 });
    const answer = validateAnswer("prerequisites", outcome.stdout);
    assert.deepEqual(answer.unread, [{ check: "clock", reason: "w32tm gave no offset to contoso.com" }]);
    assert.deepEqual([answer.disk.sizeGB, answer.disk.minimumGB], [127, 300]);
  });

  it("fits into one line with forty controllers and every host of the cloud", async () => {
    pair = await machines();
    const ports = Array.from({ length: 40 }, (_, index) =>
      [53, 88, 135, 389, 445, 636, 3268].map((port) => ({ host: `10.140.200.${100 + index}`, port })),
    ).flat();
    const endpoints = endpointTable.map(({ host, port }) => ({ host, port }));
    const { stdout } = await pair.run("prerequisites", { ...prerequisitesArguments, ports, endpoints });
    assert.equal(validateAnswer("prerequisites", stdout).ports.length, 40);
    assert.ok(stdout.length < 20_000, String(stdout.length));
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

describe("set-prerequisites, in PowerShell and emulated", () => {
  const machines = usePairs();
  const given: SetPrerequisitesArguments = {
    computerName: machine.computerName,
    vmId: machine.vmId,
    values: tlsValues,
    asked: "",
    proveAgain: "",
  };
  const clear = () =>
    pair.each((server) =>
      changeRegistry(server, (registry) => {
        for (const { key } of tlsValues) delete registry[key];
        registry[clientKey] = { Enabled: 0, Other: 7 };
      }),
    );
  const set = async () => validateAnswer("set-prerequisites", (await pair.run("set-prerequisites", given)).stdout);

  it("changes nothing where everything is set, and asks for no restart", async () => {
    pair = await machines();
    const answer = await set();
    assert.deepEqual([...new Set(answer.values.map(({ outcome }) => outcome))], ["unchanged"]);
    assert.deepEqual([answer.changes, answer.restartNeeded], [[], false]);
    assert.equal(await pair.readFile("C:\\ProgramData\\pulumi-entra-connect\\prerequisites-set.json"), undefined);
  });

  it("sets what is missing, says what stood there, keeps what else is in the key, and a second run changes nothing", async () => {
    pair = await machines();
    await clear();
    const answer = await set();
    assert.equal(answer.values.length, tlsValues.length);
    for (const { key, name, outcome, before, now } of answer.values) {
      assert.equal(outcome, "changed", `${key} ${name}`);
      assert.equal(before, key === clientKey && name === "Enabled" ? 0 : null);
      assert.equal(now, name === "DisabledByDefault" ? 0 : 1);
    }
    assert.equal(answer.restartNeeded, true);
    const [first] = pair.members;
    assert.ok(first);
    assert.equal((await readRegistry(first.server))[clientKey]?.Other, 7);
    const record = await pair.readFile("C:\\ProgramData\\pulumi-entra-connect\\prerequisites-set.json");
    assert.match(record ?? "", /"name":"Enabled","before":0/);
    const again = await set();
    assert.deepEqual([again.changes, again.restartNeeded], [[], true], "a restart is owed until there was one");
    const { clock } = await pair.world();
    await pair.each((server) => boot(server, { ...clock, simulatedStart: "2026-12-01T08:00:00.000Z" }));
    assert.equal((await set()).restartNeeded, false);
  });

  it("leaves a value that says on with every bit, and keeps what an earlier run wrote down", async () => {
    pair = await machines();
    await clear();
    await set();
    await pair.each((server) =>
      changeRegistry(server, (registry) => {
        registry[clientKey] = { Enabled: -1, DisabledByDefault: 1 };
      }),
    );
    const answer = await set();
    assert.deepEqual(answer.changes.length, 1);
    assert.match(answer.changes[0] ?? "", /DisabledByDefault = 0$/);
    const record = await pair.readFile("C:\\ProgramData\\pulumi-entra-connect\\prerequisites-set.json");
    const { values } = JSON.parse(record ?? "{}") as { values: { name: string; before: number | null }[] };
    assert.equal(values.length, tlsValues.length);
    assert.deepEqual(values.at(-1), { key: clientKey, name: "DisabledByDefault", before: 1 });
  });

  it("refuses another machine, a value that is none of its own, and a server that is not proven staging", async () => {
    pair = await machines();
    await clear();
    const foreign = { key: "HKLM:\\SOFTWARE\\Microsoft\\Ole", name: "EnableDCOM", value: 0 } as const;
    const refused = [
      [await pair.run("set-prerequisites", { ...given, computerName: "OTHER" }), /not-this-machine/],
      [await pair.run("set-prerequisites", { ...given, vmId: given.vmId.replace("4c", "5c") }), /not-this-machine/],
      [await pair.run("set-prerequisites", { ...given, values: [...tlsValues, foreign] }), /not-a-tls-value/],
    ] as const;
    await setUp(pair, { staging: false });
    const active = await pair.run("set-prerequisites", given);
    for (const [{ exitCode, stdout, stderr }, code] of [...refused, [active, /not-proven-staging/] as const]) {
      assert.match(stderr, code);
      assert.deepEqual([exitCode, stdout], [1, ""]);
    }
    const [first] = pair.members;
    assert.ok(first);
    assert.equal((await readRegistry(first.server))[clientKey]?.Enabled, 0, "nothing was set");
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
    { what: "a missing file", code: "package-missing", installer: {}, given: { path: `${packagePath}.no` } },
    {
      what: "an invalid signature",
      code: "signature-not-valid",
      installer: { signatureStatus: "HashMismatch" },
      given: {},
      powershellOnly: true,
    },
    {
      what: "another signer whose name contains the pinned one",
      code: "other-signer",
      installer: { signer: 'CN="Not Microsoft Corporation", O=Microsoft Corporation Ltd' },
      given: {},
      powershellOnly: true,
    },
    {
      what: "another version",
      code: "other-version",
      installer: {},
      given: { productVersion: "2.6.84.0" },
      powershellOnly: true,
    },
  ];
  for (const { what, code, installer, given, powershellOnly = false } of mismatches)
    it(`does not run msiexec for ${what}`, async () => {
      pair = await machines();
      if (powershellOnly) {
        const [, emulated] = pair.members;
        const alone = emulated && pair.alone(emulated);
        const pinned = alone && (await deliverInstaller(alone, installer));
        const refused = pinned && (await alone.run("install-package", { ...pinned, ...given }));
        if (refused) assert.match(refused.stderr, /does not rehearse a package of another signer or version/);
        if (alone) assert.deepEqual((await alone.world()).packages, []);
        pair = pair.powershell;
      }
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

describe("install-package on a machine that installs something itself", () => {
  const machines = usePowershell();

  it("installer-busy: comes again until the installer is free, and installs once", async () => {
    pair = await machines();
    await pair.be("installer-busy");
    const outcome = await pair.run("install-package", await deliverInstaller(pair));
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    assert.equal(validateAnswer("install-package", outcome.stdout).changes.length, 1);
    assert.deepEqual((await pair.world()).peculiarities.msiexecExitCodes, []);
  });
});
