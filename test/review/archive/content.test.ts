import { strict as assert } from "node:assert";
import { archiveRules } from "../../../review/archive";
import type { Json } from "../../../review/verdict";
import { CollectionChain, type Peculiar } from "../../support/collectionChain";
import { infoCodes, openCodes, stored, titlesOf, verified } from "./archived";

const now = new Date("2026-11-18T08:00:00Z");

/** Two collections, the second one with something of its own. */
async function two(peculiar: Peculiar, more: Parameters<typeof verified>[1] = {}, staging = false) {
  const chain = new CollectionChain({ staging });
  await chain.collect();
  await chain.collect(peculiar);
  return verified(
    chain.added.map((added) => stored(added)),
    { now, ...more },
  );
}

describe("what a collection has to hold", () => {
  for (const [what, without, codes] of [
    ["configuration", ["configuration/"], ["no-configuration"]],
    ["connectors", ["configuration/Connectors/"], ["no-configuration"]],
    ["rules", ["configuration/SynchronizationRules/"], ["no-configuration"]],
    ["settings file", ["settings/"], ["incomplete"]],
    ["statistics", ["statistics/"], ["incomplete"]],
    ["scheduler", ["statistics/scheduler.json"], ["incomplete"]],
    ["health", ["health/"], ["incomplete"]],
  ] as const)
    it(`is missed where it is the ${what}`, async () => {
      assert.deepEqual(openCodes(await two({ without })), codes);
    });

  it("is missed with the reason that the collection gives", async () => {
    const notAvailable = [
      { name: "Applied settings file", reason: "there is no Applied file in C:\\ProgramData\\AADConnect" },
    ];
    const { report } = await two({ without: ["settings/"], told: { notAvailable } });
    assert.match(report.findings[0]?.cause ?? "", /there is no Applied file/);
  });

  it("is not missed in an older one: what counts is the newest", async () => {
    const chain = new CollectionChain();
    await chain.collect({ without: ["health/", "settings/"] });
    await chain.collect();
    assert.deepEqual(
      openCodes(
        await verified(
          chain.added.map((added) => stored(added)),
          { now },
        ),
      ),
      [],
    );
  });

  it("is fewer where a connector or a tenth of the rules is gone since the one before", async () => {
    const rules = (count: number): Record<string, string> =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `configuration/SynchronizationRules/SynchronizationRule_{r${index}}.xml`,
          `<synchronizationRule><name>${index}</name></synchronizationRule>`,
        ]),
      );
    const withRules = async (count: number) => {
      const chain = new CollectionChain({ configuration: { "Connectors/a.xml": "<ma-data />" } });
      await chain.collect({ told: { files: rules(30) } });
      await chain.collect({ told: { files: rules(count) } });
      return openCodes(
        await verified(
          chain.added.map((added) => stored(added)),
          { now },
        ),
      );
    };
    assert.deepEqual(await withRules(27), []);
    assert.deepEqual(await withRules(26), ["rules-fewer"]);
    assert.deepEqual(await withRules(40), []);
  });

  for (const [what, file, content] of [
    [
      "a parameter named like one",
      "configuration/Connectors/Connector_{1}.xml",
      '<ma><parameter name="Password">hunter2</parameter></ma>',
    ],
    [
      "an element named like one",
      "configuration/Connectors/Connector_{1}.xml",
      "<ma><client-secret>x9</client-secret></ma>",
    ],
    [
      "an attribute with a connection string",
      "configuration/GlobalSettings/MV.xml",
      '<mv note="Server=a;Password=b" />',
    ],
    ["an encrypted value", "configuration/Connectors/Connector_{1}.xml", '<ma><v encrypted="1">AAAA</v></ma>'],
    ["a member of a statistics file", "statistics/connectors.json", '[{"name":"a","credential":"abc"}]'],
    [
      "a signed token in the health",
      "health/health.json",
      '{"schema":"entra-connect-health/1","autoUpgrade":"eyJhbGciOi.eyJzdWIi.c2ln"}',
    ],
    ["a key in a settings file", "settings/Applied.JSON", '{"a":{"sharedAccessKey":"k"}}'],
  ] as const)
    it(`is never ${what}: its place is named, its value is not`, async () => {
      const result = await two({ told: { files: { [file]: content } } });
      assert.ok(openCodes(result).includes("secret-inside"), openCodes(result).join());
      const text = JSON.stringify(result.report);
      assert.match(text, new RegExp(file.split("/").at(-1)?.replace(/[{}.]/gu, ".") ?? ""));
      for (const value of ["hunter2", "x9<", "Password=b", "c2ln", '"k"']) assert.ok(!text.includes(value), value);
    });

  it("may be named like a secret where it is empty, or only a switch", async () => {
    const files = {
      "configuration/Connectors/Connector_{1}.xml":
        '<ma><parameter name="Password" /><password-hash-sync>true</password-hash-sync></ma>',
      "settings/Applied.JSON": '{"password":"","passwordHashSync":true}',
    };
    assert.deepEqual(openCodes(await two({ told: { files } })), []);
  });

  it("was collected by the same script, as long as its version is the same", async () => {
    const script = (version: string) => ({ script: { version, sha256: "ff".repeat(32) } });
    assert.deepEqual(openCodes(await two({ archive: script("0.3.0") })), ["script-changed"]);
    assert.deepEqual(openCodes(await two({ archive: script("0.3.1") })), []);
  });
});

