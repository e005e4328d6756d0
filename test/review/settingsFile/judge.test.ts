import assert from "node:assert/strict";
import {
  digestOf,
  type SettingsFileContext,
  type SettingsFileDigest,
  settingsFileFindings,
} from "../../../review/settingsFile";
import { contentOf, customRule, extensionAttribute, type LooseFile } from "./file";

const digest = (change?: (file: LooseFile) => void): SettingsFileDigest => digestOf(contentOf(change), "AB".repeat(32));

const context: SettingsFileContext = {
  machine: "aadc-stg-g2",
  setting: "generations.2.connect.settingsFile",
  now: new Date("2026-11-26T08:00:00Z"),
  version: "2.6.92.0",
  servers: [{ name: "aadc-stg-g2", role: "passive" }],
  serviceAccount: "virtual service account",
};

const findings = (change?: (file: LooseFile) => void, more: Partial<SettingsFileContext> = {}) =>
  settingsFileFindings(digest(change), { ...context, ...more });
const told = (change?: (file: LooseFile) => void, more: Partial<SettingsFileContext> = {}): readonly string[] =>
  findings(change, more)
    .filter(({ severity }) => severity !== "info")
    .map(({ code, severity }) => `${severity} ${code}`);
const host =
  (hostName: unknown) =>
  (file: LooseFile): void => {
    file.deploymentMetadata.hostName = hostName;
  };
const metadata =
  (key: string, value: unknown) =>
  (file: LooseFile): void => {
    file.policyMetadata[key] = value;
  };

describe("judging a settings file before its import", () => {
  it("finds nothing to act on in a fresh file of the active server without gaps", () => {
    assert.deepEqual(told(), []);
    assert.deepEqual(
      findings().map(({ code }) => code),
      ["import-gap-directory-account", "import-gaps-unsure", "import-gaps-unseen"],
    );
  });

  it("says every finding completely, about the new server", () => {
    const all = findings((file) => {
      file.azureDirectoryPolicy.customSynchronizationRules = [
        customRule({ direction: "Outbound", attributeMappings: [{ destination: extensionAttribute, source: "x" }] }),
      ];
      metadata("timeCreated", "2026-01-31 10:00:00Z")(file);
    });
    assert.ok(all.length > 4);
    for (const { subject, title, cause, next } of all) {
      assert.equal(subject, "aadc-stg-g2");
      assert.ok(title !== "" && cause !== "" && next !== "", title);
    }
  });

  it("counts the age from the given clock: 30 days are fresh, 31 are not", () => {
    const made = metadata("timeCreated", "2026-10-01 10:00:00Z");
    assert.deepEqual(told(made, { now: new Date("2026-10-31T10:00:00Z") }), []);
    assert.deepEqual(told(made, { now: new Date("2026-11-01T10:00:00Z") }), ["warning settings-file-old"]);
    assert.match(findings(made)[0]?.title ?? "", /2026-10-01, 55 days ago/);
  });

  it("does not take an age for granted", () => {
    for (const value of [undefined, "soon", "9/5/2026", 5])
      assert.deepEqual(told(metadata("timeCreated", value)), ["warning settings-file-age-unknown"], `${value}`);
    assert.deepEqual(told(metadata("timeCreated", "2027-01-01 00:00:00Z")), ["warning settings-file-from-the-future"]);
  });

  it("refuses a file of a server that has the new server's own name, bare or with a domain, in any case", () => {
    for (const name of ["aadc-stg-g2", "AADC-STG-G2.corp.contoso.com"])
      assert.deepEqual(told(host(name)), ["blocking settings-file-of-this-name"]);
    assert.deepEqual(told(host("aadc-stg-g21")), []);
  });

  it("wants the active server's file, as far as it is known which one that is", () => {
    const servers = (role: "active" | "passive" | "lost" | "taken out") => ({
      servers: [...context.servers, { name: "aadc-stg-g1", role }],
    });
    const ofFirst = host("aadc-stg-g1.corp.contoso.com");
    assert.deepEqual(told(ofFirst, servers("active")), []);
    assert.deepEqual(told(ofFirst, servers("lost")), []);
    assert.deepEqual(told(ofFirst, servers("passive")), ["warning settings-file-not-of-active"]);
    assert.deepEqual(told(ofFirst, servers("taken out")), ["warning settings-file-not-of-active"]);
    assert.deepEqual(told(host("aadc01"), servers("active")), ["warning settings-file-not-of-active"]);
    assert.deepEqual(told(host("aadc01"), servers("passive")), []);
    assert.ok(findings(host(undefined)).some(({ code }) => code === "settings-file-source-unknown"));
  });

  it("warns where the file is newer than the installer, and not where it is older or the same", () => {
    const build = metadata("azureADConnectVersion", "2.6.92.0");
    assert.deepEqual(told(build, { version: "2.6.91.0" }), ["warning settings-file-newer"]);
    assert.deepEqual(told(build, { version: "2.6.92.0" }), []);
    assert.deepEqual(told(build, { version: "2.10.0.0" }), []);
    assert.deepEqual(told(metadata("azureADConnectVersion", "new"), { version: "2.6.91.0" }), []);
  });

  it("refuses the database of the file's server, and warns of its instance", () => {
    const theirs = (file: LooseFile): void => {
      Object.assign(file.deploymentMetadata, {
        databaseServer: "SQL1.corp.contoso.com",
        databaseInstance: "SYNC",
        databaseName: "ADSync",
      });
    };
    const database = { server: "sql1", instance: "sync", name: "adsync" };
    const managed = { serviceAccount: "virtual service account" as const };
    assert.deepEqual(told(theirs, { ...managed, database }), ["blocking settings-file-same-database"]);
    assert.deepEqual(told(theirs, { ...managed, database: { ...database, name: "ADSync2" } }), [
      "warning settings-file-same-instance",
    ]);
    assert.deepEqual(told(theirs, { ...managed, database: { ...database, instance: "OTHER" } }), []);
    assert.deepEqual(told(theirs, { ...managed, database: { ...database, server: "sql2" } }), []);
    assert.deepEqual(told(theirs), []);
  });

  it("takes no instance and the default one for the same", () => {
    const theirs = (file: LooseFile): void => {
      Object.assign(file.deploymentMetadata, { databaseServer: "sql1", databaseInstance: "", databaseName: undefined });
    };
    const database = { server: "sql1", instance: "MSSQLSERVER", name: "ADSync" };
    assert.deepEqual(told(theirs, { database }), ["blocking settings-file-same-database"]);
  });

  it("warns of another kind of service account, which cannot be changed later", () => {
    const account = (name: string) => (file: LooseFile) => {
      file.deploymentMetadata.serviceAccount = name;
    };
    const code = ["warning settings-file-service-account-kind"];
    assert.deepEqual(told(account("CORP\\gmsa$")), code);
    assert.deepEqual(told(account("CORP\\gmsa$"), { serviceAccount: "managed service account" }), []);
    assert.deepEqual(told(account("CORP\\svc"), { serviceAccount: "managed service account" }), code);
    assert.deepEqual(told(account("")), []);
  });

  it("refuses what breaks the whole import, names the rule and says how to get a file without it", () => {
    const [finding, ...more] = findings((file) => {
      file.azureDirectoryPolicy.customSynchronizationRules = [
        customRule({
          name: "Out to AAD - Cost Center",
          direction: "Outbound",
          disabled: false,
          attributeMappings: [{ destination: extensionAttribute, source: "x" }],
        }),
      ];
    }).filter(({ severity }) => severity !== "info");
    assert.deepEqual(more, []);
    assert.equal(finding?.severity, "blocking");
    assert.equal(finding?.class, "known-import-gap");
    assert.match(finding?.title ?? "", /"Out to AAD - Cost Center \(writes extension_/);
    assert.match(finding?.next ?? "", /exported anew on the active server/);
    assert.match(finding?.next ?? "", /switch its scheduler off/);
  });

  it("warns of each other gap with what to do after the import", () => {
    const list = told((file) => {
      Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, {
        customSynchronizationRules: [customRule({ name: "Off", disabled: true }), customRule({ precedence: 120 })],
      });
      file.deviceWriteback = true;
    });
    assert.deepEqual(list, [
      "warning import-gap-disabled-rule",
      "warning import-gap-rule-precedence",
      "warning import-gap-device-writeback",
    ]);
  });

  it("warns where it cannot tell whether the import breaks", () => {
    assert.deepEqual(
      told((file) => {
        file.azureDirectoryPolicy.customSynchronizationRules = [3 as never];
      }),
      ["warning import-gaps-unsure"],
    );
  });
});

