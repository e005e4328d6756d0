import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type GapCode, gapCodes, importGap, importGapsTable } from "../../../review/importGaps";
import { gapsIn, unseenGaps } from "../../../review/settingsFile";
import { repositoryRoot } from "../../support/repository";
import { contentOf, customRule, extensionAttribute, type LooseFile } from "./file";

type Change = (file: LooseFile) => void;

const entraRule =
  (change: Record<string, unknown>): Change =>
  (file) => {
    file.azureDirectoryPolicy.customSynchronizationRules = [
      customRule({ name: "Out to AAD - Ours", direction: "Outbound", ...change }),
    ];
  };
const adRules =
  (...rules: Record<string, unknown>[]): Change =>
  (file) => {
    Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, { customSynchronizationRules: rules.map(customRule) });
  };
const standardRule =
  (change: Record<string, unknown>): Change =>
  (file) => {
    Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, {
      standardSynchronizationRules: [{ Name: "In from AD - User Join", precedence: 100, ...change }],
    });
  };
const flowTo = (destination: string) => ({ attributeMappings: [{ destination, source: "x" }] });
const root =
  (key: string, value: unknown): Change =>
  (file) => {
    file[key] = value;
  };

/** Of each gap that can be seen: files that show it, with what they are about, and files that do not. */
const cases: Partial<Record<GapCode, { shows: [Change, RegExp][]; doesNot: Change[] }>> = {
  "directory-extension-rule": {
    shows: [
      [
        entraRule(flowTo(extensionAttribute)),
        /^Out to AAD - Ours \(writes extension_87ce92dfb96b4ac689f8f53836bffaa6_costCenter\)$/,
      ],
      [entraRule(flowTo(extensionAttribute.toUpperCase())), /writes EXTENSION_/],
      [entraRule({ ...flowTo(extensionAttribute), direction: undefined, name: "Ours" }), /^Ours/],
      // Another word, or a number as text, says nothing of the direction; the rule's name may.
      [entraRule({ ...flowTo(extensionAttribute), direction: "1" }), /writes extension_/],
      [entraRule({ ...flowTo(extensionAttribute), direction: "sortant", name: "Ours" }), /^Ours/],
      [entraRule({ attributeMappings: [{ target: extensionAttribute, source: "x" }] }), /writes extension_/],
      [entraRule({ attributeMappings: { destination: extensionAttribute, source: "x" } }), /writes extension_/],
      [entraRule({ attributeMappings: [[extensionAttribute]] }), /writes extension_/],
    ],
    doesNot: [
      entraRule(flowTo("extensionAttribute1")),
      entraRule(flowTo("extension_costCenter")),
      entraRule({ attributeMappings: [{ destination: "title", source: extensionAttribute }] }),
      entraRule({ ...flowTo(extensionAttribute), direction: "Inbound" }),
      adRules(flowTo(extensionAttribute)),
      adRules({ ...flowTo(extensionAttribute), direction: "Outbound" }),
      // A standard rule comes with the wizard's own directory extensions.
      (file) => {
        file.azureDirectoryPolicy.standardSynchronizationRules = [
          { Name: "Out to AAD - User DirectoryExtension", ...flowTo(extensionAttribute) },
        ];
      },
    ],
  },
  "disabled-rule": {
    shows: [
      [adRules({ name: "Off", disabled: true }), /^Off$/],
      [adRules({ name: "Off", Enabled: "False" }), /^Off$/],
      [entraRule({ name: "Off", isDisabled: "true" }), /^Off$/],
    ],
    doesNot: [adRules({ disabled: false }), adRules({}), standardRule({ disabled: true })],
  },
  "rule-precedence": {
    shows: [
      [adRules({ name: "High", precedence: 150 }), /^High \(150\)$/],
      [adRules({ name: "Low", precedence: -1 }), /^Low \(-1\)$/],
      [entraRule({ name: "Text", precedence: "100" }), /^Text \(100\)$/],
    ],
    doesNot: [adRules({ precedence: 0 }, { precedence: 99 }), standardRule({ precedence: 150 })],
  },
  "modified-standard-rule": {
    shows: [[standardRule({ disabled: true }), /^In from AD - User Join \(disabled\)$/]],
    doesNot: [standardRule({ disabled: false }), adRules({ disabled: true })],
  },
  "other-connector": {
    shows: [
      [
        (file) => {
          file.deploymentMetadata.connectorIds = ["a", "b", "c"];
        },
        /^3 connectors on the server, 2 with the settings in the file$/,
      ],
      [
        (file) => {
          file.onpremisesDirectoryPolicy.push({ friendlyName: "HR", category: "Extensible2", subtype: undefined });
        },
        /^HR: Extensible2$/,
      ],
      [
        (file) => {
          file.onpremisesDirectoryPolicy.push({ friendlyName: "Payroll", connectorType: "Generic SQL (Microsoft)" });
        },
        /^Payroll: Generic SQL/,
      ],
    ],
    doesNot: [
      (file) => {
        file.deploymentMetadata.connectorIds = ["a", "b"];
      },
      (file) => {
        Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, { category: "AD", connectorType: "ActiveDirectory" });
      },
      () => undefined,
    ],
  },
  "device-writeback": {
    shows: [
      [root("deviceWriteback", { enabled: true, forest: "corp.contoso.com" }), /set/],
      [root("optionalFeatures", { DeviceWriteBack: "True" }), /set/],
      [root("deviceWriteBackForest", "corp.contoso.com"), /set/],
    ],
    doesNot: [
      root("deviceWriteback", { enabled: false, forest: "corp.contoso.com" }),
      root("deviceWriteback", null),
      root("groupWriteback", true),
      root("deviceWriteback", {}),
    ],
  },
  "directory-account": {
    shows: [
      [() => undefined, /^corp\.contoso\.com$/],
      [
        (file) => {
          Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, { friendlyName: "Corp" });
        },
        /^Corp \(forest corp\.contoso\.com\)$/,
      ],
    ],
    doesNot: [
      (file) => {
        file.onpremisesDirectoryPolicy = [];
      },
    ],
  },
};

