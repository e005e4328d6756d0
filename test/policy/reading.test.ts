import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { ResourceValidation, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { policies } from "../../policy/policies";
import { plainRecord } from "../../policy/reading";
import { hiding } from "../../policy/secrets";
import { unknownValue } from "../../review/posture";

/** How the SDK hands a policy its arguments; not in its types. */
const { unknownCheckingProxy } = createRequire(__filename)("@pulumi/policy/proxy") as {
  unknownCheckingProxy(value: Record<string, unknown>): Record<string, unknown>;
};

describe("reading a policy's arguments", () => {
  it("puts a marker in place of each unknown value, and reads everything beside it", () => {
    const array = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2";
    const props = unknownCheckingProxy({
      a: "known",
      b: unknownValue,
      c: { d: [1, unknownValue, { e: array, f: true }], g: null },
      h: [],
    });
    assert.throws(() => props.b, "the SDK itself throws");
    assert.deepEqual(plainRecord(props), {
      a: "known",
      b: unknownValue,
      c: { d: [1, unknownValue, { e: unknownValue, f: true }], g: null },
      h: [],
    });
  });

  it("says nothing of secrets where it has not heard which values are any", () => {
    assert.equal(hiding({ password: "x" }), undefined);
    const asked = policies().find(({ name }) => name === "secret-in-plain-text") as ResourceValidationPolicy;
    const validate = asked.validateResource as ResourceValidation;
    const notApplicable = (reason?: string): never => {
      throw new Error(reason);
    };
    const args = {
      type: "a:b:C",
      name: "c",
      urn: "u",
      props: { password: "x" },
      opts: {},
      getConfig: () => ({}),
      notApplicable,
    };
    assert.throws(
      () => validate(args as unknown as ResourceValidationArgs, () => assert.fail("told")),
      /does not tell which values are secrets/,
    );
  });

  it("passes any other error on", () => {
    const broken = {
      get a(): never {
        throw new TypeError("broken");
      },
    };
    assert.throws(() => plainRecord(broken), /broken/);
  });
});
