import assert from "node:assert/strict";
import { Plugin } from "./support/plugin";
import { asset, outputValue, type Properties, secretValue, unknownValue } from "./support/values";

const connection = secretValue({ host: "h", user: "root", port: 22 });
const other = secretValue({ host: "other", user: "root", port: 22 });

describe("Diff", () => {
  let plugin: Plugin;
  before(async () => {
    plugin = await Plugin.start();
    await plugin.configure();
  });
  after(() => plugin.stop());

  const command: [what: string, old: Properties, next: Properties, detailed: Record<string, string>][] = [
    ["nothing where nothing changed", { connection, create: "a" }, { connection, create: "a" }, {}],
    ["one entry for a connection, as it is secret", { connection }, { connection: other }, { connection: "update" }],
    [
      "the same for a connection that becomes secret",
      { connection: { host: "h", user: "root", port: 22 } },
      { connection },
      { connection: "update" },
    ],
    ...["create", "update", "delete", "stdin", "logging"].flatMap(
      (name): [string, Properties, Properties, Record<string, string>][] => [
        [`a changed ${name}`, { [name]: "a" }, { [name]: "b" }, { [name]: "update" }],
        [`an added ${name}`, {}, { [name]: "b" }, { [name]: "add" }],
        [`a removed ${name}`, { [name]: "a" }, {}, { [name]: "delete" }],
      ],
    ),
    [
      "environment variables one by one",
      { environment: { A: "1", B: "2" } },
      { environment: { A: "x", C: "3", "a.b-c": "4" } },
      { "environment.A": "update", "environment.B": "delete", "environment.C": "add", 'environment["a.b-c"]': "add" },
    ],
    ["an added environment", {}, { environment: { A: "1" } }, { environment: "add" }],
    ["a removed environment", { environment: { A: "1" } }, {}, { environment: "delete" }],
    ["a changed trigger, without replacement", { triggers: [1] }, { triggers: [2] }, { "triggers[0]": "update" }],
    [
      "a trigger changed inside, appended, shortened",
      { triggers: [0, { n: 1 }] },
      { triggers: [0, { n: 2 }, 3] },
      { "triggers[1].n": "update", "triggers[2]": "add" },
    ],
    ["emptied triggers", { triggers: [1, 2] }, { triggers: [] }, { "triggers[0]": "delete", "triggers[1]": "delete" }],
    ["added triggers, with replacement", {}, { triggers: [1] }, { triggers: "add-replace" }],
    ["removed triggers, with replacement", { triggers: [1] }, {}, { triggers: "delete-replace" }],
    [
      "unknown triggers, with replacement",
      { triggers: [1] },
      { triggers: unknownValue },
      { triggers: "update-replace" },
    ],
    [
      "a changed secret list of triggers, with replacement",
      { triggers: secretValue([1]) },
      { triggers: secretValue([2]) },
      { triggers: "update-replace" },
    ],
    ["plain becoming secret", { create: "a" }, { create: secretValue("a") }, { create: "update" }],
    ["secret becoming plain", { create: secretValue("a") }, { create: "a" }, { create: "update" }],
    [
      "an unknown at its place",
      { create: "a", environment: { A: "1" }, triggers: [1] },
      { create: unknownValue, environment: { A: unknownValue }, triggers: [unknownValue] },
      { create: "update", "environment.A": "update", "triggers[0]": "update" },
    ],
    [
      "nothing for a connection that is unknown as a whole",
      { connection },
      { connection: outputValue({ secret: true }) },
      {},
    ],
    ["nothing for the engine's own keys", { create: "a" }, { create: "a", version: "1", __x: "y" }, {}],
  ];
  for (const [what, old, next, detailed] of command) {
    it(`finds ${what}`, async () => {
      const answer = await plugin.diff("remote:Command", old, next);
      const top = [...new Set(Object.keys(detailed).map((path) => /^\w+/.exec(path)?.[0] ?? ""))];
      assert.deepEqual(answer.detailed, detailed);
      assert.deepEqual([...answer.diffs].sort(), top.sort());
      assert.deepEqual(
        answer.replaces,
        Object.values(detailed).some((kind) => kind.endsWith("replace")) ? ["triggers"] : [],
      );
      assert.equal(answer.changes, Object.keys(detailed).length > 0 ? "some" : "none");
    });
  }

  it("looks at old inputs only, not at the state", async () => {
    const answer = await plugin.diff("remote:Command", { create: "a" }, { create: "a" }, { state: { create: "z" } });
    assert.equal(answer.changes, "none");
  });

  it("ignores changes of top-level inputs only", async () => {
    const state = { create: "a", connection };
    const news = { create: "b", connection: other };
    const ignoring = await plugin.diff("remote:Command", state, news, { state, ignoreChanges: ["create"] });
    assert.deepEqual(ignoring.detailed, { connection: "update" });
    const nested = await plugin.diff("remote:Command", state, news, { state, ignoreChanges: ["connection.host"] });
    assert.deepEqual(nested.detailed, { create: "update", connection: "update" });
  });

  it("takes the old inputs from the state where the engine does not send them", async () => {
    const plain = await Plugin.start();
    try {
      await plain.configure(false);
      const state = { create: "a", stdout: "o", stderr: "" };
      assert.deepEqual((await plain.diff("remote:Command", {}, { create: "b" }, { state })).detailed, {
        create: "update",
      });
    } finally {
      await plain.stop();
    }
  });

  const copies: [what: string, old: Properties, next: Properties, changes: string][] = [
    ["another hash", asset({ text: "a", hash: "1" }), asset({ text: "b", hash: "2" }), "some"],
    ["the same hash at another path", asset({ path: "/a", hash: "1" }), asset({ path: "/b", hash: "1" }), "none"],
    [
      "the same hash in another kind of asset",
      asset({ path: "/a", hash: "1" }),
      asset({ text: "b", hash: "1" }),
      "none",
    ],
    ["texts without hash", asset({ text: "a" }), asset({ text: "b" }), "some"],
  ];
  for (const [what, old, next, changes] of copies) {
    it(`compares the source of a copy by hash: ${what}`, async () => {
      const answer = await plugin.diff("remote:CopyToRemote", { source: old }, { source: next });
      assert.equal(answer.changes, changes);
      assert.deepEqual(answer.detailed, changes === "some" ? { source: "update" } : {});
    });
  }

  it("finds local inputs at their places", async () => {
    const answer = await plugin.diff(
      "local:Command",
      { assetPaths: ["a"], interpreter: ["sh"], dir: "/a" },
      { assetPaths: ["b"], interpreter: ["bash"], dir: "/b", archivePaths: ["*"] },
    );
    assert.deepEqual(answer.detailed, {
      "assetPaths[0]": "update",
      "interpreter[0]": "update",
      dir: "update",
      archivePaths: "add",
    });
  });
});
