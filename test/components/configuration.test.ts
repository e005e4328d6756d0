import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { utils } from "ssh2";
import {
  type Configuration,
  configurationProblems,
  parseConfiguration,
} from "../../components/settings/parseConfiguration";
import { plainEntriesInFile } from "../../components/settings/plainEntries";
import { readSettings } from "../../components/settings/readSettings";
import { secretProblems } from "../../components/settings/secrets";
import { SettingsError } from "../../components/settings/settings";
import { today, writtenFixture } from "../support/settingsFixture";

const secrets = ["administratorPassword", "sshPrivateKey", "jumpHostPrivateKey"];

/** A configuration as the engine hands it on: texts, objects as JSON. */
function configuration(values: Record<string, unknown>, more: Partial<Configuration> = {}): Configuration {
  const texts = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return {
    values: Object.fromEntries(texts),
    isSecret: (name) => secrets.includes(name),
    allOurs: true,
    ...more,
  };
}

const { private: sshPrivateKey } = utils.generateKeyPairSync("ed25519");
const goodSecrets = { administratorPassword: "correct-Horse-7-battery", sshPrivateKey };
const problemsOf = (values: Record<string, unknown>, more: Partial<Configuration> = {}) =>
  configurationProblems(configuration(values, more), today);

describe("the stack's configuration", () => {
  it("is read into settings as written", () => {
    const { written, problems } = parseConfiguration(
      configuration({
        location: "westeurope",
        synchronizedObjects: "20000",
        generations: { "1": { zone: "1" } },
        administratorPassword: "p",
      }),
    );
    assert.deepEqual(written, {
      location: "westeurope",
      synchronizedObjects: 20000,
      generations: { "1": { zone: "1" } },
    });
    assert.deepEqual(problems, []);
  });

  it("is right when settings and secrets are", () =>
    assert.deepEqual(problemsOf({ ...writtenFixture(), ...goodSecrets }), []));

  it("leaves out what Pulumi.yaml gives an empty default", () => {
    const { written } = parseConfiguration(configuration({ resourceGroupName: "", logAnalyticsWorkspaceId: "" }));
    assert.deepEqual(written, {});
  });

  it("takes a day that YAML has made a time of for the day", () => {
    const day = (until: string) =>
      parseConfiguration(configuration({ network: { changeUnderActive: { until } } })).written.network;
    assert.deepEqual(day("2026-12-31 00:00:00 +0000 UTC"), { changeUnderActive: { until: "2026-12-31" } });
    assert.deepEqual(day("2026-12-31T00:00:00Z"), { changeUnderActive: { until: "2026-12-31" } });
    assert.deepEqual(day("2026-12-31"), { changeUnderActive: { until: "2026-12-31" } });
    assert.deepEqual(day("2026-12-31T10:00:00Z"), { changeUnderActive: { until: "2026-12-31T10:00:00Z" } });
  });

  it("must not hold a secret in plain text", () => {
    const { problems } = parseConfiguration(configuration({ sshPrivateKey: "k" }, { isSecret: () => false }));
    assert.match(problems[0]?.problem ?? "", /plain text/);
  });

  it("must not hold one generation's secret in plain text beside another's encrypted one, where the file tells", () => {
    const told = (plain: readonly string[], secret: boolean) =>
      parseConfiguration(
        configuration(
          { domainJoinSecrets: { "1": "a", "2": "b" } },
          { isSecret: () => secret, plainEntries: () => plain },
        ),
      ).problems.filter(({ path }) => path.startsWith("domainJoinSecrets"));
    assert.deepEqual(told([], true), []);
    assert.deepEqual(
      told(["2"], true).map(({ path, write }) => [path, write.split(",")[0]]),
      [["domainJoinSecrets.2", "pulumi config set --secret --path entra-connect:domainJoinSecrets.2"]],
    );
    assert.match(told([], false)[0]?.write ?? "", /--path entra-connect:domainJoinSecrets\.<N>/);
  });

  it("knows entries in plain text from the stack's file, and nothing where there is none", () => {
    const folder = mkdtempSync(join(tmpdir(), "entra-connect-plain-"));
    try {
      const key = "entra-connect:domainJoinSecrets";
      assert.deepEqual(plainEntriesInFile(folder, "prod", key), []);
      const lines = ["config:", `  ${key}:`, '    "1":', "      secure: v1:x", '    "2": plain', "    3: 4711"];
      writeFileSync(join(folder, "Pulumi.prod.yaml"), lines.join("\n"));
      assert.deepEqual(plainEntriesInFile(folder, "prod", key), ["2", "3"]);
      writeFileSync(join(folder, "Pulumi.prod.yaml"), `config:\n  ${key}:\n    secure: v1:x\n`);
      assert.deepEqual(plainEntriesInFile(folder, "prod", key), []);
      writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: [");
      assert.deepEqual(plainEntriesInFile(folder, "prod", key), []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("must not hold a secret leaf in an object, which the engine would write to the state in plain text", () => {
    const { problems } = parseConfiguration(
      configuration({ generations: {} }, { isSecret: (name) => name === "generations" }),
    );
    assert.equal(problems[0]?.path, "generations");
    assert.match(problems[0]?.problem ?? "", /plain text/);
  });

  it("names an object that is none, once", () => {
    const problems = problemsOf({ ...writtenFixture(), ...goodSecrets, generations: "aadc" });
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["generations"],
    );
    assert.match(problems[0]?.problem ?? "", /not an object/);
  });

  it("names a number that is none", () => {
    const problems = problemsOf({ ...writtenFixture(), ...goodSecrets, synchronizedObjects: "many" });
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["synchronizedObjects"],
    );
    assert.match(problems[0]?.problem ?? "", /not a whole number/);
  });

  it("without name and generations is told so, since the engine gives them empty defaults", () => {
    const { name: _name, generations: _generations, ...rest } = writtenFixture();
    const problems = problemsOf({ ...rest, ...goodSecrets, name: "", generations: {} });
    assert.deepEqual(
      problems.map(({ path, problem }) => [path, problem]),
      [
        ["name", "is missing"],
        ["generations", "has 0 blocks"],
      ],
    );
  });

  it("leaves values to the component, which tells all that is wrong with them at once", () => {
    const written = writtenFixture();
    written.access.managementSources = ["8.0.0.0/8"];
    Object.assign(written.generations["1"] ?? {}, { timeZone: "CET" });
    assert.deepEqual(problemsOf({ ...written, ...goodSecrets }), []);
    const paths = (values: Record<string, unknown>) => problemsOf(values).map(({ path }) => path);
    assert.deepEqual(paths({ ...written, ...goodSecrets, typo: "1" }), ["typo", "access.managementSources[0]"]);
    assert.deepEqual(paths({ ...written, ...goodSecrets, sshPrivateKey: "" }), [
      "access.managementSources[0]",
      "sshPrivateKey",
    ]);
  });

  it("gives each file by its path, since it has no content of its own", () => {
    const written = writtenFixture();
    delete written.generations["1"]?.connect.installer.path;
    delete written.generations["1"]?.connect.settingsFile?.path;
    assert.deepEqual(
      problemsOf({ ...written, ...goodSecrets }).map(({ path }) => path),
      ["generations.1.connect.installer.path", "generations.1.connect.settingsFile.path"],
    );
  });

  it("has no other keys in our own namespace", () => {
    const problems = problemsOf({ ...writtenFixture(), ...goodSecrets, tenant: "contoso", netwrok: { a: 1 } });
    assert.deepEqual(problems.map(({ path }) => path).sort(), ["netwrok", "tenant"]);
  });

  it("of a larger program may have other keys, secret ones included; ours are read and checked", () => {
    const more = { allOurs: false, isSecret: (name: string) => secrets.includes(name) || name === "databasePassword" };
    const others = { tenant: "contoso", databasePassword: "x", server: { size: "large" } };
    assert.deepEqual(problemsOf({ ...writtenFixture(), ...goodSecrets, ...others }, more), []);
    assert.deepEqual(Object.keys(parseConfiguration(configuration({ name: "aadc", ...others }, more)).written), [
      "name",
    ]);
    const problems = problemsOf({ ...writtenFixture(), ...goodSecrets, ...others, location: "West Europe" }, more);
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["location"],
    );
  });

  it("of an earlier release is told in the new form", () => {
    const { name, generations: _, ...rest } = writtenFixture();
    const problems = problemsOf({
      ...rest,
      ...goodSecrets,
      // As Pulumi.yaml gives them.
      name: "",
      generations: {},
      server: { name, generation: 1, image: { version: "20348.4171.250903" } },
    });
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["server", "generations.1.connect"],
    );
    assert.ok(problems.some(({ path, write }) => path === "server" && /entra-connect:generations:/.test(write)));
  });

  describe("as the engine has it", () => {
    const before = pulumi.runtime.allConfig();
    afterEach(() => pulumi.runtime.setAllConfig(before));

    function given(namespace: string, values: Record<string, unknown>): void {
      const { values: texts } = configuration(values);
      const named = (name: string) => `${namespace}:${name}`;
      pulumi.runtime.setAllConfig(
        Object.fromEntries(Object.entries(texts).map(([name, text]) => [named(name), text])),
        ["administratorPassword", "sshPrivateKey"].map(named),
      );
    }

    it("is read from our own namespace, whatever the project is called", () => {
      given("entra-connect", { ...writtenFixture(), ...goodSecrets });
      const { written, secrets: read } = readSettings(undefined, today);
      assert.deepEqual(written, writtenFixture());
      assert.ok(pulumi.Output.isInstance(read.administratorPassword));
      assert.deepEqual(Object.keys(read).sort(), ["administratorPassword", "sshPrivateKey"]);
    });

    it("is refused with every problem in one error that the engine prints without a stack trace", () => {
      given("entra-connect", { ...writtenFixture(), ...goodSecrets, typo: "1", location: "West Europe" });
      assert.throws(
        () => readSettings(undefined, today),
        (error) =>
          error instanceof SettingsError &&
          pulumi.RunError.isInstance(error) &&
          error.problems
            .map(({ path }) => path)
            .sort()
            .join() === "location,typo",
      );
    });

    it("may stand in the namespace of a larger program, among its own keys", () => {
      given("landing-zone", { ...writtenFixture(), ...goodSecrets, tenant: "contoso" });
      const { written } = readSettings(new pulumi.Config("landing-zone"), today);
      assert.deepEqual(written, writtenFixture());
    });
  });

  it("wants the three secrets in usable form and never repeats them", () => {
    const problems = secretProblems({ administratorPassword: "CANARYshort", sshPrivateKey: "CANARY not a key" }, true);
    assert.deepEqual(
      problems.map((each) => each.path),
      ["administratorPassword", "sshPrivateKey", "jumpHostPrivateKey"],
    );
    assert.doesNotMatch(JSON.stringify(problems), /CANARY/);
  });

  it("wants a password by Azure's rule: long enough, three kinds of four", () => {
    const wrong = (administratorPassword: string) =>
      secretProblems({ ...goodSecrets, administratorPassword }, false).length;
    assert.equal(wrong("lowercase-only-text"), 1);
    assert.equal(wrong("Short-7"), 1);
    assert.equal(wrong(`Aa1${"x".repeat(121)}`), 1);
    assert.equal(wrong("Lower-and-UPPER-with-sign"), 0);
    assert.equal(wrong("UnderScore_isasign"), 0);
  });

  it("wants private keys that nobody must enter a passphrase for", () => {
    const { private: locked } = utils.generateKeyPairSync("ed25519", {
      passphrase: "x",
      cipher: "aes256-ctr",
      rounds: 16,
    });
    const { public: open } = utils.generateKeyPairSync("ed25519");
    const problem = (key: string) => secretProblems({ ...goodSecrets, sshPrivateKey: key }, false)[0]?.problem ?? "";
    assert.match(problem(locked), /passphrase/);
    assert.match(problem(open), /public key/);
  });
});
