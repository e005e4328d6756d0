import assert from "node:assert/strict";
import type { RecoveryReport } from "../../review/recovery";
import { requiresEngine } from "../support/engine";
import { changed, first, nothing, text } from "../support/pairOfServers";
import { Rehearsal } from "../support/rehearsal";

const codes = ({ findings }: RecoveryReport): string[] => findings.map(({ code }) => code);
const kinds = ({ summary }: RecoveryReport): string[] => summary.steps.map(({ kind }) => kind);

/** What a state holds of every resource, without times, and without properties that depend on nothing (written or left out). */
function held(world: Rehearsal): ReadonlyMap<string, string> {
  const without = new Set(["modified", "created", "propertyDependencies"]);
  const kept = (key: string, value: unknown): unknown => (without.has(key) ? undefined : value);
  return new Map(world.resources().map((each) => [each.urn, JSON.stringify(each, kept)]));
}

describe("an engine that is killed, and what recover makes of it, on the real engine", () => {
  before(async function () {
    await requiresEngine(this);
  });
  const world = new Rehearsal();
  after(() => world.remove());

  it("killed while Azure makes the machine: the run says what one would have to type, and recover shows lock and machine", async () => {
    const up = await world.up({ faults: ["azure:PUT:Microsoft.Compute/virtualMachines:*=kill"] });
    assert.equal(up.result, "killed");
    assert.match(up.findings[0]?.cause ?? "", /pulumi cancel.*rehearse recover/);
    const before = world.stateText();
    const seen = await world.recover();
    assert.equal(seen.verdict, "review");
    assert.equal(codes(seen)[0], "dead-lock");
    const machine = seen.summary.pending.find(({ name }) => name.endsWith("-g1-vm"));
    assert.match(machine?.up ?? "", /takes it up, writes to it what differs/);
    assert.deepEqual(kinds(seen), ["remove-lock", "clear-pending"]);
    assert.equal(world.stateText(), before, "it was only looked at");
  });

  it("recover --yes takes the lock and the entries away, and changes no resource", async () => {
    const before = held(world);
    const done = await world.recover("--yes");
    assert.equal(done.verdict, "ok", text(done.findings));
    assert.equal(done.summary.done.length, 2);
    assert.doesNotMatch(world.stateText(), /pending_operations/);
    const after = held(world);
    assert.deepEqual([...after.keys()], [...before.keys()]);
    assert.deepEqual(
      [...after].filter(([urn, resource]) => before.get(urn) !== resource),
      [],
    );
    assert.deepEqual(kinds(await world.recover()), []);
  });

  it("a state that is cut then: up names recover, which puts the older one in its place", async () => {
    world.cutState(20_000);
    const up = await world.up();
    assert.equal(up.result, "failed");
    assert.match(up.findings[0]?.next ?? "", /rehearse recover/);
    const seen = await world.recover();
    assert.equal(kinds(seen)[0], "restore");
    const done = await world.recover("--yes");
    assert.equal(done.verdict, "ok", text(done.findings));
    assert.match(done.summary.done.join("\n"), /the cut one is kept as .*\.cut-/);
  });

  it("up takes the machine up, is killed again while a script runs, and recover says that the script looks first", async () => {
    const up = await world.up({ faults: ["ssh:install-package=kill"] });
    assert.equal(up.result, "killed", text(up.messages));
    const done = await world.recover("--yes");
    assert.equal(done.verdict, "ok", text(done.findings));
  });

  it("the next up converges, without a word of anything pending; the machine was made once, and a further up changes nothing", async () => {
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.equal(up.verdict, "ok", text(up.findings));
    assert.deepEqual(up.messages, []);
    const { calls } = await world.picture();
    const made = calls.filter(
      ({ action, result }) => /^PUT Microsoft.Compute\/virtualMachines /.test(action) && result.startsWith("201"),
    );
    assert.equal(made.length, 1, text(made));
    assert.equal(world.server(first).adsync?.stagingMode, true);
    assert.deepEqual(changed(await world.up()), nothing);
    assert.deepEqual(codes(await world.recover()), []);
  });

  it("a destroy that is killed and is not to go on: recover asks Azure what is gone, and up makes that again", async () => {
    const alerts = async (): Promise<readonly string[]> =>
      (await world.picture()).resources
        .filter(({ type }) => /^Microsoft.Insights\/scheduledQueryRules$/i.test(type))
        .map(({ name }) => name)
        .sort();
    world.settings((settings) => {
      settings.monitoring = { notify: { emails: ["identity@contoso.com"] } };
    });
    assert.equal((await world.up()).result, "succeeded");
    const before = await alerts();
    assert.ok(before.length > 10);
    const destroy = await world.run("destroy", {
      faults: ["azure:DELETE:Microsoft.Insights/scheduledQueryRules:*=kill@3"],
    });
    assert.equal(destroy.result, "killed", text(destroy.messages));
    const seen = await world.recover();
    assert.deepEqual(kinds(seen), ["remove-lock", "look"]);
    const done = await world.recover("--yes");
    assert.equal(done.verdict, "ok", text(done.findings));
    assert.match(done.summary.done.at(-1) ?? "", /being deleted: .*gone, and out of the state/);
    const up = await world.up();
    assert.equal(up.result, "succeeded", text(up.messages));
    assert.deepEqual(await alerts(), before);
    assert.equal(world.server(first).services.ADSync?.status, "Running", "its guard was never asked");
    assert.deepEqual(changed(await world.up()), nothing);
  });
});
