import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type JudgingContext,
  judgeAutoUpgrade,
  judgeFirstSynchronization,
  judgeVerification,
} from "../../../review/readiness/judge";
import { type Finding, verdictOf } from "../../../review/verdict";
import { sourceDate } from "../../../review/versions/versions";
import type { VerifyStagingAnswer } from "../../../scripts/answers";
import { listingOf } from "../../../scripts/listing";
import { healthyServer } from "../../support/healthyServer";
import { judgingContext } from "../../support/judging";
import { contentOf, customRule, type LooseFile } from "../settingsFile/file";

const machine = "aadc-stg-g7";
const domain = "DC=corp,DC=contoso,DC=com";

type Connector = VerifyStagingAnswer["connectors"][number];
type CustomRule = VerifyStagingAnswer["rules"]["custom"][number];

const partition = (inclusions: readonly string[], exclusions: readonly string[], name = domain, selected = true) => ({
  name,
  selected,
  inclusions: listingOf(inclusions),
  exclusions: listingOf(exclusions),
});

const directory = (change: Partial<Connector> = {}): Connector => ({
  name: "corp.contoso.com",
  identifier: "0d0c0b0a-0000-4000-8000-000000000001",
  type: "AD",
  subtype: "",
  partitions: [partition([`OU=People,${domain}`], [domain])],
  ...change,
});

const rule = (change: Partial<CustomRule> = {}): CustomRule => ({
  name: "In from AD - Ours",
  connector: "corp.contoso.com",
  direction: "Inbound",
  precedence: 50,
  disabled: false,
  ...change,
});

/** A server exactly as `contentOf()` has it. */
const server: VerifyStagingAnswer = {
  ...healthyServer["verify-staging"],
  connectors: [directory()],
  rules: { ...healthyServer["verify-staging"].rules, total: 1, customCount: 1, custom: [rule()] },
};

const judge = (change: Partial<VerifyStagingAnswer> = {}, context: Partial<JudgingContext> = {}) =>
  judgeVerification(machine, { ...server, ...change }, { ...judgingContext, settingsFile: contentOf(), ...context });

const withRules = (...custom: CustomRule[]): Partial<VerifyStagingAnswer> => ({
  rules: { ...server.rules, customCount: custom.length, custom },
});

function theOne(findings: readonly Finding[], code: string): Finding {
  const found = findings.filter((each) => each.code === code);
  assert.equal(found.length, 1, findings.map((each) => `${each.code}: ${each.title}`).join("\n"));
  return found[0] as Finding;
}

const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code);
const quiet = ["staging-proven", "release-table", "identity"];

