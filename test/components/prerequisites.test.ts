import assert from "node:assert/strict";
import { askedWith } from "../../components/connect/asking";
import { type StepQuestion, stepArguments, stepsOf } from "../../components/connect/plan";
import { wizardDone } from "../../components/connect/proof";
import type { GenerationSettings } from "../../components/settings/settings";
import type { JudgingContext } from "../../review/readiness/judge";
import { healthyServer } from "../support/healthyServer";
import { settingsFixture } from "../support/settingsFixture";

const { prerequisites: healthy, "verify-staging": proof, "await-wizard": gate } = healthyServer;
const context: JudgingContext = {
  generation: 1,
  now: new Date("2026-11-22T12:00:00Z"),
  proofDays: 30,
  enableScheduler: true,
  passThroughAgentExpected: false,
  settingsFileSha256: "",
  prerequisites: { ports: [], signInHosts: [], memoryGiB: 6, remedy: "report" },
  wizardDone: false,
} as unknown as JudgingContext;

const blockOf = (): { settings: ReturnType<typeof settingsFixture>; block: GenerationSettings } => {
  const settings = settingsFixture();
  const [block] = settings.generations;
  assert.ok(block);
  return { settings, block };
};

describe("asking for the prerequisites again", () => {
  const ask = (change: Partial<typeof healthy>, more: Partial<JudgingContext> = {}) =>
    askedWith(JSON.stringify({ ...healthy, asked: "before", ...change }), "aadc-stg-g1", { ...context, ...more });

  it("goes on asking as before where nothing was found, so that nothing runs", () => {
    assert.equal(ask({}), "before");
    assert.equal(ask({ enhancedSecurity: true }), "before", "what is only worth knowing is no reason");
  });

  it("asks anew while the wizard is to come and something was to be put right, refused or not", () => {
    assert.equal(ask({ clockSkewSeconds: 400 }), healthy.collectedAt);
    assert.equal(ask({ pendingRestart: true }), healthy.collectedAt);
    assert.equal(ask({ unread: [{ check: "licence", reason: "x" }] }), healthy.collectedAt);
  });

  it("asks no more once the wizard is done, whatever was found", () =>
    assert.equal(ask({ clockSkewSeconds: 400 }, { wizardDone: true }), "before"));

  it("begins with nothing, and with an answer that this release cannot read", () => {
    assert.equal(askedWith(undefined, "aadc-stg-g1", context), "");
    assert.equal(askedWith('{"script":"prerequisites"}', "aadc-stg-g1", context), "");
  });
});

describe("the wizard of a version", () => {
  const { block } = blockOf();
  const remembered = (version: string) => ({
    guarded: true,
    copies: [],
    gate: JSON.stringify(gate),
    proof: JSON.stringify({ ...proof, versions: { package: version, wizard: version, engine: version } }),
  });

  it("is done where its gate was passed and that version was proven", () => {
    assert.equal(wizardDone(remembered(block.connect.version), block), true);
    assert.equal(wizardDone({ ...remembered("x"), proof: undefined }, block), true, "not yet proven");
  });

  it("is to come for a first installation and for an upgrade", () => {
    assert.equal(wizardDone(undefined, block), false);
    assert.equal(wizardDone({ ...remembered("x"), gate: undefined, proof: undefined }, block), false);
    assert.equal(wizardDone(remembered("2.5.190.0"), block), false);
  });
});

const byOperator = { method: "operator", treatment: "acting", held: false } as const;

describe("the step that sets prerequisites", () => {
  const { settings, block } = blockOf();
  const has = (question: StepQuestion) => stepsOf(block, question).includes("set-prerequisites");

  it("is there only where the settings ask for it, and comes right before they are read", () => {
    assert.equal(has({ remedy: "report", treatment: "acting", remedied: false, join: byOperator }), false);
    const steps = stepsOf(block, { remedy: "set", treatment: "acting", remedied: false, join: byOperator });
    assert.equal(steps.indexOf("prerequisites"), steps.indexOf("set-prerequisites") + 1);
  });

  it("is taken out of a server that is acted on, and neither added to nor taken out of one that is not", () => {
    assert.equal(has({ remedy: "report", treatment: "acting", remedied: true, join: byOperator }), false);
    for (const treatment of ["active", "lost", "unproven"] as const)
      for (const remedied of [true, false])
        assert.equal(
          has({ remedy: "set", treatment, remedied, join: byOperator }),
          remedied,
          `${treatment} ${remedied}`,
        );
  });

  it("is asked for the same values as the reading, and both again by proveAgain; the reading by another size too", () => {
    const given = (more: Partial<GenerationSettings> = {}, proveAgain = "") =>
      stepArguments(
        { ...settings, gate: { ...settings.gate, proveAgain } },
        { ...block, ...more },
        { vmId: "v", asked: "a" },
      );
    const { "set-prerequisites": set, prerequisites: read } = given();
    assert.deepEqual(set.values, read.tls);
    assert.notDeepEqual(given({}, "today")["set-prerequisites"], set);
    assert.notDeepEqual(given({}, "today").prerequisites, read);
    assert.notDeepEqual(given({ size: "Standard_D8s_v5" }).prerequisites, read);
    assert.deepEqual(given().prerequisites, read);
  });
});