describe("what the newest collection says of its server", () => {
  const hoursBefore = (hours: number): string =>
    new Date(Date.parse("2026-11-17T20:00:00Z") - hours * 3_600_000).toISOString();
  const staging = (
    scheduler: boolean | null,
    globalParameter = scheduler,
    more: object = {},
  ): Record<string, Json> => ({
    staging: { scheduler, globalParameter, syncCycleEnabled: true, schedulerSuspended: false, ...more },
  });
  const runs = (more: object): Record<string, Json> => ({
    runs: {
      lastImportAt: hoursBefore(1),
      lastExportAt: null,
      lastSynchronizationAt: hoursBefore(1),
      lastResult: "success",
      ...more,
    },
  });
  const declared = { active: { active: ["AADC1"] }, passive: { passive: ["AADC1"] }, nobody: {} } as const;

  const cases: readonly (readonly [
    what: string,
    health: Record<string, Json>,
    role: keyof typeof declared,
    codes: readonly string[],
    severity?: string,
  ])[] = [
    ["an active server with staging mode off", staging(false), "active", []],
    ["an active server with staging mode on", staging(true), "active", ["staging-flag"], "blocking"],
    [
      "a passive server with staging mode off",
      { ...staging(false), ...runs({}) },
      "passive",
      ["staging-flag"],
      "blocking",
    ],
    ["a server of no declared role", staging(true), "nobody", []],
    ["reads that contradict each other", staging(true, false), "nobody", ["staging-flag"], "blocking"],
    [
      "a passive server whose staging mode was not read",
      { ...staging(null), ...runs({}) },
      "passive",
      ["health-not-seen"],
      "warning",
    ],
    [
      "a passive server that exported since the collection before",
      { ...staging(true), ...runs({ lastExportAt: hoursBefore(23) }) },
      "passive",
      ["exported-while-passive"],
      "blocking",
    ],
    [
      "a passive server that exported before that",
      { ...staging(true), ...runs({ lastExportAt: hoursBefore(25) }) },
      "passive",
      [],
    ],
    [
      "a passive server of which no run is known",
      { ...staging(true), ...runs({ lastImportAt: null, lastSynchronizationAt: null, lastResult: null }) },
      "passive",
      ["health-not-seen"],
      "warning",
    ],
    ["an active server that exports", { ...staging(false), ...runs({ lastExportAt: hoursBefore(0.1) }) }, "active", []],
    [
      "a scheduler that is off",
      staging(false, false, { syncCycleEnabled: false }),
      "active",
      ["scheduler-off"],
      "warning",
    ],
    [
      "a wizard that stands open",
      staging(false, false, { schedulerSuspended: true }),
      "active",
      ["scheduler-off"],
      "warning",
    ],
    [
      "a service that does not run",
      { service: { status: "Stopped", startType: "Auto" } },
      "nobody",
      ["service-not-running"],
      "blocking",
    ],
    [
      "a service that is disabled",
      { service: { status: "Running", startType: "Disabled" } },
      "nobody",
      ["service-not-running"],
      "blocking",
    ],
    ["imports of two days ago", runs({ lastImportAt: hoursBefore(48) }), "nobody", ["runs-old"], "warning"],
    [
      "synchronizations of eight days ago",
      runs({ lastSynchronizationAt: hoursBefore(192) }),
      "nobody",
      ["runs-old"],
      "blocking",
    ],
    ["a run that failed", runs({ lastResult: "stopped-server-down" }), "nobody", ["run-failed"], "warning"],
    ["a run without objects", runs({ lastResult: "completed-no-objects" }), "nobody", []],
    [
      "a certificate of three weeks",
      { certificateEndsAt: hoursBefore(-24 * 20) },
      "nobody",
      ["certificate-ends"],
      "warning",
    ],
    [
      "a certificate of three days",
      { certificateEndsAt: hoursBefore(-24 * 3) },
      "nobody",
      ["certificate-ends"],
      "blocking",
    ],
    [
      "a certificate that has ended",
      { certificateEndsAt: hoursBefore(24) },
      "nobody",
      ["certificate-ends"],
      "blocking",
    ],
    [
      "a large LocalDB",
      { database: { kind: "localdb", sizeMB: 8 * 1024 } },
      "nobody",
      ["database-near-limit"],
      "warning",
    ],
    ["a large SQL Server", { database: { kind: "sqlServer", sizeMB: null } }, "nobody", []],
    [
      "a closed port",
      {
        ports: [
          { host: "dc1", port: 389, state: "closed" },
          { host: "dc2", port: 389, state: "open" },
        ],
      },
      "nobody",
      ["port-closed"],
      "warning",
    ],
    [
      "a name without an address",
      { ports: [{ host: "dc1", port: 389, state: "unresolved" }] },
      "nobody",
      ["port-closed"],
      "warning",
    ],
    [
      "a port that was not tried",
      { ports: [{ host: "dc1", port: 389, state: "unknown" }] },
      "nobody",
      ["health-not-seen"],
      "info",
    ],
    [
      "a permission that is gone",
      { permissions: [{ what: "reset passwords", state: "failed", why: "no right" }] },
      "nobody",
      ["permission-missing"],
      "warning",
    ],
    [
      "a configuration file that was edited",
      { engineConfigSha256: "ff".repeat(32) },
      "nobody",
      ["config-file-changed"],
      "warning",
    ],
    [
      "one that an upgrade brought",
      { engineConfigSha256: "ff".repeat(32), versions: { wizard: "2.6.93.0", engine: "2.6.93.0" } },
      "nobody",
      ["version-to-look-at", "config-file-changed"],
      "info",
    ],
    ["one that was not read", { engineConfigSha256: null }, "nobody", []],
    [
      "collections that wait for days",
      { archive: { queue: { count: 3, sizeMB: 1, oldestAt: hoursBefore(50) } } },
      "nobody",
      ["queue-waits"],
      "warning",
    ],
    [
      "collections that wait for hours",
      { archive: { queue: { count: 1, sizeMB: 1, oldestAt: hoursBefore(5) } } },
      "nobody",
      [],
    ],
    [
      "a version that is recalled",
      { versions: { wizard: null, engine: "2.6.79.0" } },
      "nobody",
      ["version-to-look-at"],
      "blocking",
    ],
    [
      "a version out of support",
      { versions: { wizard: null, engine: "2.5.79.0" } },
      "nobody",
      ["version-to-look-at"],
      "warning",
    ],
    [
      "what could not be seen",
      { notAvailable: [{ name: "certificate", reason: "access denied" }] },
      "nobody",
      ["health-not-seen"],
      "info",
    ],
  ];
  for (const [what, health, role, codes, severity] of cases)
    it(`judges ${what}`, async () => {
      const result = await two({ health }, declared[role]);
      const told = result.report.findings.filter(({ class: about }) => about === "server");
      assert.deepEqual(
        told.map(({ code }) => code).sort(),
        [...codes].sort(),
        titlesOf(result, told[0]?.code ?? "").join(),
      );
      for (const finding of told) assert.equal(finding.severity, severity, finding.code);
    });

  it("is judged only of the newest, and not of a retired server", async () => {
    const chain = new CollectionChain();
    await chain.collect({ health: { service: { status: "Stopped", startType: "Auto" } } });
    await chain.collect();
    const archive = chain.added.map((added) => stored(added));
    assert.deepEqual(openCodes(await verified(archive, { now })), []);
    const later = { now: new Date("2027-11-18T08:00:00Z") };
    assert.deepEqual(openCodes(await verified(archive.slice(0, 1), { ...later, ended: [chain.chain] })), []);
  });

  it("that is another document than health of a server counts as none", async () => {
    assert.deepEqual(openCodes(await two({ health: { schema: "entra-connect-health/9" } })), ["incomplete"]);
    assert.deepEqual(infoCodes(await two({ health: { ports: "many", staging: 7, runs: [] } })), [
      "protection-unlocked",
    ]);
  });
});

describe("the table of what is looked for in an archive", () => {
  it("says of each what it means, why, and what to do where something is to be done", () => {
    for (const [code, rule] of Object.entries(archiveRules)) {
      assert.ok(rule.means.length > 10 && rule.cause.length > 10, code);
      if (rule.severity !== "info") assert.ok(rule.next.length > 10, code);
    }
  });
});