describe("what the wizard made, against the settings file that it imported", () => {
  it("is well where both say the same, however names are written", () => {
    assert.deepEqual(codes(judge()), quiet);
    const written = partition(
      [`ou=people, ${domain.toLowerCase()}`],
      [domain.replaceAll(",", " , ")],
      domain.toUpperCase(),
    );
    assert.deepEqual(
      codes(judge({ connectors: [directory({ name: "CORP.contoso.com", partitions: [written] })] })),
      quiet,
    );
    assert.deepEqual(codes(judge(withRules(rule({ name: "in from ad - OURS" })))), quiet);
  });

  it("is not judged by a file that was not imported, and says where the file is known by its hash only", () => {
    const other = judge({ connectors: [], importedSettingsFile: { sha256: "e".repeat(64) } });
    assert.ok(!codes(other).some((code) => code.endsWith("not-as-imported")));
    assert.deepEqual(codes(judge({}, { settingsFile: undefined })), [...quiet, "settings-file-not-compared"]);
    assert.equal(verdictOf(judge({}, { settingsFile: undefined })), "ok");
  });

  it("finds a forest that has no connector, and a connector that no forest of the file has", () => {
    const missing = theOne(judge({ connectors: [] }), "connectors-not-as-imported");
    assert.match(missing.title, /no connector for corp\.contoso\.com/);
    const more = directory({ name: "emea.contoso.com", identifier: "0d0c0b0a-0000-4000-8000-000000000002" });
    assert.match(
      theOne(judge({ connectors: [directory(), more] }), "connectors-not-as-imported").title,
      /does not name: emea\.contoso\.com/,
    );
  });

  it("finds a domain that is not read, and one that is read besides", () => {
    const unticked = directory({ partitions: [partition([], [], domain, false)] });
    assert.match(theOne(judge({ connectors: [unticked] }), "filter-not-as-imported").title, /does not read DC=corp/);
    const second = partition([], [], "DC=emea,DC=contoso,DC=com");
    const more = directory({ partitions: [...directory().partitions, second] });
    assert.match(
      theOne(judge({ connectors: [more] }), "filter-not-as-imported").title,
      /reads DC=emea,DC=contoso,DC=com, which the settings file does not select/,
    );
  });

  it("does not take filters for gone that this build does not show", () => {
    assert.deepEqual(codes(judge({ connectors: [directory({ partitions: [] })] })), [...quiet, "filters-not-read"]);
  });

  it("finds a container that is left out or read besides, by what the filter covers and not by how it is written", () => {
    const filter = (inclusions: string[], exclusions: string[]) =>
      judge({ connectors: [directory({ partitions: [partition(inclusions, exclusions)] })] });
    assert.match(
      theOne(filter([`OU=Groups,${domain}`], [domain]), "filter-not-as-imported").title,
      /it leaves out OU=People,DC=corp.*; it reads OU=Groups,DC=corp.* besides/,
    );
    assert.match(
      theOne(filter([`OU=People,${domain}`], [domain, `OU=VIP,OU=People,${domain}`]), "filter-not-as-imported").title,
      /it leaves out OU=VIP,OU=People/,
    );
    // A listed child of a listed container says nothing more.
    assert.deepEqual(codes(filter([`OU=People,${domain}`, `OU=Staff,OU=People,${domain}`], [domain])), quiet);
  });

  it("tells long filters apart by their hash, with counts and the first difference", () => {
    const names = Array.from({ length: 900 }, (_, n) => `OU=Branch ${String(n).padStart(4, "0")},OU=Sites,${domain}`);
    const file = contentOf((loose: LooseFile) => {
      const [first] = loose.onpremisesDirectoryPolicy;
      Object.assign(first ?? {}, {
        partitionFilters: [{ distinguishedName: domain, containerInclusions: names, containerExclusions: [domain] }],
      });
    });
    const told = (listed: readonly string[]) => {
      const whole = partition(listed, [domain]);
      return judge(
        {
          connectors: [
            directory({
              partitions: [
                { ...whole, inclusions: { ...whole.inclusions, names: whole.inclusions.names.slice(0, 300) } },
              ],
            }),
          ],
        },
        { settingsFile: file },
      );
    };
    assert.deepEqual(codes(told([...names].reverse())), quiet);
    const other = theOne(told(names.filter((_, n) => n !== 17)), "filter-not-as-imported");
    assert.match(other.title, /899 inclusions instead of 900, first at OU=Branch 0018,.*too long a list/);
    assert.match(
      theOne(told(names.filter((_, n) => n !== 800)), "filter-not-as-imported").title,
      /899 inclusions instead of 900/,
    );
  });

  it("finds rules that are missing, too many, enabled though disabled in the file, or of another precedence", () => {
    const only = (answer: Partial<VerifyStagingAnswer>, file?: (loose: LooseFile) => void) =>
      theOne(judge(answer, { settingsFile: contentOf(file) }), "rules-not-as-imported");
    assert.match(only(withRules()).title, /are missing on aadc-stg-g7: In from AD - Ours/);
    assert.match(only(withRules(rule(), rule({ name: "Mine" }))).title, /does not hold: Mine/);
    assert.match(only(withRules(rule({ precedence: 3 }))).title, /In from AD - Ours \(3 instead of 50\)/);
    const disabled = (loose: LooseFile) =>
      Object.assign(loose.onpremisesDirectoryPolicy[0] ?? {}, {
        customSynchronizationRules: [customRule({ disabled: true })],
      });
    const arrived = only(withRules(rule()), disabled);
    assert.match(arrived.title, /disabled in the settings file are enabled on aadc-stg-g7: In from AD - Ours/);
    assert.match(arrived.next, /Disable the rule on the staging server/);
    assert.deepEqual(codes(judge(withRules(rule({ disabled: true })), { settingsFile: contentOf(disabled) })), quiet);
  });

  it("does not call a rule missing that the answer had no room for", () => {
    const cut = { rules: { ...server.rules, customCount: 150, custom: [] } };
    assert.deepEqual(codes(judge(cut)), quiet);
  });
});

