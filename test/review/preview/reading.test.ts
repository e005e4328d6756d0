import assert from "node:assert/strict";
import { judgePreview, previewPage, type RawPreview, readPreview } from "../../../review/preview";
import { renderHtml, renderMarkdown, renderText } from "../../../review/render";
import { BadInput } from "../../../review/verdict";
import { bytesOf, codesOf, digest, judged, machineInputs, machineWith, step, vm } from "./previews";

const read = (text: string | Buffer): RawPreview =>
  readPreview(typeof text === "string" ? Buffer.from(text) : text, "preview.json");

const resized = digest(vm({ op: "update", new: machineWith("hardwareProfile.vmSize", "Standard_D4s_v5") }));
const text = JSON.stringify(resized, null, 4);

const stateOf = (inputs: object) => ({ type: "azure-native:compute:VirtualMachine", custom: true, parent: "", inputs });
const streamLines = (events: readonly object[]): string =>
  events.map((event, sequence) => `${JSON.stringify({ sequence, timestamp: 1, ...event })}\n`).join("");
const urn = "urn:pulumi:prod::infra::azure-native:compute:VirtualMachine::vm";
const update = {
  resourcePreEvent: {
    metadata: {
      op: "update",
      urn,
      type: "azure-native:compute:VirtualMachine",
      old: stateOf(machineInputs),
      new: stateOf(machineWith("hardwareProfile.vmSize", "Standard_D4s_v5")),
      detailedDiff: { "hardwareProfile.vmSize": { diffKind: "update", inputDiff: true } },
    },
    planning: true,
  },
};
const end = { summaryEvent: { resourceChanges: { update: 1 }, result: "succeeded", durationSeconds: 1 } };

describe("an error of the program", () => {
  const frames = [
    "    at Object.<anonymous> (/project/index.ts:3:7)",
    "    at Module._compile (node:internal/modules/cjs/loader:1929:14)",
    "    at require (/project/node_modules/@pulumi/pulumi/cmd/run/run.js:1:2) {",
    "  promise: Promise {",
    "    <rejected> [Circular *1]",
    "  }",
    "}",
  ];
  const thrown = (...words: readonly string[]) =>
    [
      "error: Running program '/project/index.ts' failed with an unhandled exception:",
      `<ref *1> Error: ${words[0]}`,
      ...words.slice(1),
      ...frames,
    ].join("\n");
  const told = (message: string): string => {
    const report = judgePreview(read(JSON.stringify({ ...resized, diagnostics: [{ severity: "error", message }] })));
    return report.summary.failure ?? "";
  };

  it("that is one line is told with its place in the program, and without the rest of its stack", () => {
    assert.equal(told(thrown("no such module")), "no such module\nat /project/index.ts:3:7");
  });

  it("that refuses is told as it stands, since it says itself what to do", () => {
    const refusal = ["The settings have a problem. Nothing was touched.", "  location: x", "    write: westeurope"];
    assert.equal(told(thrown(...refusal)), refusal.join("\n"));
  });
});

