import assert from "node:assert/strict";
import { postureRules, stackRules } from "../../review/posture";
import { requiresEngine } from "../support/engine";
import { Policed, type PolicyEvent, packProgram } from "../support/policed";
import { breaking, bystanders, goodStack, programOf } from "../support/policyStacks";

const rules = [...postureRules, ...stackRules];
const nameOf = ({ resourceUrn = "" }: PolicyEvent): string => resourceUrn.split("::").at(-1) ?? "";
const told = (events: readonly PolicyEvent[]): readonly string[] =>
  events.map((event) => `${event.policyName} ${event.enforcementLevel} ${nameOf(event)}`).sort();

describe("the policy pack, on the real engine", function () {
  this.timeout(300_000);
  let policed: Policed;
  before(async function () {
    await requiresEngine(this);
    policed = await Policed.open();
  });
  after(() => policed?.close());

  const withPack = ["--json", "--policy-pack", packProgram];

  it("holds the components of this repository: preview and up of a whole server violate nothing", async () => {
    const stack = ["--stack", "rehearsal", ...withPack];
    const preview = await policed.run(policed.project, ["preview", ...stack]);
    assert.deepEqual(preview.violations, []);
    assert.equal(preview.code, 0, preview.text.slice(-3000));
    const up = await policed.run(policed.project, ["up", "--yes", "--skip-preview", ...stack]);
    assert.deepEqual(up.violations, []);
    assert.equal(up.code, 0, up.text.slice(-3000));
    assert.match(up.text, /"PolicyPacks":\{"entra-connect/, "the pack took part");
    assert.match(up.text, /"passed":\[[^\]]*"host-key-not-pinned"/);
  });

  describe("on other people's Tier 0 stacks", () => {
    it("says nothing of one in which everything is as it should be, unknown values included", async () => {
      const folder = await policed.otherProject("good", programOf(goodStack));
      const preview = await policed.run(folder, ["preview", "--stack", "dev", ...withPack]);
      assert.deepEqual([told(preview.violations), preview.errors], [[], []]);
      assert.equal(preview.code, 0, preview.text.slice(-3000));
    });

    it("names each resource that breaks a rule, at the rule's level, with the path and never the value", async () => {
      const resources = [...goodStack, ...Object.values(breaking).flat()];
      const folder = await policed.otherProject("bad", programOf(resources));
      const preview = await policed.run(folder, ["preview", "--stack", "dev", ...withPack]);
      const expected = rules.flatMap(({ code, level }) =>
        (breaking[code] ?? [])
          .filter(({ name }) => !bystanders.includes(name))
          .map(({ name }) => `${code} ${level === "must-not" ? "mandatory" : "advisory"} ${name}`),
      );
      assert.deepEqual(preview.errors, ["preview failed"]);
      assert.deepEqual(told(preview.violations), expected.sort());
      assert.equal(preview.code, 1);
      for (const { message } of preview.violations) assert.doesNotMatch(message, /Unmistakable/);
      const written = preview.violations.find((event) => nameOf(event) === "written");
      assert.match(written?.message ?? "", /\ncreate has a secret written into it\. Give it by standard input/);
    });
  });
});
