import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { documented } from "../../policy/document";
import { policies } from "../../policy/policies";
import { postureRules, stackRules } from "../../review/posture";
import { breaking } from "../support/policyStacks";
import { repositoryRoot } from "../support/repository";

const rules = [...postureRules, ...stackRules];

describe("the policies of the pack", () => {
  it("are the table of rules, what must not be as mandatory", () => {
    assert.deepEqual(
      policies().map(({ name, enforcementLevel, description }) => ({ name, enforcementLevel, description })),
      rules.map(({ code, level, sentence }) => ({
        name: code,
        enforcementLevel: level === "must-not" ? "mandatory" : "advisory",
        description: sentence,
      })),
    );
    assert.equal(new Set(rules.map(({ code }) => code)).size, rules.length);
  });

  it("have each a stack that breaks them", () => {
    assert.deepEqual(Object.keys(breaking).sort(), rules.map(({ code }) => code).sort());
  });

  it("are documented as they are; write anew with npm run document-policy", () => {
    const page = readFileSync(join(repositoryRoot, "docs", "policy.md"), "utf8");
    assert.equal(documented(page), page);
    for (const { code, remedy } of rules) assert.ok(page.includes(`\`${code}\``) && page.includes(remedy), code);
  });

  it("are alone in needing the policy SDK, and the rules need nothing of Pulumi's", () => {
    const importing = (room: string, what: RegExp) =>
      readdirSync(join(repositoryRoot, room), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .filter((file) => what.test(readFileSync(join(repositoryRoot, room, file), "utf8")));
    for (const room of ["review", "cli", "components", "rehearsal", "engine", "scripts"])
      assert.deepEqual(importing(room, /from "@pulumi\/policy/), [], room);
    assert.deepEqual(importing("review/posture", /from "@pulumi\//), []);
    assert.ok(importing("policy", /from "@pulumi\/policy/).length > 0);
  });

  it("have the version and the ranges of the library beside which they are published", () => {
    const manifest = (...path: readonly string[]) =>
      JSON.parse(readFileSync(join(repositoryRoot, ...path, "package.json"), "utf8"));
    const [pack, library] = [manifest("policy"), manifest()];
    assert.equal(pack.version, library.version);
    assert.deepEqual(pack.dependencies, {
      "@pulumi/policy": library.devDependencies["@pulumi/policy"],
      "@pulumi/pulumi": library.peerDependencies["@pulumi/pulumi"],
      "ipaddr.js": library.dependencies["ipaddr.js"],
    });
  });
});
