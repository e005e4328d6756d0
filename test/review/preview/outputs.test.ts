import assert from "node:assert/strict";
import { withAccepted } from "../../../review/accepted";
import { markerOf, type PreviewReport, previewPage } from "../../../review/preview";
import { annotationsOf } from "../../../review/preview/annotations";
import { masker } from "../../../review/preview/masks";
import { sarifOf } from "../../../review/preview/sarif";
import { renderHtml, renderMarkdown, renderText } from "../../../review/render";
import { renderJson } from "../../../review/render/write";
import { codesOf, component, digest, guard, judged, machineWith, step, vm, wholeGeneration } from "./previews";

const text = (report: PreviewReport) => renderText(previewPage(report), { colour: false, width: 120 });
const everyFormat = (report: PreviewReport): Readonly<Record<string, string>> => ({
  text: text(report),
  markdown: renderMarkdown(previewPage(report)),
  html: renderHtml(previewPage(report)),
  json: renderJson(report),
  github: annotationsOf(report, "github"),
  azure: annotationsOf(report, "azure-pipelines"),
  sarif: sarifOf(report),
});

const retired = () =>
  digest(component({ 1: {}, 2: {} }, { 2: {} }), ...wholeGeneration(1, "delete"), ...wholeGeneration(2, "same"));
const source = { sourcePosition: "project:///infra/index.ts#12,7" };
const unguarded = digest(vm({ op: "delete", state: source }));

describe("the page of a preview", () => {
  it("says the verdict first, then the servers, the hazards, what to do, and only then details", () => {
    const order = [
      "[REVIEW]",
      "What happens to each server",
      "Hazards",
      "What to do",
      "Details by resource",
      "What a preview cannot show",
    ];
    const places = order.map((words) => text(judged(retired())).indexOf(words));
    assert.ok(
      places.every((place) => place >= 0),
      String(places),
    );
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
  });

  it("says of each hazard the property, old and new, the engine's reason, the line and what to do", () => {
    const resized = digest(
      vm({
        op: "update",
        new: machineWith("hardwareProfile.vmSize", "Standard_D4s_v5"),
        state: source,
        detailedDiff: { "hardwareProfile.vmSize": { kind: "update", inputDiff: true } },
      }),
    );
    const shown = text(
      judged({
        ...resized,
        steps: (resized.steps as object[]).map((each) => ({ ...each, diffReasons: ["hardwareProfile.vmSize"] })),
      }),
    );
    assert.match(shown, /Property {2}hardwareProfile\.vmSize: Standard_D2s_v5 → Standard_D4s_v5/u);
    assert.match(shown, /Reason {4}the engine updates it because of hardwareProfile\.vmSize/u);
    assert.match(shown, /Source {4}infra\/index\.ts:12/u);
    assert.match(shown, /Next {6}Choose the time/u);
  });

  it("says in one sentence that nothing changes, that all is noise, or that only new things come", () => {
    const headlines = [
      digest(vm()),
      digest(step("a:b:C", "x", { old: { tags: { a: 1 } }, new: { tags: { a: 2 } } })),
      digest(step("a:b:C", "x", { new: {} })),
    ].map((preview) => previewPage(judged(preview)).headline);
    assert.deepEqual(headlines, [
      "Nothing changes.",
      "Only noise: only tags (1).",
      "1 resource to create; nothing that is there is touched.",
    ]);
  });

  it("does not change when the engine speaks in another order", () => {
    const preview = retired();
    const shuffled = { ...preview, steps: [...(preview.steps as object[])] };
    // Deletions keep their order among themselves; everything else may come first.
    const isDeletion = (each: object) => (each as { op: string }).op === "delete";
    shuffled.steps = [
      ...shuffled.steps.filter((each) => !isDeletion(each)).reverse(),
      ...shuffled.steps.filter(isDeletion),
    ];
    assert.equal(text(judged(shuffled)), text(judged(preview)));
  });

  it("says what it could not see where unchanged resources were left out", () => {
    const preview = {
      ...digest(vm({ op: "update", new: machineWith("licenseType", "x") })),
      changeSummary: { same: 30, update: 1 },
    };
    assert.match(text(judged(preview)), /were not listed \(--show-sames\)/u);
  });
});