describe("what the wizard's first page decided", () => {
  const account = (name: string, wanted: string) =>
    judge({ service: { ...server.service, account: name } }, { serviceAccount: wanted });

  it("is the account, whatever its form", () => {
    for (const name of ["CONTOSO\\gmsa-aadc$", "gmsa-aadc$@contoso.com", "contoso\\GMSA-AADC$"])
      assert.deepEqual(codes(account(name, "CONTOSO\\gmsa-aadc$")), quiet);
    const other = theOne(account("NT SERVICE\\ADSync", "CONTOSO\\gmsa-aadc$"), "service-account-differs");
    assert.match(other.title, /runs as NT SERVICE\\ADSync; the settings say CONTOSO\\gmsa-aadc\$/);
    assert.match(other.next, /generations\.7\.connect\.serviceAccount/);
  });

  it("is the database, by kind, server, instance and name", () => {
    const sql = { kind: "sqlServer", server: "sql1.contoso.com", instance: "AADC", name: "ADSync" } as const;
    assert.ok(codes(judge({}, { database: sql })).includes("database-differs"));
    const database: NonNullable<VerifyStagingAnswer["database"]> = {
      ...sql,
      usedMB: null,
      fileMB: null,
      localDbVersions: [],
    };
    const on = (found: Partial<typeof database>) =>
      codes(judge({ database: { ...database, ...found } }, { database: sql }));
    assert.deepEqual(on({ server: "SQL1.contoso.com", instance: "aadc" }), quiet);
    for (const other of [{ server: "sql2.contoso.com" }, { instance: "" }, { name: "ADSync2" }])
      assert.ok(on(other).includes("database-differs"), JSON.stringify(other));
    assert.deepEqual(codes(judge({ database: null })), quiet);
  });
});

describe("the database's size", () => {
  const size = (usedMB: number | null, fileMB: number | null) =>
    judge({ database: { ...(server.database as NonNullable<typeof server.database>), usedMB, fileMB } });

  it("is a warning from 8 GB on, by whichever of the two is larger, and unknown is none", () => {
    assert.deepEqual(codes(size(8191, 8191)), quiet);
    assert.deepEqual(codes(size(null, null)), quiet);
    assert.match(theOne(size(8192, null), "database-near-limit").title, /8\.0 GB of the 10 GB/);
    assert.match(theOne(size(100, 9500), "database-near-limit").title, /9\.3 GB/);
    assert.match(theOne(size(100, 9500), "database-near-limit").next, /^do not stop the service/);
  });
});