describe("reading a preview", () => {
  describe("knows by itself what it is given", () => {
    it("the object of --json", () => {
      assert.equal(read(text).form, "digest");
    });
    it("the event stream", () => {
      const preview = read(streamLines([{ preludeEvent: { config: { "a:b": "c" } } }, update, end]));
      assert.deepEqual([preview.form, preview.failure, preview.steps.length], ["events", undefined, 1]);
      assert.equal(preview.settings["a:b"], "c");
    });
    it("an event log, without the default providers that the engine shows nobody", () => {
      const provider = "urn:pulumi:prod::infra::pulumi:providers:azure-native::default_3_28_0";
      const same = { metadata: { op: "same", urn: provider, type: "pulumi:providers:azure-native" }, planning: true };
      const preview = read(streamLines([{ resourcePreEvent: same }, { resOutputsEvent: same }, update, end]));
      assert.deepEqual(
        preview.steps.map(({ urn }) => urn),
        [urn],
      );
    });
    it("and both say the same", () => {
      assert.deepEqual(codesOf(judgePreview(read(streamLines([update, end])))), codesOf(judged(resized)));
    });
  });

  describe("reads what shells make of it", () => {
    const forms: readonly (readonly [string, Buffer])[] = [
      ["UTF-8 with a mark", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
      [
        "UTF-16 with a mark, as PowerShell redirects",
        Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]),
      ],
      ["UTF-16 without a mark", Buffer.from(text, "utf16le")],
      ["UTF-16 the other way round", Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, "utf16le").swap16()])],
      ["UTF-16 that begins with a warning", Buffer.from(`warning: old version\r\n${text}`, "utf16le")],
      ["Windows line ends", Buffer.from(text.replaceAll("\n", "\r\n"))],
      ["one line", Buffer.from(JSON.stringify(resized))],
      ["blank lines around it", Buffer.from(`\n\n  ${text}\n\n`)],
      ["lines of other programs before it", Buffer.from(`> npm run build\nwarning: plugin\n${text}`)],
      ["terminal colours", Buffer.from(`\u001b[32m${text}\u001b[0m\n`)],
      ["the events of `up` behind it", Buffer.from(`${text}\n${streamLines([update, end])}`)],
      ["bytes that are no text in a name", Buffer.from(text.replace('"aadc-g1"', '"M\u00fcnchen"'), "latin1")],
    ];
    for (const [name, bytes] of forms)
      it(name, () => {
        const report = judgePreview(read(bytes));
        assert.deepEqual([report.verdict, codesOf(report)], ["review", ["machine-resized"]]);
      });

    it("the event stream with Windows line ends, debug lines and a line that is broken", () => {
      const debug = { diagnosticEvent: { message: "x\n", severity: "debug" } };
      const lines = streamLines([debug, update, debug, end]).replaceAll("\n", "\r\n");
      const preview = read(`${lines}{"sequence":9,"broken\r\nplain words\r\n`);
      assert.deepEqual(codesOf(judgePreview(preview)), ["machine-resized"]);
      assert.equal(preview.notes.length, 2);
      assert.deepEqual(preview.said, []);
    });
  });

  describe("could not run, and says so in every format", () => {
    const failures: readonly (readonly [string, string, RegExp])[] = [
      ["nothing", "", /printed nothing/u],
      ["white space", " \r\n\t", /printed nothing/u],
      ["{}", "{}", /without steps/u],
      ["{} behind an error", "error: no stack selected\n{}", /no stack selected/u],
      ["only an error", "error: failed to load project: no such file\n", /failed to load project/u],
      [
        "an error in the preview",
        JSON.stringify({
          ...resized,
          diagnostics: [{ severity: "error", message: "\u001b[31merror: no such setting\u001b[0m\n" }],
        }),
        /no such setting/u,
      ],
      ["steps that are null", '{"steps":null}', /without steps/u],
      ["a stream that is cut", streamLines([update]), /ends before its summary/u],
      [
        "a stream that failed",
        streamLines([
          update,
          { diagnosticEvent: { message: "boom", severity: "error" } },
          { summaryEvent: { result: "failed" } },
        ]),
        /boom/u,
      ],
      ["a stream that was cancelled", streamLines([update, { summaryEvent: { result: "canceled" } }]), /cancelled/u],
    ];
    for (const [name, given, why] of failures)
      it(name, () => {
        const report = judgePreview(read(given));
        assert.equal(report.verdict, "couldNotRun");
        assert.match(report.summary.failure ?? "", why);
        const page = previewPage(report);
        for (const shown of [renderText(page, { colour: false, width: 200 }), renderMarkdown(page), renderHtml(page)]) {
          assert.match(shown, /COULD NOT RUN/u);
          assert.match(shown, why);
        }
      });

    it("and still tells the hazards that were seen before", () => {
      const report = judgePreview(read(streamLines([update])));
      assert.deepEqual(codesOf(report), ["preview-failed", "machine-resized"]);
    });
  });

  describe("refuses what is no preview, with the command that makes one", () => {
    const others: readonly (readonly [string, string, RegExp])[] = [
      ["the preview for people", "Previewing update (dev):\n     Type  Name  Plan\n", /for people/u],
      ["words", "hello", /no JSON/u],
      ["a list", "[1, 2]", /no JSON/u],
      ["NaN", `{"steps": [],\n${" ".repeat(50)}"duration": NaN}`, /preview\.json:2:63: this is not JSON/u],
      ["NaN in few words", '{"steps": [NaN]}', /preview\.json:1:12: this is not JSON/u],
      ["a digest that is cut", text.slice(0, 900), /preview\.json:\d+:\d+: the preview is cut short/u],
      ["a stack's state", '{"version":3,"deployment":{}}', /stack's state/u],
      ["a plan", '{"resourcePlans":{}}', /plan/u],
      ["the short form", '{"result":"succeeded","summary":{},"resources":[]}', /short form/u],
      ["other JSON", '{"hello":"world"}', /another kind/u],
    ];
    for (const [name, given, why] of others)
      it(name, () => {
        assert.throws(
          () => read(given),
          (error: Error) =>
            error instanceof BadInput && why.test(error.message) && /pulumi preview --json/u.test(error.message),
        );
      });
  });

  it("takes no harm from steps that are not what they should be", () => {
    const odd = [
      null,
      7,
      "step",
      {},
      { op: 3, urn: null },
      { op: "create" },
      { op: "update", urn, oldState: [], newState: "x" },
      {
        op: "update",
        urn: "no urn",
        oldState: { inputs: null },
        newState: { inputs: [1] },
        detailedDiff: [1],
        replaceReasons: { a: 1 },
      },
      { op: "__proto__", urn },
      { op: "constructor", urn: `${urn}2`, newState: { inputs: { __proto__: 1, constructor: 2 } } },
      step("kubernetes:core/v1:Secret", "s", { old: { data: { a: "eA==" } }, new: { data: { a: "eQ==" } } }),
      step("aws:ec2/instance:Instance", "web", {
        old: { tags: null, list: [null, [[]], {}] },
        new: { list: [[], null] },
      }),
    ];
    const report = judged({
      config: null,
      steps: odd,
      duration: 1,
      changeSummary: { update: "many" },
      diagnostics: [null, {}],
    });
    assert.equal(report.verdict, "review");
    assert.ok(codesOf(report).includes("unknown-operation"));
    assert.match(renderText(previewPage(report), { colour: false, width: 100 }), /constructor/u);
  });

  it("takes no harm from values nested a hundred thousand deep", () => {
    const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    const given = JSON.stringify(digest(step("a:b:C", "x", { old: { a: "DEEP" }, new: { a: "other" } }))).replaceAll(
      '"DEEP"',
      deep,
    );
    const report = judgePreview(read(given));
    assert.deepEqual(codesOf(report), ["not-compared"]);
  });

  it("finds one change a resource, whatever number of steps the engine needs", () => {
    const report = judgePreview(
      readPreview(
        bytesOf(
          digest(
            step("a:b:C", "x", { op: "create-replacement", new: { a: 2 } }),
            step("a:b:C", "x", { op: "replace", old: { a: 1 }, new: { a: 2 }, replaceReasons: ["a"] }),
            step("a:b:C", "x", { op: "delete-replaced", old: { a: 1 } }),
          ),
        ),
        "preview",
      ),
    );
    assert.deepEqual(report.summary.counts, { replace: 1 });
    assert.deepEqual(report.findings[0]?.change?.properties, [{ path: "a", old: 1, new: 2 }]);
    assert.equal(report.findings[0]?.change?.reason, "the engine replaces it because of a");
  });
});