describe("secrets of a preview", () => {
  const password = "Correct-Horse/9 & more";
  const report = judged(
    digest(
      step("azure-native:compute:VirtualMachine", "vm", {
        old: { osProfile: { adminPassword: password }, note: `uses ${password}!`, licenseType: "a" },
        new: { osProfile: { adminPassword: password }, note: `still ${password}`, licenseType: "b" },
      }),
      step("a:b:C", `name-${password}`, {
        new: { encoded: Buffer.from(password).toString("base64"), url: `x?y=${encodeURIComponent(password)}` },
      }),
      step("a:b:C", "other", {
        old: { connection: "Server=a;Password=Sesame-77;Other=1", plain: "Sesame-77" },
        new: { connection: "Server=b;Password=Sesame-77;Other=1", plain: "was Sesame-77" },
      }),
    ),
  );

  for (const [format, shown] of Object.entries(everyFormat(report)))
    it(`are masked wherever they occur, in ${format}`, () => {
      for (const form of [
        password,
        Buffer.from(password).toString("base64").replace(/=+$/u, ""),
        encodeURIComponent(password),
        "Sesame-77",
      ])
        assert.ok(
          !shown.includes(form),
          `${form} stands in ${shown.slice(Math.max(0, shown.indexOf(form) - 60), shown.indexOf(form) + 40)}`,
        );
    });

  it("written into commands are masked in what differs", () => {
    const commands = [
      "net user svc Sesame-88 /add",
      "$password = 'Sesame-88'; x",
      "sshpass -p Sesame-88 ssh a",
      'curl -H "Authorization: Bearer Sesame-88x"',
      "tool --password Sesame-88",
      "git clone https://me:Sesame-88@example.com/x",
    ];
    for (const create of commands) {
      const shown = renderJson(
        judged(digest(step("command:remote:Command", "c", { old: { create }, new: { create: `${create} # again` } }))),
      );
      assert.match(shown, /secret-in-plain-text/u, create);
      assert.ok(!shown.includes("Sesame-88"), shown.match(/.{30}Sesame.{10}/u)?.[0]);
    }
  });

  it("keep their name and place", () => {
    assert.match(text(report), /inputs\.osProfile\.adminPassword/u);
    assert.match(text(report), /other: a secret stands in plain text: .*inputs\.connection/u);
  });

  it("in a message of the program are masked too", () => {
    const said = judged({
      ...digest(vm()),
      config: { "app:dbPassword": password },
      diagnostics: [{ severity: "warning", message: `connecting with ${password}` }],
    });
    assert.match(text(said), /connecting with \[secret\]/u);
  });

  it("that are words of our own do not spoil the report", () => {
    const odd = judged(
      digest(step("a:b:C", "x", { old: { password: "review", a: 1 }, new: { password: "review", a: 2 } })),
    );
    assert.deepEqual([odd.verdict, codesOf(odd)], ["blocked", ["secret-in-plain-text", "resource-changed"]]);
  });
});

