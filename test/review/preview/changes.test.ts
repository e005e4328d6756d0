import assert from "node:assert/strict";
import { changesOf, namesIn, type PropertyChange } from "../../../review/preview/changes";
import { noiseTable } from "../../../review/preview/noise";
import { codesOf, digest, judged, step } from "./previews";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };
const asset = (hash: string, path: string) => ({
  "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
  hash,
  path,
});

function changes(
  old: object,
  next: object,
  detailedDiff: Record<string, { kind: string; inputDiff: boolean }> = {},
  type = "a:b:C",
): readonly PropertyChange[] {
  return changesOf({
    op: "update",
    urn: "u",
    type,
    provider: "p",
    oldState: { inputs: JSON.parse(JSON.stringify(old)) },
    newState: { inputs: JSON.parse(JSON.stringify(next)) },
    diffReasons: [],
    replaceReasons: [],
    detailedDiff,
  });
}
const brief = (found: readonly PropertyChange[]) => found.map(({ path, old, new: next }) => [path, old, next]);

describe("what differs in a step", () => {
  it("is found without the engine's help, down to the value", () => {
    assert.deepEqual(brief(changes({ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 3 }] } })), [["a.b[1].c", 2, 3]]);
  });
  it("is null where there is none", () => {
    assert.deepEqual(brief(changes({ a: 1 }, { b: 2 })), [
      ["a", 1, null],
      ["b", null, 2],
    ]);
  });
  it("quotes names as the engine does, and reads them back", () => {
    const [found] = changes({ "a.b": { 'c"d': 1 } }, { "a.b": { 'c"d': 2 } });
    assert.equal(found?.path, '["a.b"]["c\\"d"]');
    assert.deepEqual(namesIn(found?.path ?? ""), ["a.b", 'c"d']);
  });
  it("pairs what has a name by it: a rule put in front is one rule", () => {
    const rule = (name: string, port: number) => ({ name, port });
    assert.deepEqual(
      brief(changes({ rules: [rule("a", 1), rule("b", 2)] }, { rules: [rule("c", 3), rule("a", 1), rule("b", 4)] })),
      [
        ["rules[0]", null, rule("c", 3)],
        ["rules[2].port", 2, 4],
      ],
    );
  });
  it("names a secret whose content differs only by the provider's word", () => {
    assert.deepEqual(brief(changes({ a: secret }, { a: secret }, { a: { kind: "update", inputDiff: true } })), [
      ["a", "[secret]", "[secret]"],
    ]);
  });
  it("says a value that is not known yet, alone and inside others", () => {
    assert.deepEqual(brief(changes({ a: 1, b: [1] }, { a: unknown, b: [unknown] })), [
      ["a", 1, "[known after up]"],
      ["b[0]", 1, "[known after up]"],
    ]);
  });
  it("shows an asset by its hash and its file's name", () => {
    assert.deepEqual(
      brief(
        changes(
          { a: asset("h1", "/home/me/secret-project/a.msi") },
          { a: asset("h2", "/home/me/secret-project/a.msi") },
        ),
      ),
      [["a", "asset h1 (a.msi)", "asset h2 (a.msi)"]],
    );
  });
  it("of an asset does not depend on where the file lies", () => {
    assert.deepEqual(changes({ a: asset("h1", "/one/a.msi") }, { a: asset("h1", "/two/a.msi") }), []);
  });
});

describe("noise", () => {
  const noise = (old: object, next: object, type?: string) => changes(old, next, {}, type).map((each) => each.noise);
  const azure = "azure-native:network:VirtualNetwork";

  it("tags", () => {
    assert.deepEqual(noise({ tags: { a: "1" } }, { tags: { a: "2", b: "3" } }), ["tags", "tags"]);
  });
  it("another order, of values and of objects", () => {
    assert.deepEqual(noise({ a: ["1", "2"] }, { a: ["2", "1"] }), ["order"]);
    assert.deepEqual(noise({ a: [{ x: 1 }, { x: 2 }] }, { a: [{ x: 2 }, { x: 1 }] }), ["order"]);
  });
  it("not the order of what is read from front to back", () => {
    assert.deepEqual(noise({ command: ["a", "b"] }, { command: ["b", "a"] }), [undefined]);
  });
  it("upper and lower case, of an Azure resource", () => {
    assert.deepEqual(noise({ location: "WestEurope" }, { location: "westeurope" }, azure), ["case"]);
    assert.deepEqual(
      noise(
        { hardwareProfile: { vmSize: "Standard_D2S_v5" } },
        { hardwareProfile: { vmSize: "Standard_D2s_v5" } },
        azure,
      ),
      ["case"],
    );
  });
  it("not the case of a text, a key or a password, nor of other clouds", () => {
    assert.deepEqual(noise({ script: "echo A" }, { script: "echo a" }, azure), [undefined]);
    assert.deepEqual(noise({ osProfile: { adminPassword: "Aa" } }, { osProfile: { adminPassword: "aA" } }, azure), [
      undefined,
    ]);
    assert.deepEqual(noise({ name: "A" }, { name: "a" }, "aws:s3/bucket:Bucket"), [undefined]);
  });
  it("a number as text and a region with spaces, of an Azure resource", () => {
    assert.deepEqual(noise({ size: 127 }, { size: "127" }, azure), ["form"]);
    assert.deepEqual(noise({ on: true }, { on: "true" }, azure), ["form"]);
    assert.deepEqual(noise({ location: "West Europe" }, { location: "westeurope" }, azure), ["form"]);
    assert.deepEqual(noise({ size: 127 }, { size: "128" }, azure), [undefined]);
    assert.deepEqual(noise({ triggers: [1] }, { triggers: ["1"] }, "command:remote:Command"), [undefined]);
  });
  it("the version of a provider and of an API", () => {
    assert.deepEqual(noise({ version: "1" }, { version: "2" }, "pulumi:providers:aws"), ["provider-version"]);
    assert.deepEqual(noise({ azureApiVersion: "2024-05-01" }, { azureApiVersion: "2024-07-01" }, azure), [
      "provider-version",
    ]);
    assert.deepEqual(noise({ version: "1" }, { version: "2" }, "a:b:C"), [undefined]);
  });
  it("is folded and counted, and alone is ok", () => {
    const report = judged(
      digest(
        step("a:b:C", "x", { old: { tags: { a: 1 } }, new: { tags: { a: 2 } } }),
        step("a:b:C", "y", { old: { l: [1, 2] }, new: { l: [2, 1] } }),
      ),
    );
    assert.deepEqual([report.verdict, codesOf(report)], ["ok", []]);
    assert.deepEqual(
      report.summary.noise.map(({ kind, resources }) => [kind, resources]),
      [
        ["tags", ["x"]],
        ["order", ["y"]],
      ],
    );
    assert.deepEqual(report.summary.resources, []);
  });
  it("beside something that means something does not hide it", () => {
    const report = judged(digest(step("a:b:C", "x", { old: { tags: { a: 1 }, b: 1 }, new: { tags: { a: 2 }, b: 2 } })));
    assert.deepEqual([report.verdict, codesOf(report)], ["review", ["resource-changed"]]);
  });
  it("has a test of each kind here", () => {
    assert.deepEqual(
      noiseTable.map(({ kind }) => kind),
      ["tags", "order", "case", "provider-version", "form", "bookkeeping"],
    );
    assert.deepEqual(noise({ __meta: "1" }, { __meta: "2" }), ["bookkeeping"]);
  });
});