describe("what is kept of a settings file", () => {
  it("is plain JSON, small whatever the file, and the same at every reading", () => {
    const many = (file: LooseFile): void => {
      Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, {
        customSynchronizationRules: Array.from({ length: 2000 }, (_, index) =>
          customRule({ name: `${index} ${"x".repeat(5000)}`, precedence: 100 + index, disabled: true }),
        ),
      });
    };
    const kept = digest(many);
    assert.deepEqual(JSON.parse(JSON.stringify(kept)), kept);
    assert.ok(JSON.stringify(kept).length < 8000, `${JSON.stringify(kept).length}`);
    assert.deepEqual(digest(many), kept);
    const [gap] = kept.gaps;
    assert.equal(gap?.items.length, 12);
    assert.equal(gap?.more, 1988);
    assert.equal(kept.customRules, 2000);
  });

  it("holds no character that could steer a terminal or pass for a new line", () => {
    const kept = digest((file) => {
      Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, {
        friendlyName: "a\u001b[31m\r\nb\u202ec",
        customSynchronizationRules: [customRule({ name: "x\ny\u0007", disabled: true })],
      });
    });
    assert.doesNotMatch(JSON.stringify(kept), /\\n|\\r|\\u001b|\\u0007|\u202e/);
    assert.deepEqual(kept.gaps.find(({ code }) => code === "disabled-rule")?.items, ["x y\\u{7}"]);
  });

  it("has no author, description, container or account name", () => {
    const text = JSON.stringify(
      digest((file) => {
        file.policyMetadata.author = "CANARY\\admin";
        file.deploymentMetadata.serviceAccount = "CANARY\\gmsa$";
        Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, {
          partitionFilters: [{ distinguishedName: "DC=CANARY", containerInclusions: ["OU=CANARY"] }],
          customSynchronizationRules: [customRule({ description: "CANARY", disabled: true })],
        });
        file.secretThing = { password: "CANARY" };
      }),
    );
    assert.doesNotMatch(text, /CANARY/);
  });
});