describe("paths of other folders", () => {
  const mask = masker([], ["/srv/checkout/project"]);
  const shown: readonly (readonly [string, string])[] = [
    ["at Object.<anonymous> (/home/somebody/projects/infra/index.ts:3:4)", "at Object.<anonymous> (…/index.ts:3:4)"],
    ["C:\\Users\\somebody\\infra\\index.ts:3", "…/index.ts:3"],
    ["cannot read /srv/checkout/project/keys/id_ed25519", "cannot read …/id_ed25519"],
    ["file:///tmp/x/AzureADConnect.msi", "…/AzureADConnect.msi"],
    ["/__w/infra/infra/index.ts", "…/index.ts"],
  ];
  for (const [given, expected] of shown)
    it(`are not printed: ${given}`, () => {
      assert.equal(mask(given), expected);
    });
  for (const kept of [
    "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/home",
    "https://example.com/home/page",
    "C:\\ProgramData\\pulumi-entra-connect\\settings",
    "infra/home/index.ts",
    "/etc/ssl/certs",
    "10.0.0.0/24",
  ])
    it(`but this is none: ${kept}`, () => {
      assert.equal(mask(kept), kept);
    });

  it("frames of a stack trace outside the project are no source", () => {
    const trace = {
      sourcePosition: "project:///../../../home/somebody/lib/a.ts#1,1",
      stackTrace: [
        {},
        { sourcePosition: "project:///node_modules/x/index.js#2,2" },
        { sourcePosition: "project:///servers.ts#40,3" },
      ],
    };
    const report = judged(digest(vm({ op: "delete", state: trace })));
    assert.deepEqual(report.findings[0]?.change?.source, { file: "servers.ts", line: 40, column: 3 });
    assert.ok(!JSON.stringify(report).includes("somebody"));
  });
});

describe("accepted hazards of a preview", () => {
  const today = new Date("2026-11-26T12:00:00Z");
  const entry = {
    code: "machine-unguarded",
    subject: "aadc-g1",
    reason: "lab",
    until: "2026-12-31",
    by: null,
    most: null,
  };
  const accepted = (change: Partial<typeof entry>) =>
    withAccepted(judged(unguarded), [{ ...entry, ...change }], today, { nameNeeded: false });

  it("are shown as accepted, and the verdict is what is left", () => {
    const report = accepted({}) as PreviewReport;
    assert.equal(report.verdict, "ok");
    assert.match(text(report), /Accepted {2}lab \(until 2026-12-31; otherwise blocking\)/u);
  });
  it("are known by their URN too", () => {
    assert.equal(accepted({ subject: judged(unguarded).findings[0]?.change?.urn ?? "" }).verdict, "ok");
  });
  it("count no longer after their day, nor for another resource or hazard", () => {
    for (const change of [{ until: "2026-11-25" }, { subject: "other" }, { code: "machine-replaced" }])
      assert.equal(accepted(change).verdict, "blocked");
  });
  it("do not make a preview that failed a good one", () => {
    const failed = judged({});
    const report = withAccepted(failed, [{ ...entry, code: "preview-failed", subject: "the preview" }], today, {
      nameNeeded: false,
    });
    assert.equal(report.verdict, "couldNotRun");
  });
});

describe("Markdown of a preview", () => {
  const many = digest(
    vm({ op: "delete" }),
    ...Array.from({ length: 400 }, (_, index) =>
      step("command:remote:Command", `command-${index}`, {
        old: { create: `one ${"x".repeat(100)}` },
        new: { create: `two ${"y".repeat(100)}` },
      }),
    ),
  );

  it("begins with the hidden marker of its stack", () => {
    const report = judged(unguarded);
    assert.equal(renderMarkdown(previewPage(report)).split("\n")[0], `<!-- ${markerOf(report.summary)} -->`);
    assert.equal(markerOf(report.summary), "entra-connect preview: infra/prod");
  });
  it("cannot be left by a stack's name", () => {
    const hostile = JSON.parse(JSON.stringify(unguarded).replaceAll("urn:pulumi:prod", "urn:pulumi:--><script>"));
    const [first = ""] = renderMarkdown(previewPage(judged(hostile))).split("\n");
    assert.equal(first.match(/-->/gu)?.length, 1);
    assert.ok(first.endsWith(" -->"));
  });
  for (const budget of [60_000, 8000, 2000, 1000])
    it(`holds ${budget} characters, the verdict always, and says what is left out`, () => {
      const shown = renderMarkdown(previewPage(judged(many)), budget);
      assert.ok(shown.length <= budget, `${shown.length}`);
      assert.match(shown, /\*\*BLOCKED\*\* aadc-g1 is deleted, and no guard asks it first\./u);
      assert.match(shown, /Left out: /u);
    });
  it("loses the least severe first", () => {
    const shown = renderMarkdown(previewPage(judged(many)), 3000);
    assert.match(shown, /machine-unguarded|no guard asks it first/u);
    assert.ok((shown.match(/runs again/gu) ?? []).length < 400);
  });
});

