import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { PassiveServerArgs } from "../../components";
import type { Ledger } from "../../components/memory/ledger";
import { customRule, extensionAttribute, type LooseFile, looseFile } from "../review/settingsFile/file";
import {
  type BuildOptions,
  build,
  find,
  healthyAnswers,
  provenState,
  type State,
} from "../support/passiveServerFixture";
import type { Written } from "../support/settingsFixture";

type Change = (file: LooseFile) => void;

/** The fixture's server with another settings file. */
function withFile(
  change: Change,
  more: Record<string, unknown> = {},
): Required<Pick<BuildOptions, "args">> & { sha256: string } {
  const text = JSON.stringify(looseFile(change));
  const sha256 = createHash("sha256").update(text).digest("hex");
  return {
    sha256,
    args: (args) => withPinned(args, { source: new pulumi.asset.StringAsset(text), sha256, ...more }),
  };
}

function withPinned(args: PassiveServerArgs, settingsFile: Record<string, unknown>): PassiveServerArgs {
  const { "1": block, ...others } = args.generations;
  assert.ok(block);
  return {
    ...args,
    generations: { ...others, "1": { ...block, connect: { ...block.connect, settingsFile: settingsFile as never } } },
  };
}

const imported = (sha256: string): Pick<BuildOptions, "answers"> => ({
  answers: {
    "-verify-staging": JSON.stringify({
      ...JSON.parse(healthyAnswers["-verify-staging"] ?? "{}"),
      importedSettingsFile: { sha256 },
    }),
  },
});

const disabled: Change = (file) => {
  Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, {
    customSynchronizationRules: [customRule({ name: "Off", disabled: true })],
  });
};
const breaking: Change = (file) => {
  file.azureDirectoryPolicy.customSynchronizationRules = [
    customRule({
      name: "Out to AAD - Cost Center",
      direction: "Outbound",
      disabled: false,
      attributeMappings: [{ destination: extensionAttribute, source: "x" }],
    }),
  ];
};

/** The ledger that a run registers. */
const ledgerOf = (built: Awaited<ReturnType<typeof build>>): Ledger =>
  find(built.registrations, "aadc-stg-ledger").inputs.input as Ledger;

const codes = (built: Awaited<ReturnType<typeof build>>): readonly string[] =>
  built.findings.map(({ code, severity }) => `${severity} ${code}`);
/** Of them those that are about the file, or that there is none. */
const ofTheFile = (built: Awaited<ReturnType<typeof build>>): readonly string[] =>
  codes(built).filter((each) => /import-gap|settings-file(?!-not-compared)/.test(each));

