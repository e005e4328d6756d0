import assert from "node:assert/strict";
import {
  fenceArguments,
  fenceFindings,
  fencingNote,
  notStarted,
  type Power,
  powerOf,
  stopsService,
} from "../../components/fence/plan";
import { type RememberedGeneration, rememberedOf } from "../../components/memory/remembered";
import { settlesFenceRule } from "../../components/network/fenceRule";
import { securityRules } from "../../components/network/plan";
import type { GenerationSettings, Settings } from "../../components/settings/settings";
import { vmId } from "../support/passiveServerFixture";
import { settingsFixture, type Written } from "../support/settingsFixture";
import { accepts, refuses } from "../support/settingsProblems";

const fenced = (fence: object = {}): { settings: Settings; block: GenerationSettings } => {
  const settings = settingsFixture((written) => {
    Object.assign(written.generations["1"] ?? {}, { role: "fenced", fence });
  });
  const [block] = settings.generations;
  assert.ok(block);
  return { settings, block };
};

const answered = (collectedAt: string): RememberedGeneration => ({
  guarded: true,
  copies: [],
  vmId,
  fence: JSON.stringify({
    ...{ script: "fence", collectedAt, warnings: [], computerName: "AADC-STG-G1", changes: [], vmId, generation: 1 },
    ...{ outcome: "fenced", staging: "off", startMode: "Auto", fencedAt: collectedAt },
  }),
});
const nothing: RememberedGeneration = { guarded: true, copies: [], vmId };
const since = "2026-11-26T08:00:00.000Z";

function told(
  power: Power,
  remembered = nothing,
  fence: object = {},
  held = remembered !== nothing,
): readonly string[] {
  return fenceFindings({ ...fenced(fence), remembered, power, held, since }).map(
    ({ code, title, next }) => `${code}: ${title} | ${next}`,
  );
}