describe("annotations of a preview", () => {
  it("for GitHub name file, line and hazard, and escape what would end them", () => {
    const odd = judged(digest(vm({ op: "delete", state: { sourcePosition: "project:///a,b:c.ts#3,1" } })));
    assert.equal(
      annotationsOf(odd, "github").trim(),
      "::error file=a%2Cb%3Ac.ts,line=3,title=machine-unguarded::aadc-g1 is deleted, and no guard asks it first. Give it a guard (a remote command with only `delete`, which depends on the machine), or build beside it and retire it by its generation block.",
    );
  });
  it("for Azure Pipelines likewise", () => {
    assert.match(
      annotationsOf(judged(unguarded), "azure-pipelines"),
      /^##vso\[task\.logissue type=error;sourcepath=infra\/index\.ts;linenumber=12;columnnumber=7;code=machine-unguarded\]aadc-g1 is deleted/u,
    );
  });
  it("never hold a line break of their own", () => {
    const odd = judged({
      ...digest(vm()),
      diagnostics: [{ severity: "error", message: "one\r\ntwo ::error::three\n" }],
    });
    assert.equal(annotationsOf(odd, "github").trim().split("\n").length, 1);
    assert.equal(annotationsOf(odd, "azure-pipelines").trim().split("\n").length, 1);
  });
  it("are at most ten of each level, the last saying how many are left", () => {
    const many = judged(
      digest(
        ...Array.from({ length: 30 }, (_, index) =>
          step("command:remote:Command", `c${index}`, { old: { create: "a" }, new: { create: "b" } }),
        ),
      ),
    );
    const lines = annotationsOf(many, "github").trim().split("\n");
    assert.equal(lines.length, 10);
    assert.equal(lines.at(-1), "::warning title=more::21 more to look at: see the report.");
  });
  it("leave out information and what is accepted", () => {
    const report = judged(digest(vm({ op: "refresh" })));
    assert.equal(annotationsOf(report, "github"), "");
  });
});

describe("SARIF of a preview", () => {
  it("holds the hazards whose line is known, with rule, level and place", () => {
    const log = JSON.parse(sarifOf(judged(digest(vm({ op: "delete", state: source }), guard({ op: "delete" })))));
    assert.equal(log.version, "2.1.0");
    const [run] = log.runs;
    assert.deepEqual(
      run.tool.driver.rules.map((rule: { id: string }) => rule.id),
      ["machine-unguarded"],
    );
    assert.deepEqual(
      run.results.map((result: { ruleId: string; level: string; locations: unknown[] }) => [
        result.ruleId,
        result.level,
        result.locations,
      ]),
      [
        [
          "machine-unguarded",
          "error",
          [
            {
              physicalLocation: {
                artifactLocation: { uri: "infra/index.ts", uriBaseId: "%SRCROOT%" },
                region: { startLine: 12, startColumn: 7 },
              },
            },
          ],
        ],
      ],
    );
  });
  it("is empty, and valid, where no line is known", () => {
    assert.deepEqual(JSON.parse(sarifOf(judged(digest(vm({ op: "delete" }))))).runs[0].results, []);
  });
});

describe("a report that holds a hostile name", () => {
  const hostile = `</td><script>alert(1)</script>\u001b[2J\u202e|\`*_[a](b)`;
  const report = judged(digest(step("a:b:C", hostile, { old: { [hostile]: 1 }, new: { [hostile]: hostile } })));
  it("neither runs in HTML nor steers a terminal", () => {
    const { text: plain, html, github } = everyFormat(report);
    assert.ok(!html?.includes("<script>alert"));
    for (const shown of [plain, github]) assert.ok(!shown?.includes("\u001b"), JSON.stringify(shown));
  });
});