describe("a settings file in a run", () => {
  it("is judged before the gate, and told on the operator's page and in the findings", async () => {
    const { sha256, args } = withFile(disabled);
    const built = await build({ args, ...imported(sha256) });
    assert.ok(codes(built).includes("warning import-gap-disabled-rule"), `${codes(built)}`);
    assert.equal(built.verdict, "review");
    assert.match(built.instructions, /disabled custom rules: "Off"/);
    assert.match(JSON.stringify(find(built.registrations, "aadc-stg-g1-await-wizard").inputs), /Off/);
  });

  it("that breaks the import is refused before anything is registered, with the setting and both ways on", async () => {
    const { args } = withFile(breaking);
    await assert.rejects(build({ args }), (error: Error) => {
      assert.match(error.message, /Nothing of it was touched/);
      assert.match(
        error.message,
        /generations\.1\.connect\.settingsFile: .*"Out to AAD - Cost Center \(writes extension_/,
      );
      assert.match(error.message, /exported anew on the active server/);
      assert.match(
        error.message,
        /generations\.1\.connect\.settingsFile\.importAnyway: \{ reason: .*, until: \d{4}-\d\d-\d\d \}/,
      );
      return true;
    });
  });

  it("that breaks the import goes on where the settings say why, until that day, and stays a warning", async () => {
    const anyway = (until: string) => ({ importAnyway: { reason: "tried on a copy: it works", until } });
    const { sha256, args } = withFile(breaking, anyway("2026-11-26"));
    const built = await build({ args, ...imported(sha256) });
    assert.ok(codes(built).includes("warning import-gap-directory-extension-rule"));
    assert.match(built.instructions, /Make the rule again in the Rules Editor/);
    await assert.rejects(build({ args: withFile(breaking, anyway("2026-11-25")).args }), /writes extension_/);
  });

  it("has done its work once the gate is passed: what it left out is information, and nothing is refused", async () => {
    const { sha256, args } = withFile((file) => {
      breaking(file);
      disabled(file);
      file.policyMetadata.timeCreated = "2026-01-01 00:00:00Z";
    });
    const state = provenState();
    const proof = Object.entries(state).find(([urn]) => urn.endsWith("::aadc-stg-g1-verify-staging"));
    assert.ok(proof);
    const ofThisFile = {
      ...state,
      [proof[0]]: { ...proof[1], outputs: { stdout: imported(sha256).answers?.["-verify-staging"] } },
    };
    const built = await build({ args, state: ofThisFile as State, ...imported(sha256) });
    assert.deepEqual(ofTheFile(built), ["info import-gap-directory-extension-rule", "info import-gap-disabled-rule"]);
    for (const { next } of built.findings.filter(({ code }) => code.startsWith("import-gap")))
      assert.match(next, /entra-connect compare/);
  });

  it("is remembered in the ledger, so that page and findings stay when the file is gone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "entra-connect-settings-file-"));
    try {
      const text = JSON.stringify(looseFile(disabled));
      const sha256 = createHash("sha256").update(text).digest("hex");
      const path = join(folder, "Exported-SynchronizationPolicy-1.json");
      writeFileSync(path, text);
      const args = (given: PassiveServerArgs) =>
        withPinned(given, { source: new pulumi.asset.FileAsset(path), sha256 });
      const first = await build({ args, ...imported(sha256) });
      const ledger = ledgerOf(first);
      assert.equal(ledger.generations["1"]?.settingsFile?.sha256, sha256);
      rmSync(path);
      // The copy lies on the server, the gate is not passed: the engine died in between.
      const state = provenState(undefined, [1], () => ledger);
      const copied = find(first.registrations, "aadc-stg-g1-settings-file").inputs.remotePath;
      const urn = (name: string) => Object.keys(state).find((each) => each.endsWith(name)) ?? "";
      const left = Object.fromEntries(
        Object.entries(state).filter(([each]) => ![urn("-await-wizard"), urn("-verify-staging")].includes(each)),
      );
      const installer = find(first.registrations, "aadc-stg-g1-installer").inputs.remotePath;
      const copy = (name: string, remotePath: unknown): State => ({
        [urn("-reach").replace(
          "command:remote:Command::aadc-stg-g1-reach",
          `command:remote:CopyToRemote::aadc-stg-g1-${name}`,
        )]: { type: "command:remote:CopyToRemote", outputs: { remotePath: remotePath as string } },
      });
      const second = await build({
        args,
        state: { ...left, ...copy("settings-file", copied), ...copy("installer", installer) },
        ...imported(sha256),
      });
      assert.equal(second.instructions, first.instructions);
      assert.deepEqual(ledgerOf(second).generations["1"]?.settingsFile, ledger.generations["1"]?.settingsFile);
      assert.ok(codes(second).includes("warning import-gap-disabled-rule"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("that nobody could read is said to be unread, and the page says only what holds for every file", async () => {
    const state = provenState();
    const notPassed = Object.fromEntries(
      Object.entries(state).filter(([urn]) => !/await-wizard|verify-staging/.test(urn)),
    );
    const first = await build();
    const copies = first.registrations
      .filter(({ type }) => type === "command:remote:CopyToRemote")
      .map(({ name, inputs }) => [
        `urn:pulumi:test::entra-connect::entra-connect:index:PassiveServer$command:remote:CopyToRemote::${name}`,
        { type: "command:remote:CopyToRemote", outputs: { remotePath: inputs.remotePath } },
      ]);
    const built = await build({
      state: { ...notPassed, ...(Object.fromEntries(copies) as State) },
      args: (args) =>
        withPinned(args, {
          ...args.generations["1"]?.connect.settingsFile,
          source: new pulumi.asset.FileAsset("/nowhere/settings.json"),
        }),
    });
    assert.ok(codes(built).includes("info settings-file-not-read"), `${codes(built)}`);
    assert.match(built.instructions, /was not read when this page was made/);
  });
});

describe("a generation that is built without a settings file", () => {
  const without = (written: Written): void => {
    const connect = written.generations["1"]?.connect;
    assert.ok(connect);
    delete connect.settingsFile;
    connect.withoutSettingsFile = { reason: "the old server's disk is gone" };
  };
  const nothingImported = {
    "-verify-staging": JSON.stringify({
      ...JSON.parse(healthyAnswers["-verify-staging"] ?? "{}"),
      importedSettingsFile: null,
    }),
  };

  it("has no step for one, and waits at the gate with the page of a custom installation", async () => {
    const built = await build({ change: without, answers: nothingImported });
    const names = built.registrations.map(({ name }) => name);
    assert.ok(!names.some((name) => /settings-file/.test(name)), `${names}`);
    assert.ok(names.includes("aadc-stg-g1-await-wizard") && names.includes("aadc-stg-g1-first-synchronization"));
    assert.match(built.instructions, /Uniquely identifying your users/);
    const gate = JSON.stringify(find(built.registrations, "aadc-stg-g1-await-wizard").inputs);
    assert.doesNotMatch(gate, /settings\\\\+settings\.json/);
  });

  it("is said to be without comparison, as a warning until the gate is passed and as information afterwards", async () => {
    const before = await build({ change: without, answers: nothingImported });
    assert.deepEqual(ofTheFile(before), ["warning built-without-settings-file"]);
    const after = await build({ change: without, answers: nothingImported, state: provenState(without) });
    assert.deepEqual(ofTheFile(after), ["info built-without-settings-file"]);
    assert.equal(after.verdict, "ok");
  });

  it("is told where a file was imported after all", async () => {
    const built = await build({ change: without });
    const [finding] = built.findings.filter(({ code }) => code === "settings-file-not-imported");
    assert.match(finding?.title ?? "", /the settings say that it was built without one/);
    assert.match(finding?.next ?? "", /generations\.1\.connect\.settingsFile/);
  });

  it("is told where the settings name a file that was never imported", async () => {
    const built = await build({ state: provenState(without), answers: nothingImported });
    const [finding] = built.findings.filter(({ code }) => code === "settings-file-not-imported");
    assert.match(finding?.title ?? "", /which settings file was imported .* is not known/);
  });

  it("cannot become so while it is active: its steps are protected", async () => {
    const active = (written: Written): void => {
      Object.assign(written.generations["1"] ?? {}, { role: "active" });
    };
    const receive =
      "urn:pulumi:test::entra-connect::entra-connect:index:PassiveServer$command:remote:Command::aadc-stg-g1-receive-settings-file";
    const state = { ...provenState(active), [receive]: { type: "command:remote:Command", outputs: {} } };
    await assert.rejects(
      build({
        change: (written) => {
          active(written);
          without(written);
        },
        state,
      }),
      /connect\.withoutSettingsFile: generation 1 is declared active and was built with a settings file/,
    );
    await build({ change: active, state });
  });
});

describe("a version that is to be installed", () => {
  const version =
    (text: string, more: Record<string, unknown> = {}) =>
    (written: Written): void => {
      Object.assign(written.generations["1"]?.connect ?? {}, { version: text });
      Object.assign(written.generations["1"] ?? {}, more);
    };
  const verified = (engine: string) => ({
    "-verify-staging": JSON.stringify({
      ...JSON.parse(healthyAnswers["-verify-staging"] ?? "{}"),
      versions: { package: engine, wizard: engine, engine },
    }),
  });
  const titles = async (text: string, now?: string): Promise<readonly string[]> => {
    const built = await build({
      change: version(text),
      answers: verified(text),
      ...(now === undefined ? {} : { now }),
    });
    return built.findings
      .filter(({ code }) => /^version-(age|ends)$/.test(code))
      .map(({ code, title }) => `${code}: ${title}`);
  };

  it("is told before it is installed where something is known of it, once", async () => {
    const found = await titles("2.6.91.0");
    assert.equal(found.length, 1, `${found}`);
    assert.match(found[0] ?? "", /^version-age: .*pass-through authentication agents is broken/);
    assert.deepEqual(await titles("2.6.92.0"), []);
  });

  it("is told where its support ends soon, or the service will refuse it", async () => {
    assert.match((await titles("2.6.3.0")).join(), /version-ends: .*requires from 2027-04-07 on/);
    assert.match(
      (await titles("2.6.84.0", "2027-07-01T00:00:00Z")).join(),
      /support of version 2\.6\.84\.0 ends on 2027-09-16, in 77 days/,
    );
    assert.doesNotMatch((await titles("2.6.84.0", "2027-05-01T00:00:00Z")).join(), /version-ends/);
    assert.match((await titles("2.5.79.0", "2026-10-06T00:00:00Z")).join(), /version-ends/);
  });

  it("is not told of again before it is installed where it is there already", async () => {
    const change = version("2.6.3.0");
    const state = provenState(change);
    const [urn, proof] = Object.entries(state).find(([each]) => each.endsWith("-verify-staging")) ?? [];
    assert.ok(urn !== undefined && proof !== undefined);
    const built = await build({
      change,
      answers: verified("2.6.3.0"),
      state: { ...state, [urn]: { ...proof, outputs: { stdout: verified("2.6.3.0")["-verify-staging"] } } },
    });
    assert.deepEqual(
      built.findings.filter(({ code }) => /^version-(age|ends)$/.test(code)),
      [],
    );
  });
});
