import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderHtml, renderMarkdown, renderText } from "../../../review/render";
import { type Look, runBookPage } from "../../../review/switch";
import { BadInput } from "../../../review/verdict";
import { codes, passing, SwitchPair } from "./pair";

describe("a role switch from evidence (entra-connect switch)", () => {
  const folders: string[] = [];
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  const pair = (): SwitchPair => {
    const folder = mkdtempSync(join(tmpdir(), "switch-"));
    folders.push(folder);
    return new SwitchPair(folder);
  };
  const state = ({ decision }: Look): string => decision.state;
  const permission = ({ decision }: Look): string =>
    decision.permission === null ? "nothing" : `${decision.permission.step} ${decision.permission.machine}`;
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      assert.ok(error instanceof BadInput, String(error));
      return error.message;
    }
    assert.fail("nothing was refused");
  };
  const page = (look: Look): string => renderText(runBookPage(look), { colour: false, width: 120 });
  /** To where both are passive and the promotion is allowed. */
  const demoted = async (world: SwitchPair): Promise<Look> => {
    assert.equal(permission(await world.look(passing)), "demote AADC1");
    world.setActive("AADC1", false);
    world.pass(10);
    return world.look(passing);
  };
  const promoted = async (world: SwitchPair): Promise<void> => {
    assert.equal(permission(await demoted(world)), "promote AADC2");
    world.setActive("AADC2", true);
    world.pass(20);
    world.exports("AADC2");
    world.pass(5);
  };

  it("goes through demotion, the safe middle, promotion and proof, one step a call", async () => {
    const world = pair();
    const first = await world.look();
    assert.deepEqual([state(first), permission(first)], ["not ready", "nothing"]);
    assert.deepEqual([...codes(first)].sort(), [
      "change-not-stated",
      "configuration-missing",
      "exports-missing",
      "exports-missing",
    ]);
    const ready = await world.look(passing);
    assert.deepEqual([state(ready), permission(ready)], ["ready to demote", "demote AADC1"]);
    world.setActive("AADC1", false);
    world.pass(10);
    // What was gone past before holds on, as long as it is the very same.
    const middle = await world.look();
    assert.deepEqual([state(middle), permission(middle)], ["ready to promote", "promote AADC2"]);
    world.setActive("AADC2", true);
    world.pass(5);
    const unproven = await world.look();
    assert.deepEqual(
      [state(unproven), permission(unproven), unproven.report.verdict],
      ["promoted, unproven", "nothing", "review"],
    );
    world.pass(20);
    world.exports("AADC2");
    const done = await world.look({
      graph: [world.lastExporter("AADC2"), world.organization(world.at()), world.audits(["AADC2", world.at()])],
    });
    assert.deepEqual([state(done), done.report.verdict, codes(done)], ["done", "ok", []]);
    assert.equal(done.entry.number, 5);
  });

  it("is done without Graph too, but says that the tenant was not asked", async () => {
    const world = pair();
    await promoted(world);
    const done = await world.look();
    assert.deepEqual(
      [state(done), done.report.verdict, codes(done, "warning")],
      ["done", "review", ["tenant-not-asked"]],
    );
  });

  it("names exact wizard pages, and until when", async () => {
    const world = pair();
    const ready = await world.look(passing);
    assert.match(page(ready), /Configure staging mode[\s\S]*TICK "Enable staging mode"/);
    world.setActive("AADC1", false);
    const middle = page(await world.look(passing));
    assert.match(middle, /Take AADC2 out of staging mode, in its wizard, before 2026-11-26T09:0\dZ/);
    assert.match(middle, /UNTICK "Enable staging mode"/);
    assert.match(middle, /How to go back[\s\S]*--rollback/);
  });

  it("never says promote while the other one is active, or was not looked at since", async () => {
    const world = pair();
    const old = await world.collect("AADC1");
    world.pass(5);
    assert.equal(permission(await world.look(passing)), "demote AADC1");
    world.setActive("AADC1", false);
    world.pass(10);
    const stale = await world.look({ ...passing, active: old });
    assert.deepEqual(
      [state(stale), permission(stale), codes(stale)[0]],
      ["unknown", "nothing", "evidence-older-than-known"],
    );
  });

  it("stops at evidence that is old, of the future, swapped, of a third server, undated or contradictory", async () => {
    const world = pair();
    await world.look(passing);
    const archives = { active: await world.collect("AADC1"), staging: await world.collect("AADC2") };
    world.pass(61);
    assert.deepEqual(codes(await world.look({ ...passing, ...archives })).slice(0, 1), ["evidence-too-old"]);
    const of = async (more: Parameters<SwitchPair["look"]>[0]): Promise<string | undefined> => {
      const found = await world.look({ ...passing, ...more });
      assert.equal(state(found), "unknown");
      return codes(found)[0];
    };
    assert.equal(await of({ swap: true }), "wrong-server");
    const future = { collectedAt: world.at(-30) };
    assert.equal(await of({ staging: await world.collect("AADC2", future) }), "evidence-from-the-future");
    assert.equal(await of({ staging: await world.collect("AADC2", { computerName: "AADC3" }) }), "wrong-server");
    assert.equal(await of({ active: await world.collect("AADC1", { globalParameter: true }) }), "role-unclear");
    assert.equal(await of({ active: await world.collect("AADC1", { staging: null }) }), "role-unclear");
    assert.equal(permission(await world.look(passing)), "demote AADC1");
  });

  it("tells two active servers at once, and stops the one that came out of order", async () => {
    const world = pair();
    await world.look(passing);
    world.setActive("AADC2", true);
    const both = await world.look();
    assert.deepEqual([state(both), permission(both), codes(both)], ["two active", "nothing", ["two-active"]]);
    assert.match(both.report.summary.next.title, /Put AADC2 into staging mode now/);
    // A permission of another day is not the one by which it came to be active.
    const again = pair();
    await promoted(again);
    again.setActive("AADC2", false);
    again.setActive("AADC1", true);
    again.pass(24 * 60);
    await again.look(passing);
    again.setActive("AADC2", true);
    assert.match((await again.look()).report.summary.next.title, /Put AADC2 into staging mode now/);
    // After a permitted promotion it is the old one that came back.
    const other = pair();
    await promoted(other);
    other.setActive("AADC1", true);
    assert.match((await other.look()).report.summary.next.title, /Put AADC1 into staging mode now/);
  });

  it("does not start in a middle that it did not bring about, unless somebody answers for it", async () => {
    const world = pair();
    world.setActive("AADC1", false);
    const found = await world.look(passing);
    assert.deepEqual([state(found), permission(found)], ["nobody exports", "nothing"]);
    assert.ok(codes(found).includes("nobody-exported-before"));
    const answered = await world.look({ ...passing, overrides: ["nobody-exported-before"] });
    assert.equal(permission(answered), "promote AADC2");
  });

  it("waits for a run in progress", async () => {
    const world = pair();
    await world.look(passing);
    world.setActive("AADC1", false);
    const running = {
      "statistics/scheduler.json": JSON.stringify({ SyncCycleInProgress: true, StagingModeEnabled: true }),
    };
    const found = await world.look({ ...passing, active: await world.collect("AADC1", { files: running }) });
    assert.deepEqual([state(found), permission(found)], ["nobody exports", "nothing"]);
    assert.ok(codes(found).includes("run-in-progress-on-source"));
  });

  it("goes back in the other direction, by name and reason, and only after a permission has ended", async () => {
    const world = pair();
    await demoted(world);
    assert.match(await refusal(world.look({ swap: true, rollback: true })), /--by/);
    const back = { swap: true, by: "Grace Hopper", reason: "the help desk is flooded" };
    const waits = await world.look({ ...back, ...passing, rollback: true });
    assert.deepEqual([state(waits), permission(waits)], ["nobody exports", "nothing"]);
    assert.ok(codes(waits).includes("source-may-be-promoted"));
    world.pass(70);
    const free = await world.look({ ...back, ...passing });
    assert.deepEqual([state(free), permission(free)], ["ready to promote", "promote AADC1"]);
    world.setActive("AADC1", true);
    world.pass(10);
    world.exports("AADC1");
    assert.equal(state(await world.look(back)), "done");
  });

  it("rolls a finished switch back: demote the new one first", async () => {
    const world = pair();
    await promoted(world);
    await world.look();
    world.pass(120);
    const turned = await world.look({ ...passing, swap: true, rollback: true });
    assert.deepEqual([state(turned), permission(turned)], ["ready to demote", "demote AADC2"]);
    assert.match(await refusal(world.look({ ...passing, rollback: true, swap: true })), /in the other direction/);
  });

  it("does not move before a dead active server is fenced, in each of the three ways", async () => {
    const dead = { unreachable: "aadc1.contoso.com", ...passing };
    const world = pair();
    const alone = await world.look(dead);
    assert.deepEqual([state(alone), permission(alone), codes(alone)[0]], ["unknown", "nothing", "source-not-read"]);
    assert.match(page(alone), /az vm deallocate/);
    const running = await world.look({ ...dead, power: [world.power("AADC1", "stopped")] });
    assert.deepEqual([state(running), permission(running)], ["unknown", "nothing"]);
    const deallocated = await world.look({ ...dead, power: [world.power("AADC1", "deallocated")] });
    assert.deepEqual([state(deallocated), permission(deallocated)], ["fenced", "promote AADC2"]);
    const lines = deallocated.report.summary.next.lines.join("\n");
    assert.match(lines, /the fence of AADC1 still has to hold[\s\S]*--unreachable AADC1/);
    assert.doesNotMatch(lines, /On AADC1|on both servers/, "nobody can do anything on a dead server");
    world.setActive("AADC2", true);
    world.pass(20);
    world.exports("AADC2");
    const unfenced = await world.look(dead);
    assert.equal(state(unfenced), "done", "the proof of the fence is still young enough");
    world.pass(60);
    assert.equal(state(await world.look(dead)), "unknown");
    assert.equal(state(await world.look({ ...dead, power: [world.power("AADC1", "deallocated")] })), "done");
  });

  it("believes a disabled identity after an hour, of the application that the server really uses", async () => {
    const world = pair();
    const active = await world.collect("AADC1");
    const dead = { unreachable: "AADC1", active, ...passing };
    const graph = () => [world.principals(["AADC1", false], ["AADC2", true])];
    world.pass(200);
    assert.equal(state(await world.look({ ...dead, graph: graph() })), "unknown");
    world.pass(30);
    assert.equal(state(await world.look({ ...dead, graph: graph() })), "unknown");
    world.pass(30);
    const cut = await world.look({ ...dead, graph: graph() });
    assert.deepEqual([state(cut), permission(cut)], ["fenced", "promote AADC2"]);
    // Enabled in between: the hour begins anew.
    world.pass(5);
    assert.equal(state(await world.look({ ...dead, graph: [world.principals(["AADC1", true])] })), "unknown");
    world.pass(5);
    assert.equal(state(await world.look({ ...dead, graph: graph() })), "unknown");
    const nameless = pair();
    const found = await nameless.look({
      unreachable: "AADC1",
      ...passing,
      graph: [nameless.principals(["AADC1", false])],
    });
    assert.ok(codes(found, "warning").includes("fence-not-proven"), String(codes(found, "warning")));
  });

  it("takes silence in the sign-ins for a cut only where somebody made one and the other server is heard", async () => {
    const world = pair();
    const active = await world.collect("AADC1");
    const dead = { unreachable: "AADC1", active, ...passing };
    world.pass(100);
    const cut = { outboundCut: [`aadc1=${world.at()}`] };
    world.pass(120);
    const heard = [
      ["AADC2", 120],
      ["AADC2", 60],
      ["AADC2", 2],
    ] as const;
    const graph = () => [world.signIns(...heard)];
    const dying = await world.look({ ...dead, graph: graph() });
    assert.equal(state(dying), "unknown", "a dead server is silent too");
    const note = dying.report.findings.find(({ code }) => code === "fence-not-proven");
    assert.match(note?.next ?? "", /--outbound-cut AADC1=/);
    assert.equal(
      state(await world.look({ ...dead, ...cut, graph: [world.signIns(["AADC2", 60], ["AADC2", 2])] })),
      "unknown",
    );
    assert.equal(permission(await world.look({ ...dead, graph: graph() })), "promote AADC2", "the cut is remembered");
    assert.equal(state(await world.look({ ...dead, graph: [world.signIns(...heard, ["AADC1", 40])] })), "unknown");
    const young = { ...dead, outboundCut: [`AADC1=${world.at(30)}`], graph: graph() };
    assert.equal(state(await world.look(young)), "unknown", "the cut is younger than the silence is long");
    assert.match(await refusal(world.look({ ...dead, outboundCut: ["AADC1=noon"] })), /NAME=TIME/);
  });

  it("believes no fence of a machine that was read after its power", async () => {
    const world = pair();
    const power = [world.power("AADC1", "deallocated")];
    world.pass(5);
    await world.look(passing);
    const found = await world.look({ unreachable: "AADC1", ...passing, power });
    assert.deepEqual([state(found), permission(found)], ["unknown", "nothing"]);
  });

  it("stops at a third server that the tenant names, and no name and reason goes past it", async () => {
    const world = pair();
    await demoted(world);
    world.pass(5);
    const found = await world.look({ ...passing, graph: [world.audits(["OLDSYNC", world.at(20)])] });
    assert.deepEqual([state(found), permission(found)], ["nobody exports", "nothing"]);
    // It is remembered when nobody asks the tenant again.
    assert.equal(permission(await world.look(passing)), "nothing");
    assert.match(await refusal(world.look({ ...passing, overrides: ["another-exporter"] })), /nobody goes past/);
    const fenced = await world.look({ ...passing, power: [world.power("OLDSYNC", "deallocated")] });
    assert.equal(permission(fenced), "promote AADC2");
  });

  it("forgets it also where the audit log names the same server of the pair", async () => {
    const world = pair();
    await world.look({ ...passing, graph: [world.lastExporter("OLDSYNC")] });
    world.pass(5);
    const graph = [world.lastExporter("AADC1"), world.audits(["AADC1", world.at(3)])];
    assert.equal(state(await world.look({ ...passing, graph })), "ready to demote");
  });

  it("does not forget it for an answer that is older than the one that named it", async () => {
    const world = pair();
    const old = world.lastExporter("AADC1");
    world.pass(10);
    const named = [world.lastExporter("OLDSYNC"), world.organization(world.at(30))];
    assert.equal(state(await world.look({ ...passing, graph: named })), "two active");
    assert.equal(state(await world.look({ ...passing, graph: [old] })), "two active");
  });

  it("says when a list of the tenant is not whole: what is missing proves nothing", async () => {
    const world = pair();
    const page = world.answer("audits", "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits", {
      "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#auditLogs/directoryAudits",
      "@odata.nextLink": "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits?$skiptoken=x",
      value: [],
    });
    const found = await world.look({ ...passing, graph: [page] });
    assert.ok(codes(found, "warning").includes("tenant-answer-incomplete"), String(codes(found, "warning")));
  });

  it("says why an answer about a machine's power proves nothing", async () => {
    const world = pair();
    const dead = { unreachable: "AADC1", ...passing };
    const noteOf = async (power: string): Promise<string> => {
      const found = await world.look({ ...dead, power: [power] });
      assert.equal(permission(found), "nothing");
      const note = found.report.findings.find(({ code }) => code === "fence-not-proven");
      return `${note?.title} ${note?.next}`;
    };
    assert.match(await noteOf(world.power("AADC1", "stopped")), /stopped.*az vm deallocate/u);
    assert.match(await noteOf(world.power("ENTRA-VM-7", "deallocated")), /ENTRA-VM-7.*computer name is AADC1/u);
    const old = world.power("AADC1", "deallocated");
    world.pass(70);
    assert.match(await noteOf(old), /more than 60 minutes ago/u);
    const before = world.power("AADC1", "deallocated");
    world.pass(2);
    await world.look(passing);
    assert.match(await noteOf(before), /read/u);
  });

  it("believes no answer about the power of another machine of the same name, where the archive says which one it is", async () => {
    const world = pair();
    const manifest = async (vmId: string): Promise<string> => {
      const archive = await world.collect("AADC1", { archive: { vmId } });
      world.pass(5);
      return archive;
    };
    const dead = { unreachable: "AADC1", ...passing };
    const other = await world.look({
      ...dead,
      active: await manifest("00000000-0000-4000-8000-000000000009"),
      power: [world.power("AADC1", "deallocated")],
    });
    assert.equal(other.decision.state, "unknown");
    const note = other.report.findings.find(({ code }) => code === "fence-not-proven");
    assert.match(note?.title ?? "", /another machine called AADC1 \(vmId 7b1f8f2e/u);
    world.pass(1);
    const same = await world.look({
      ...dead,
      active: await manifest("7B1F8F2E-0000-4000-8000-000000000001"),
      power: [world.power("AADC1", "deallocated")],
    });
    assert.equal(same.decision.state, "fenced");
  });

  it("is done again once an old active server that had come back is stopped, whatever it did meanwhile", async () => {
    const world = pair();
    await world.look(passing);
    world.setActive("AADC1", false);
    world.pass(10);
    await world.look(passing);
    world.setActive("AADC2", true);
    world.pass(20);
    world.exports("AADC2");
    world.pass(2);
    assert.equal((await world.look()).decision.state, "done");
    world.setActive("AADC1", true);
    world.pass(20);
    world.exports("AADC1");
    const came = world.at();
    world.pass(5);
    assert.equal((await world.look()).decision.state, "two active");
    world.setActive("AADC1", false);
    world.pass(30);
    world.exports("AADC2");
    world.pass(2);
    const after = { graph: [world.audits(["AADC1", came], ["AADC2", world.at(2)])] };
    assert.equal((await world.look(after)).decision.state, "done");
    // What it exports from now on is held against it as before.
    world.pass(20);
    world.exports("AADC1");
    world.pass(1);
    assert.equal((await world.look()).decision.state, "promoted, unproven");
  });

  it("does not take the word of a cut where the server has signed in since, or the word is of another day", async () => {
    const world = pair();
    const active = await world.collect("AADC1");
    const dead = { unreachable: "AADC1", active, ...passing };
    const cut = { outboundCut: [`AADC1=${world.at()}`] };
    const heard = () =>
      [
        ["AADC2", 115],
        ["AADC2", 60],
        ["AADC2", 2],
      ] as const;
    world.pass(240);
    const alive = world.signIns(...heard(), ["AADC1", 200]);
    assert.equal(state(await world.look({ ...dead, ...cut, graph: [alive] })), "unknown", "it signed in after the cut");
    const quiet = await world.look({ ...dead, ...cut, graph: [world.signIns(...heard())] });
    assert.equal(permission(quiet), "promote AADC2");
    world.pass(26 * 60);
    const later = await world.look({ ...dead, graph: [world.signIns(...heard())] });
    assert.equal(state(later), "unknown", "the cut of yesterday has to be said again");
  });

  it("forgets a third server that was only the last to export once one of the pair has exported", async () => {
    const world = pair();
    const named = await world.look({ ...passing, graph: [world.lastExporter("OLDSYNC")] });
    assert.equal(state(named), "two active");
    assert.equal(state(await world.look({ ...passing, graph: [world.lastExporter("AADC1")] })), "ready to demote");
  });

  it("does not believe a server that is passive by its own word and changes objects by the audit log", async () => {
    const world = pair();
    await world.look(passing);
    world.setActive("AADC1", false);
    const archive = await world.collect("AADC1");
    world.pass(30);
    const found = await world.look({ ...passing, active: archive, graph: [world.audits(["AADC1", world.at(10)])] });
    assert.deepEqual([state(found), codes(found)[0]], ["unknown", "exports-despite-staging"]);
  });

  it("knows that Cloud Sync may provision while all stage, and then promotes nobody", async () => {
    const world = pair();
    world.setActive("AADC1", false);
    const cloudSync = { cloudSync: "2027-01-31", by: "Ada", reason: "moved by wave 3" };
    const found = await world.look({ ...cloudSync, graph: [world.audits()] });
    assert.equal(state(found), "cloud sync active");
    assert.notEqual(found.report.verdict, "blocked");
    assert.equal(permission(await world.look(passing)), "nothing");
    world.pass(70 * 24 * 60);
    const due = await world.look({ graph: [world.audits()] });
    assert.ok(codes(due, "warning").includes("cloud-sync-due"), String(codes(due, "warning")));
    const ended = await world.look({ ...passing, overrides: ["nobody-exported-before"], cloudSync: "ended" });
    assert.equal(permission(ended), "promote AADC2");
  });

  it("takes the tenant's own threshold for deletes, and the checks that are its own", async () => {
    const world = pair();
    const short = {
      type: "Application",
      applicationId: world.server("AADC2").applicationId,
      certificateEndsAt: world.at(-60 * 24 * 10),
    };
    world.server("AADC2").told = {
      schedulerSuspended: true,
      files: {
        "statistics/entra-connector-identity.json": JSON.stringify(short),
        "statistics/auto-upgrade.json": JSON.stringify({ state: "Enabled" }),
      },
    };
    const found = await world.look(passing);
    for (const code of ["scheduler-suspended", "certificate-too-short", "automatic-upgrade-on"])
      assert.ok(codes(found).includes(code), `${code} among ${codes(found)}`);
    assert.equal(state(found), "not ready");
    world.server("AADC2").told = {};
    const shared = { type: "Application", applicationId: world.server("AADC1").applicationId, certificateEndsAt: null };
    const copy = await world.collect("AADC2", {
      files: { "statistics/entra-connector-identity.json": JSON.stringify(shared) },
    });
    assert.deepEqual(codes(await world.look({ ...passing, staging: copy })), ["application-shared"]);
  });

  it("holds the server's password hash synchronization against the tenant's", async () => {
    const world = pair();
    const off = JSON.stringify({ "Microsoft.OptionalFeature.PasswordHashSync": "False" });
    world.server("AADC2").told = { files: { "statistics/global-parameters.json": off } };
    const found = await world.look({ ...passing, graph: [world.lastExporter("AADC1")] });
    assert.deepEqual(codes(found), ["password-hash-sync-differs"]);
    assert.deepEqual(codes(await world.look(passing)), [], "nobody asked the tenant");
  });

  it("goes past a finding for what it was, and not for what it becomes", async () => {
    const world = pair();
    const old = (days: number) => ({
      files: {
        "statistics/run-results.json": JSON.stringify(
          ["contoso.com", "contoso.onmicrosoft.com - AAD"].map((connector) => ({
            connector,
            runs: [
              {
                RunProfileName: "Delta Synchronization",
                Result: "success",
                StartDate: world.at(days * 1440),
                EndDate: world.at(days * 1440),
              },
            ],
          })),
        ),
      },
    });
    world.server("AADC2").told = old(8);
    const going = { ...passing, overrides: [...passing.overrides, "synchronization-too-old"] };
    assert.equal(state(await world.look(going)), "ready to demote");
    world.server("AADC2").told = old(9);
    assert.deepEqual(codes(await world.look({ by: "x", reason: "y" })), [
      "synchronization-too-old",
      "synchronization-too-old",
    ]);
  });

  it("does not call it done while somebody else exports", async () => {
    const world = pair();
    await promoted(world);
    const audits = world.audits(["AADC2", world.at(1)], ["AADC1", world.at(2)]);
    const found = await world.look({ graph: [audits] });
    assert.equal(state(found), "promoted, unproven");
    assert.ok(codes(found).includes("proof-contradicted"));
  });

  it("does not hold exports against the old server that it made before it was demoted", async () => {
    const world = pair();
    await world.look(passing);
    // Nobody called in the middle: demoted and promoted at one go, with an export in between.
    world.pass(5);
    world.exports("AADC1");
    world.setActive("AADC1", false);
    world.setActive("AADC2", true);
    world.pass(5);
    assert.equal(state(await world.look()), "promoted, unproven");
    world.pass(5);
    world.exports("AADC2");
    const done = await world.look({ graph: [world.audits(["AADC2", world.at()], ["AADC1", world.at(10)])] });
    assert.equal(state(done), "done");
    assert.deepEqual(codes(done, "warning"), ["promoted-without-permission"]);
    world.pass(5);
    world.exports("AADC1");
    assert.ok(codes(await world.look()).includes("proof-contradicted"));
  });

  it("says of a fence's answer that only its file is dated", async () => {
    const world = pair();
    const raw = world.path("power.json");
    const view = { name: "AADC1", instanceView: { statuses: [{ code: "PowerState/deallocated" }] } };
    writeFileSync(raw, JSON.stringify(view));
    utimesSync(raw, new Date(world.now), new Date(world.now));
    const found = await world.look({ unreachable: "AADC1", ...passing, power: [raw] });
    assert.equal(state(found), "fenced");
    assert.ok(codes(found, "warning").includes("answer-dated-by-file"));
  });

  it("renders everywhere what it is about", async () => {
    const world = pair();
    const look = await demoted(world);
    const made = runBookPage(look);
    assert.ok(renderHtml(made).includes("Role switch: AADC1"));
    assert.ok(renderMarkdown(made).includes("The one next step"));
    assert.ok(page(look).includes("CHG-4711"));
  });

  it("refuses what is missing, naming the option", async () => {
    const world = pair();
    assert.match(await refusal(world.look({ active: undefined })), /--active/);
    assert.match(await refusal(world.look({ overrides: ["x"] })), /--by/);
    assert.match(await refusal(world.look({ maxAgeMinutes: 5 })), /between 15/);
    assert.match(await refusal(world.look({ cloudSync: "soon", by: "a", reason: "b" })), /2027-01-31/);
    assert.match(await refusal(world.look({ rollback: true, by: "a", reason: "b" })), /record is new/);
    assert.match(await refusal(world.look({ active: await world.collect("AADC2") })), /Both archives are of AADC2/);
    assert.match(
      await refusal(world.look({ unreachable: "AADC9", active: await world.collect("AADC1") })),
      /is of AADC1/,
    );
  });
});