describe("what keeps a generation from exporting", () => {
  it("is a rule above all others, and only while it is fenced and wanted", () => {
    const names = (block: GenerationSettings, settings: Settings) =>
      securityRules(settings, block).filter(({ direction }) => direction === "Outbound");
    const { settings, block } = fenced();
    const [first, ...others] = names(block, settings);
    assert.deepEqual(
      [first?.name, first?.access, first?.priority, first?.destinationAddressPrefix, first?.protocol],
      ["out-fence", "Deny", 100, "*", "*"],
    );
    assert.ok(others.every(({ priority }) => priority > 100));
    assert.ok(others.length > 3, "what is written below it stays");
    assert.ok(!names({ ...block, role: "passive" }, settings).some(({ name }) => name === "out-fence"));
    const without = fenced({ cutOutbound: false });
    assert.ok(!names(without.block, without.settings).some(({ name }) => name === "out-fence"));
  });

  it("takes its rule away again while it is fenced, and touches no security group that never had it", () => {
    const whole = fenced().block;
    const open = fenced({ cutOutbound: false }).block;
    assert.ok(settlesFenceRule(whole, undefined) && settlesFenceRule(whole, true));
    assert.ok(settlesFenceRule(open, true), "switched off, it would stay for ever");
    assert.ok(!settlesFenceRule(open, false) && !settlesFenceRule(open, undefined));
    for (const role of ["active", "passive", "lost"] as const)
      assert.ok(!settlesFenceRule({ ...whole, role }, true), role);
    const state = (...rules: readonly string[]) => [
      {
        type: "azure-native:network:NetworkSecurityGroup",
        name: "aadc-g1-nsg",
        chain: "server$generation$group",
        outputs: { securityRules: rules.map((name) => ({ name })) },
      },
    ];
    const cut = (...rules: readonly string[]) =>
      rememberedOf("aadc", state(...rules), { urn: "urn:pulumi:dev::it::server::aadc" }).generations[1]?.cut;
    assert.deepEqual([cut("in-ssh", "out-fence"), cut("in-ssh")], [true, false]);
  });

  it("stops the service of a machine that runs, and asks none that does not", () => {
    const { block } = fenced();
    const stops = (power: Power, held = false, more: Partial<GenerationSettings> = {}) =>
      stopsService({ block: { ...block, ...more }, power, held });
    assert.deepEqual(
      (["running", "unread", "deallocated", "stopped", "other"] as const).map((power) => stops(power)),
      [true, true, false, false, false],
    );
    assert.equal(stops("deallocated", true), true, "what was told stays in the stack");
    assert.equal(stops("running", false, { fence: { ...block.fence, disableService: false } }), false);
    assert.equal(stops("running", true, { role: "passive" }), false);
  });

  it("is asked anew by another instant", () => {
    const { settings, block } = fenced();
    assert.deepEqual(fenceArguments(settings, block, { vmId, since }), {
      computerName: "aadc-stg-g1",
      vmId,
      generation: 1,
      since,
    });
  });

  it("reads the power state in Azure's words", () => {
    assert.equal(powerOf(["ProvisioningState/succeeded", "PowerState/deallocated"]), "deallocated");
    assert.equal(powerOf(["PowerState/Running"]), "running");
    assert.equal(powerOf(["PowerState/stopped"]), "stopped");
    assert.equal(powerOf(["PowerState/deallocating"]), "other");
    assert.equal(powerOf(["ProvisioningState/succeeded"]), "unread");
    assert.equal(powerOf([]), "unread");
  });

  it("is told whole when everything of it is proven, and nothing else is", () => {
    const [only, ...more] = told("deallocated", answered("2026-11-26T08:05:00Z"));
    assert.match(
      only ?? "",
      /^fence: aadc-stg-g1 is fenced: Azure says that it is deallocated; its synchronization service was stopped and disabled at 2026-11-26T08:05:00Z \(staging mode was off\); the rule out-fence/,
    );
    assert.deepEqual(more, []);
  });

  it("names what is not proven: power, service, connections that stand", () => {
    assert.match(
      told("running").join("\n"),
      /stopped and disabled in this run[\s\S]*fence-not-deallocated: .*Azure says that it runs.*az vm deallocate --resource-group rg-aadc-stg --name aadc-stg-g1/,
    );
    assert.match(told("stopped").join("\n"), /still allocated[\s\S]*fence-service-not-disabled/);
    assert.match(told("unread").join("\n"), /could not be read/);
    assert.match(told("deallocated").join("\n"), /fence-service-not-disabled: .*the machine does not run/);
    const alone = told("running", nothing, { disableService: false, deallocated: false }).join("\n");
    assert.match(alone, /which alone proves nothing yet[\s\S]*fence-connections-stand/);
    assert.deepEqual(told("running", nothing, { cutOutbound: false, deallocated: false }).length, 1);
  });

  it("does not take the answer of an earlier fencing for one of this", () => {
    assert.match(told("deallocated", answered("2026-11-20T08:05:00Z")).join("\n"), /fence-service-not-disabled/);
    assert.doesNotMatch(told("deallocated", answered("2026-11-26T07:30:00Z")).join("\n"), /not-disabled/);
  });

  it("has to be started before it comes back", () => {
    const settings = settingsFixture();
    const asked = (power: Power, was: readonly number[] = [1]) =>
      notStarted(settings, new Set(was), new Map([[1, power]])).map(({ problem, write }) => `${problem} | ${write}`);
    assert.match(
      asked("deallocated").join(),
      /does not run .*that it is deallocated.* \| .*az vm start --resource-group rg-aadc-stg --name aadc-stg-g1/,
    );
    assert.equal(asked("stopped").length, 1);
    assert.deepEqual([...asked("running"), ...asked("unread"), ...asked("deallocated", [])], []);
  });

  it("says what to do where SSH fails", () => {
    const { settings, block } = fenced();
    assert.match(fencingNote(settings, block), /az vm deallocate .*--name aadc-stg-g1[\s\S]*disableService: false/);
  });

  it("is not everything switched off; and the pair's names are each said once, none of the stack's own", () => {
    const off = { cutOutbound: false, disableService: false, deallocated: false };
    refuses(
      (written) => Object.assign(written.generations["1"] ?? {}, { role: "fenced", fence: off }),
      "generations.1.fence",
      /every part of the fence is switched off/,
    );
    accepts((written) => Object.assign(written.generations["1"] ?? {}, { fence: off }));
    const others =
      (...names: readonly string[]) =>
      (written: Written) => {
        written.otherServers = names.map((computerName) => ({ computerName, role: "passive" }));
      };
    refuses(others("AADC1", "aadc1"), "otherServers[1].computerName", /named twice/);
    refuses(others("AADC-STG-G1"), "otherServers[0].computerName", /is generation 1 of this very stack/);
    accepts(others("AADC1", "AADC2", "AADC-STG-G2"));
    refuses(
      (written) => {
        Object.assign(written.generations["1"] ?? {}, { role: "active" });
        written.otherServers = [{ computerName: "AADC1", role: "active" }];
      },
      "otherServers[0].role",
      /generation 1 and AADC1 are both declared active/,
    );
  });
});
