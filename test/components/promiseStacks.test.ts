import assert from "node:assert/strict";
import Module from "node:module";
import { unmappedPromiseStacks } from "../../components/promiseStacks";

/** What the SDK writes down of a promise. */
async function noted(promise: Promise<number> & { _debugStackTrace?: string } = Promise.resolve(1)): Promise<string> {
  // Internal to the SDK, so its types leave it out.
  const { debuggablePromise } = (await import("@pulumi/pulumi/runtime/debuggable.js")).default as unknown as {
    debuggablePromise<Value>(promise: Promise<Value>, told: string): Promise<Value>;
  };
  assert.equal(await debuggablePromise(promise, "noted"), 1);
  return promise._debugStackTrace ?? "nothing was noted: the SDK does it otherwise now";
}

describe("stacks in a Pulumi program", () => {
  const before = Error.prepareStackTrace;
  const sdk = require("@pulumi/pulumi/runtime/debuggable.js");
  const { debuggablePromise } = sdk;
  afterEach(() => {
    Error.prepareStackTrace = before;
    Object.assign(sdk, { debuggablePromise });
  });

  it("are mapped to the source where an error is told, and not where the SDK notes a promise", async () => {
    const mapped: string[] = [];
    Error.prepareStackTrace = (error) => {
      mapped.push(error.message);
      return `mapped: ${error.message}`;
    };
    unmappedPromiseStacks({ PULUMI_DEBUG_PROMISE_LEAKS: "true" });
    assert.equal(new Error("told").stack, "mapped: told");
    assert.match(await noted(), /^Error\n {4}at .*debuggablePromise/);
    assert.deepEqual(mapped, ["told"], "the SDK's note went to the mapping: its function has another name now");
  });

  it("are not even looked up for promises where the SDK would not show them", async () => {
    const frames: number[] = [];
    Error.prepareStackTrace = (error, of) => {
      frames.push(of.length);
      return `mapped: ${error.message}`;
    };
    unmappedPromiseStacks({});
    await noted();
    assert.deepEqual(frames, [0]);
    assert.equal(new Error("told").stack, "mapped: told");
    assert.ok((frames[1] ?? 0) > 0, "all other stacks are whole");
  });

  for (const [what, other] of [
    ["has it nowhere that we know", undefined],
    ["does not let it be replaced", Object.freeze({ debuggablePromise })],
  ] as const)
    it(`are as ever where the SDK ${what}: no run ends by that`, () => {
      const path = require.resolve("@pulumi/pulumi/runtime/debuggable.js");
      const loaded = require.cache[path];
      const gone = Object.defineProperty(new Module(path), "exports", {
        get: () => other ?? assert.fail("Cannot find module"),
      });
      gone.loaded = true;
      require.cache[path] = gone;
      Error.prepareStackTrace = (error, frames) => `${frames.length > 0} ${error.message}`;
      try {
        unmappedPromiseStacks({});
        assert.equal(new Error("told").stack, "true told");
      } finally {
        require.cache[path] = loaded;
      }
    });

  it("of promises are whole again after a promise of which the SDK could take no note", async () => {
    Error.prepareStackTrace = () => "mapped";
    const limit = Error.stackTraceLimit;
    unmappedPromiseStacks({});
    await assert.rejects(noted(Object.freeze(Promise.resolve(1))), /_debugId/);
    assert.equal(Error.stackTraceLimit, limit);
  });

  it("are mapped for a resource in the project's own files alone, of which the state tells", async () => {
    const mapped: string[] = [];
    Error.prepareStackTrace = (error, frames) => {
      mapped.push(...frames.map((frame) => frame.getFileName() ?? ""));
      return [String(error), ...frames.map(() => "    at made (/source/of/it.ts:12:3)")].join("\n");
    };
    unmappedPromiseStacks();
    const { Resource } = (await import("@pulumi/pulumi")) as unknown as {
      Resource: { callsites(): readonly { readonly file?: string; readonly line?: number }[] };
    };
    const sites = Resource.callsites();
    Error.prepareStackTrace = before;
    assert.deepEqual(
      sites.find(({ file }) => file === "/source/of/it.ts"),
      { file: "/source/of/it.ts", line: 12, column: 3 },
    );
    assert.ok(mapped.includes(__filename));
    assert.ok(
      sites.some(({ file }) => file?.includes("node_modules")),
      "the SDK finds the places of the other frames, too",
    );
    assert.ok(!mapped.some((file) => /node_modules|^node:|^$/.test(file)), mapped.join("\n"));
  });

  it("are left alone where nothing maps them", () => {
    Error.prepareStackTrace = undefined as unknown as typeof Error.prepareStackTrace;
    unmappedPromiseStacks();
    assert.equal(Error.prepareStackTrace, undefined);
  });
});
