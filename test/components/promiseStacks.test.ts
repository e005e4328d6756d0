import assert from "node:assert/strict";
import { unmappedPromiseStacks } from "../../components/promiseStacks";

describe("stacks in a Pulumi program", () => {
  const before = Error.prepareStackTrace;
  afterEach(() => {
    Error.prepareStackTrace = before;
  });

  it("are mapped to the source where an error is told, and not where the SDK notes a promise", async () => {
    const mapped: string[] = [];
    Error.prepareStackTrace = (error) => {
      mapped.push(error.message);
      return `mapped: ${error.message}`;
    };
    unmappedPromiseStacks();
    assert.equal(new Error("told").stack, "mapped: told");
    // Internal to the SDK, so its types leave it out.
    const { debuggablePromise } = (await import("@pulumi/pulumi/runtime/debuggable.js")).default as unknown as {
      debuggablePromise<Value>(promise: Promise<Value>, told: string): Promise<Value>;
    };
    const promise: Promise<number> & { _debugStackTrace?: string } = Promise.resolve(1);
    assert.equal(await debuggablePromise(promise, "noted"), 1);
    assert.match(promise._debugStackTrace ?? "", /^Error\n {4}at .*debuggablePromise/);
    assert.deepEqual(mapped, ["told"], "the SDK's note went to the mapping: its function has another name now");
  });

  it("are left alone where nothing maps them", () => {
    Error.prepareStackTrace = undefined as unknown as typeof Error.prepareStackTrace;
    unmappedPromiseStacks();
    assert.equal(Error.prepareStackTrace, undefined);
  });
});
