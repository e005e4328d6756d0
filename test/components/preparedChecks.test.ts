import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { allChecks, prepareChecks } from "../../components/settings/prepareChecks";
import { settingsCheck } from "../../components/settings/shape";
import { ajvFor, functionOf } from "../../scripts/checks";
import { repositoryRoot } from "../support/repository";

describe("checks that the build prepares", () => {
  // Below the repository: the functions load what they need of ajv from where they lie.
  const folder = mkdtempSync(join(repositoryRoot, "dist", "test", "checks-"));
  before(() => prepareChecks(folder));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const values: readonly unknown[] = [
    {},
    [],
    null,
    "text",
    { outcome: "none", more: 1 },
    {
      name: "Too-long-and-capital",
      location: "west europe",
      generations: { 1: { image: { sku: 7 } }, x: {} },
      network: { subnetPrefix: "no", dnsServers: ["10.0.0.999"], existingSubnetId: "/subscriptions/none" },
      access: {},
      domain: { name: 4 },
      roleSwitch: { acknowledge: { reason: "", until: "soon" } },
      unknown: true,
    },
  ];

  for (const check of allChecks())
    it(`${check.name}: says of values what the schema says, in the same words, and fills in the same defaults`, () => {
      const prepared = functionOf(check, folder);
      assert.notEqual((prepared as { of?: string }).of, undefined, "this is not the prepared one");
      const made = ajvFor(check).compile(check.schema);
      for (const value of values) {
        const [one, other] = [structuredClone(value), structuredClone(value)];
        assert.equal(prepared(one), made(other));
        assert.deepEqual(JSON.parse(JSON.stringify(prepared.errors)), JSON.parse(JSON.stringify(made.errors)));
        assert.deepEqual(one, other);
      }
    });

  it("are not used for another schema, nor for other options or forms", () => {
    const name = "settings";
    for (const change of [
      { schema: { type: "object" } },
      { options: { ...settingsCheck.options, allErrors: false } },
      { formats: { ...settingsCheck.formats, email: /^.$/ } },
    ]) {
      const used = functionOf({ ...settingsCheck, ...change, name }, folder);
      assert.equal((used as { of?: string }).of, undefined, Object.keys(change).join());
    }
  });

  it("need no compiler of schemas", () => {
    const source = `
      const { functionOf } = require(${JSON.stringify(join(repositoryRoot, "dist/scripts/checks.js"))});
      const { answerCheck } = require(${JSON.stringify(join(repositoryRoot, "dist/scripts/validate.js"))});
      functionOf(answerCheck("verify-staging"), ${JSON.stringify(folder)})({});
      console.log(Object.keys(require.cache).filter((file) => /ajv[\\\\/]dist[\\\\/]compile/.test(file)).length);`;
    assert.equal(execFileSync(process.execPath, ["-e", source], { encoding: "utf8" }).trim(), "0");
  });
});
