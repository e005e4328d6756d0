import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { settle } from "../../components/inputs";
import { type Ledger, nextLedger } from "../../components/memory/ledger";
import { agentProblems, toGetAgent } from "../../components/monitoring/existingAgent";
import { monitoringFindings, workspaceProblems } from "../../components/monitoring/findings";
import type { Settings } from "../../components/settings/settings";
import { validate } from "../../components/settings/validate";
import { notify, role, settingsOf, workspaceId } from "../support/monitoringFixture";
import { today, type Written, writtenFixture } from "../support/settingsFixture";

describe("findings of monitoring", () => {
  const question = (settings: Settings, parts: readonly string[] = [], ledger?: Ledger) => ({
    settings,
    remembered: {
      ...(ledger === undefined ? {} : { ledger }),
      generations: { 1: { guarded: true, copies: [], vmId: "a" } },
      items: {},
      parts: new Set(parts),
      worn: new Map(),
      heldElsewhere: new Map(),
      others: [],
      storageEndpoint: false,
    },
    identity: {},
  });
  const codes = (settings: Settings, parts: readonly string[] = []) =>
    monitoringFindings(question(settings, parts)).map(
      ({ code, severity, subject }) => `${severity} ${code} ${subject}`,
    );
  const none = (): Settings => {
    const result = validate(writtenFixture(), { today, built: {} });
    if (result.kind !== "valid") throw new Error(JSON.stringify(result.problems));
    return result.settings;
  };

  it("say what is not made and why, and that a critical alert is off", () => {
    const settings = settingsOf((written) => {
      written.monitoring = {
        notify,
        alerts: {
          "export-not-allowed": { off: "tested by hand this week" },
          "run-errors": { off: "known and looked at weekly" },
        },
      };
    });
    assert.deepEqual(codes(settings), [
      "warning alert-off export-not-allowed",
      "info alert-off run-errors",
      "info alerts-left-out aadc-stg-g1",
    ]);
  });

  it("name servers whose agent somebody has to install: of this stack only where nothing of ours is there", () => {
    const settings = settingsOf((written) => {
      role("active")(written);
      written.otherServers = [{ computerName: "AADC02", role: "passive" }];
    });
    const byHand = (parts: readonly string[]) =>
      codes(settings, parts).filter((each) => each.includes("agent-by-hand"));
    assert.deepEqual(byHand([]), ["info agent-by-hand aadc-stg-g1", "info agent-by-hand aadc02"]);
    assert.deepEqual(byHand(["g1-agent"]), ["info agent-by-hand aadc02"]);
    const off = settingsOf((written) => {
      written.monitoring = { notify, agent: false };
    });
    const [told] = monitoringFindings(question(off)).filter(({ code }) => code === "agent-by-hand");
    assert.match(told?.next ?? "", /the data collection rule dcr-aadc-stg$/);
  });

  it("name servers whose agent is somebody else's since ours is off, and where the task is", () => {
    const settings = settingsOf((written) => {
      written.monitoring = { notify, agent: false };
      written.archive = { enabled: true };
      written.otherServers = [
        { computerName: "AADC02", role: "active" },
        { computerName: "AADC03", role: "fenced" },
      ];
    });
    const byHand = (parts: readonly string[]) => codes(settings, parts).filter((each) => each.includes("by-hand"));
    assert.deepEqual(byHand([]), [
      "info agent-by-hand aadc-stg-g1",
      "info agent-by-hand aadc02",
      "info collector-by-hand aadc02",
    ]);
  });

  it("name an active server that has no task of ours, as long as an alert rests on one", () => {
    const active = (change: (written: Written) => void = () => undefined) =>
      settingsOf((written) => {
        role("active")(written);
        written.archive = { enabled: true };
        change(written);
      });
    const byHand = (settings: Settings, parts: readonly string[]) =>
      codes(settings, ["g1-agent", ...parts]).filter((each) => each.includes("by-hand"));
    assert.deepEqual(byHand(active(), []), ["info collector-by-hand aadc-stg-g1"]);
    assert.deepEqual(byHand(active(), ["g1-archive-task"]), []);
    const unscheduled = active((written) => {
      written.archive = { enabled: true, schedule: { enabled: false } };
    });
    assert.deepEqual(byHand(unscheduled, []), []);
  });

  it("tell that Azure lets no collection rule go that servers outside are associated with", () => {
    const parts = ["monitoring-group", "monitoring-logs-by-hand"];
    const goes = (settings: Settings) => codes(settings, parts).filter((each) => each.includes("collection-by-hand"));
    assert.deepEqual(goes(none()), ["warning collection-by-hand-goes dcr-aadc-stg"]);
    assert.deepEqual(goes(settingsOf(() => undefined)), ["warning collection-by-hand-goes dcr-aadc-stg"]);
    const stays = settingsOf((written) => {
      written.otherServers = [{ computerName: "AADC02", role: "passive" }];
    });
    assert.deepEqual(goes(stays), []);
  });

  it("tell of an active server whose logs stay where they went while its alerts move", () => {
    const elsewhere = settingsOf((written) => {
      role("active")(written);
      written.monitoring = { notify, workspaceId };
    });
    const before = (id: string): Ledger => ({
      ...nextLedger(undefined, elsewhere, { library: "1" }),
      spelling: { "monitoring.workspaceId": id },
    });
    const told = (id: string, parts: readonly string[]) =>
      monitoringFindings(question(elsewhere, parts, before(id))).filter(({ code }) => code === "logs-elsewhere");
    assert.equal(told(`${workspaceId}-old`, ["g1-logs"]).length, 1);
    assert.match(told(`${workspaceId}-old`, ["g1-logs"])[0]?.title ?? "", /workspaces\/all-old, while its alerts ask/);
    assert.deepEqual(told(workspaceId.toUpperCase(), ["g1-logs"]), []);
    assert.deepEqual(told(`${workspaceId}-old`, []), []);
  });

  it("tell what goes with the setting, and with another workspace", () => {
    const parts = ["monitoring-group", "monitoring-workspace"];
    assert.deepEqual(codes(none()), []);
    const [goes] = monitoringFindings(question(none(), parts));
    assert.equal(goes?.code, "monitoring-goes");
    assert.match(goes?.title ?? "", /the workspace log-aadc-stg with the logs in it/);
    const another = settingsOf((written) => {
      written.monitoring = { notify, workspaceId };
    });
    assert.ok(codes(another, parts).includes("warning workspace-goes log-aadc-stg"));
  });

  it("refuse to take the workspace away under an active server that sends to it, and under no other", () => {
    const parts = ["monitoring-group", "monitoring-workspace", "g1-logs"];
    const without = (value: string): Settings => ({ ...none(), generations: settingsOf(role(value)).generations });
    assert.deepEqual(workspaceProblems(question(without("passive"), parts)), []);
    assert.deepEqual(
      workspaceProblems(question(without("active"), parts)).map(({ path }) => path),
      ["monitoring"],
    );
    // Its logs go elsewhere: nothing of it hangs on our workspace.
    assert.deepEqual(workspaceProblems(question(without("active"), ["monitoring-group"])), []);
    assert.deepEqual(workspaceProblems(question(settingsOf(role("active")), parts)), []);
  });
});