const itemsOf = (code: GapCode, change: Change): readonly string[] =>
  gapsIn(contentOf(change)).found.find((gap) => gap.code === code)?.items ?? [];

describe("gaps of the wizard's import", () => {
  for (const code of gapCodes)
    it(`${code}: ${unseenGaps.includes(code) ? "is said to be invisible in a file" : "is seen in a file that has it, and in no other"}`, () => {
      const known = cases[code];
      assert.equal(known === undefined, unseenGaps.includes(code));
      if (known === undefined) {
        assert.match(importGap(code).inFile, /cannot be seen|deploymentMetadata/);
        return;
      }
      for (const [change, words] of known.shows) {
        const items = itemsOf(code, change);
        assert.equal(items.length, 1, `${words}`);
        assert.match(items[0] ?? "", words);
      }
      for (const [index, change] of known.doesNot.entries())
        assert.deepEqual(itemsOf(code, change), [], `file ${index} that does not show it`);
    });

  it("are not denied where the file does not say enough", () => {
    const ofAnyFile = ["modified-standard-rule", "other-connector", "device-writeback"];
    const all = (change: Change) => gapsIn(contentOf(change)).unsure.map(({ code }) => code);
    const unsure = (change: Change) => all(change).filter((code) => !ofAnyFile.includes(code));
    assert.deepEqual(all(adRules({ disabled: false })), ofAnyFile);
    const said = all((file) => {
      file.deploymentMetadata.connectorIds = ["a", "b"];
      file.deviceWriteback = false;
      adRules({ disabled: false })(file);
    });
    assert.deepEqual(said, ["modified-standard-rule"]);
    assert.deepEqual(unsure(adRules({ disabled: false })), []);
    assert.deepEqual(unsure(adRules({})), ["disabled-rule"]);
    assert.deepEqual(unsure(adRules({ disabled: false, precedence: undefined })), ["rule-precedence"]);
    assert.deepEqual(
      unsure((file) => {
        file.azureDirectoryPolicy = { customSynchronizationRules: ["?" as never] };
        Object.assign(file.onpremisesDirectoryPolicy[0] ?? {}, { customSynchronizationRules: [] });
      }),
      ["directory-extension-rule"],
    );
    assert.deepEqual(
      unsure((file) => Object.assign(file, { onpremisesDirectoryPolicy: [] })),
      [],
    );
  });

  it("stand in the documentation as in the catalogue", () => {
    const docs = readFileSync(join(repositoryRoot, "docs", "settings-file.md"), "utf8");
    const between = /<!-- import gaps -->\n\n([\s\S]*?)\n\n<!-- end of import gaps -->/.exec(docs)?.[1];
    assert.equal(between, importGapsTable());
  });
});