describe("the identity and its certificate", () => {
  const now = new Date("2026-11-26T00:00:00Z");
  const event = (id: number, at: string) => ({ id, at: `${at}T00:00:00Z` });
  const certificate = (endsAt: string | null, ...events: { id: number; at: string }[]) =>
    judge({ certificate: { endsAt, events } }, { now });

  it("are told with the day of the end, by the credential or 90 days after it was made", () => {
    assert.match(
      theOne(certificate("2027-02-01T00:00:00Z"), "identity").title,
      /application 5f0c1d2e-\S+; its certificate ends on 2027-02-01$/,
    );
    assert.match(
      theOne(certificate(null, event(1013, "2026-11-20")), "identity").title,
      /ends on 2027-02-18 \(90 days after it was made, by the event log\)/,
    );
    assert.match(theOne(certificate(null), "identity").title, /when its certificate ends could not be read/);
    assert.match(theOne(judge({ certificate: null }), "identity").title, /could not be read/);
    assert.match(theOne(judge({ credentialType: null }), "identity").title, /could not be read/);
    assert.match(theOne(judge({ applicationId: null }), "identity").title, /its id could not be read/);
  });

  it("are a warning once a working scheduler would have renewed it", () => {
    const warned = (...given: Parameters<typeof certificate>) =>
      codes(certificate(...given)).includes("certificate-ends-soon");
    assert.equal(warned("2026-12-18T00:00:00Z"), false);
    assert.equal(warned("2026-12-17T00:00:00Z"), true);
    assert.equal(warned(null, event(1013, "2026-09-06")), true, "81 days old");
    assert.equal(warned(null, event(1013, "2026-11-01"), event(1013, "2026-08-01")), false, "the newest counts");
    assert.equal(warned(null, event(1011, "2026-11-20")), true, "event 1011 alone");
    assert.equal(warned(null, event(1013, "2026-11-21"), event(1011, "2026-11-20")), false, "renewed since");
    assert.match(
      theOne(certificate(null, event(1012, "2026-11-25"), event(1013, "2026-08-20")), "certificate-ends-soon").title,
      /has expired; its certificate ended on 2026-11-18.*event 1012 says since 2026-11-25/,
    );
  });

  it("a scheduler that is off renews nothing: that is told with the day, and not of a service account", () => {
    const first = { ...healthyServer["first-synchronization"], schedulerEnabled: false };
    const told = (change: Partial<VerifyStagingAnswer>) =>
      judgeFirstSynchronization(machine, first, {
        ...judgingContext,
        now,
        verification: { ...server, certificate: { endsAt: "2026-12-30T00:00:00Z", events: [] }, ...change },
      });
    assert.match(
      theOne(told({}), "certificate-not-renewed").title,
      /its scheduler is off; its certificate ends on 2026-12-30/,
    );
    assert.ok(!codes(told({ credentialType: "ServiceAccount" })).includes("certificate-not-renewed"));
  });
});

describe("miiserver.exe.config", () => {
  it("is a warning once it is not what the first look wrote down", () => {
    const config = {
      sha256: "d".repeat(64),
      recordedSha256: "d".repeat(64),
      recordedAt: "2026-11-01T00:00:00Z",
      fipsEdit: false,
    };
    assert.deepEqual(codes(judge({ engineConfig: config })), quiet);
    assert.deepEqual(codes(judge({ engineConfig: null })), quiet);
    const edited = theOne(judge({ engineConfig: { ...config, sha256: "e".repeat(64) } }), "engine-config-edited");
    assert.match(edited.title, /not what it was at the first look \(2026-11-01T00:00:00Z\)/);
    assert.match(edited.next, /2\.5\.190\.0 and 2\.6\.1\.0 break/);
  });
});

describe("automatic upgrade", () => {
  it("is said to have been on where it was switched off, and is a warning where it is still on", () => {
    const answer = { ...healthyServer["switch-off-auto-upgrade"], before: "Enabled", state: "Disabled" };
    assert.deepEqual(codes(judgeAutoUpgrade(machine, answer, judgingContext)), ["auto-upgrade-switched-off"]);
    assert.deepEqual(codes(judgeAutoUpgrade(machine, healthyServer["switch-off-auto-upgrade"], judgingContext)), []);
    const on = (autoUpgrade: "disable" | "leave") =>
      theOne(judge({ autoUpgrade: "Enabled" }, { autoUpgrade }), "auto-upgrade-on");
    assert.match(on("leave").next, /set gate\.autoUpgrade: disable/);
    assert.match(on("disable").next, /Set-ADSyncAutoUpgrade -AutoUpgradeState Disabled on aadc-stg-g7/);
  });
});

describe("the table of versions", () => {
  it("says in every verdict of which day it is, in words that stay the same, and grows old", () => {
    const on = (days: number) =>
      judge({}, { proofDays: 5000, now: new Date(Date.parse(sourceDate) + days * 86_400_000) });
    assert.equal(theOne(on(1), "release-table").title, theOne(on(80), "release-table").title);
    assert.ok(theOne(on(1), "release-table").title.includes(sourceDate));
    assert.ok(!codes(on(90)).includes("release-table-old"));
    assert.ok(codes(on(91)).includes("release-table-old"));
  });
});