describe("a preview in which another resource still has to be made", () => {
  const unknown = () =>
    new (pulumi.Output as unknown as new (...given: unknown[]) => pulumi.Output<string>)(
      [],
      Promise.resolve(undefined),
      Promise.resolve(false),
      Promise.resolve(false),
      Promise.resolve([]),
    );

  it("knows the servers outside of the stack by name and role, whose machine is not known", async () => {
    const { values } = await settle(
      { otherServers: [{ computerName: "AADC01", role: "active", machineId: unknown() }] },
      undefined,
    );
    const [server, ...more] = (values as { otherServers: readonly Record<string, unknown>[] }).otherServers;
    assert.deepEqual(more, []);
    assert.equal(server?.computerName, "AADC01");
    assert.equal(server?.role, "active");
  });

  it("takes the workspace for the one of the last run, not for another", async () => {
    const settings = settingsOf((written) => {
      written.monitoring = { notify, workspaceId };
    });
    const ledger = nextLedger(undefined, settings, { library: "1" });
    const { values } = await settle({ monitoring: { notify, workspaceId: unknown() } }, ledger);
    assert.equal((values as { monitoring: { workspaceId: string } }).monitoring.workspaceId, workspaceId);
  });
});

describe("an agent that is there already", () => {
  const remembered = (parts: readonly string[], standing = true) => ({
    generations: { 1: { guarded: standing, copies: [] } },
    parts: new Set(parts),
  });
  const asked = (settings: Settings, parts: readonly string[] = [], standing = true) =>
    toGetAgent(settings, remembered(parts, standing), ({ role: declared }) => declared === "passive").map(
      ({ generation }) => generation,
    );

  it("is looked for only where ours is to come, on a machine that stands", () => {
    const settings = settingsOf(() => undefined);
    assert.deepEqual(asked(settings), [1]);
    assert.deepEqual(asked(settings, ["g1-agent"]), []);
    assert.deepEqual(asked(settings, [], false), []);
    assert.deepEqual(asked(settingsOf(role("active"))), []);
    const off = settingsOf((written) => {
      written.monitoring = { notify, agent: false };
    });
    assert.deepEqual(asked(off), []);
  });

  it("is refused with both ways on, since Azure takes no second one", () => {
    const [problem, ...more] = agentProblems(
      settingsOf(() => undefined),
      [1],
    );
    assert.deepEqual(more, []);
    assert.equal(problem?.path, "monitoring.agent");
    assert.match(
      problem?.write ?? "",
      /agent: false .* az vm extension delete --resource-group \S+ --vm-name aadc-stg-g1/,
    );
  });
});
