import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { settle } from "../../components/inputs";
import { type Ledger, nextLedger } from "../../components/memory/ledger";
import { agentProblems, toGetAgent } from "../../components/monitoring/existingAgent";
import { monitoringFindings, workspaceProblems } from "../../components/monitoring/findings";
import {
  collectionByHand,
  collectionName,
  emailReceivers,
  logRuleBody,
  ruleName,
  workspaceBody,
} from "../../components/monitoring/plan";
import { stackPlan, watchPlan } from "../../components/monitoring/servers";
import { workbookData, workbookName, workbookParts } from "../../components/monitoring/workbook";
import type { Settings } from "../../components/settings/settings";
import { validate } from "../../components/settings/validate";
import { alertTable, limits } from "../../review/alerts";
import { tables } from "../review/alerts/tables";
import { analysed } from "../support/kusto/languageService";
import { blockFixture, today, type Written, writtenFixture } from "../support/settingsFixture";
import { accepts, refuses } from "../support/settingsProblems";

const subscription = "/subscriptions/11111111-1111-1111-1111-111111111111";
const workspaceId = `${subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/all`;
const actionGroupId = (name: string): string =>
  `${subscription}/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/${name}`;
const notify = { emails: ["team@contoso.com"] };

function settingsOf(change: (written: Written) => unknown): Settings {
  const written = { ...writtenFixture(), monitoring: { notify }, gate: { enableScheduler: true } };
  change(written);
  const result = validate(written, { today, built: {} });
  if (result.kind !== "valid") throw new Error(JSON.stringify(result.problems));
  return result.settings;
}

const role = (value: string) => (written: Written) => {
  written.generations["1"] = blockFixture((block) => {
    block.role = value;
  });
};

/** Names of alerts by the server's key. */
const planned = (settings: Settings): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    watchPlan(settings, "11111111-1111-1111-1111-111111111111").map(({ server, made }) => [
      server.key,
      made.map(({ alert }) => alert.name),
    ]),
  );

describe("settings of monitoring", () => {
  it("name somebody who is told", () => {
    accepts((written) => {
      written.monitoring = { notify };
    });
    refuses(
      (written) => {
        written.monitoring = { notify: {} };
      },
      "monitoring.notify",
      /names nobody/,
    );
    refuses(
      (written) => {
        written.monitoring = { notify: { emails: ["team"] } };
      },
      "monitoring.notify.emails[0]",
      /e-mail/,
    );
  });

  it("have at most five action groups, one of our own included, none twice", () => {
    const five = ["a", "b", "c", "d", "e"].map(actionGroupId);
    accepts((written) => {
      written.monitoring = { notify: { actionGroupIds: five } };
    });
    refuses(
      (written) => {
        written.monitoring = { notify: { actionGroupIds: five, ...notify } };
      },
      "monitoring.notify",
      /5 action groups and one of our own/,
    );
    refuses(
      (written) => {
        written.monitoring = { notify: { actionGroupIds: [actionGroupId("a"), actionGroupId("A").toUpperCase()] } };
      },
      "monitoring.notify.actionGroupIds",
      /twice/,
    );
  });

  it("take nothing for a workspace of our own where one is named, by whichever setting", () => {
    for (const named of [{ monitoring: { workspaceId } }, { logAnalyticsWorkspaceId: workspaceId }] as const)
      refuses(
        (written) => {
          Object.assign(written, named, { monitoring: { notify, retentionDays: 30, ...named.monitoring } });
        },
        "monitoring.retentionDays",
        /workspace of our own/,
      );
    refuses(
      (written) => {
        written.monitoring = { notify, workspaceLocation: "northeurope" };
      },
      "monitoring.workspaceLocation",
      /no workspace is named/,
    );
  });

  it("know every alert by its name, and say one thing of it", () => {
    const exception = (name: string, value: object) => (written: Written) => {
      written.monitoring = { notify, alerts: { [name]: value } };
    };
    accepts(exception("agent-silent", { severity: 3 }));
    refuses(
      exception("agent-quiet", { severity: 3 }),
      "monitoring.alerts.agent-quiet",
      /no such alert/,
      /agent-silent/,
    );
    refuses(exception("agent-silent", {}), "monitoring.alerts.agent-silent", /says nothing/);
    refuses(
      exception("agent-silent", { severity: 1, off: "we look ourselves" }),
      "monitoring.alerts.agent-silent",
      /off and has a severity/,
    );
    refuses(exception("agent-silent", { severity: 5 }), "monitoring.alerts.agent-silent.severity", /4/);
    // What Azure sends of the activity log has no severity.
    accepts(exception("machine-touched", { off: "every run of ours is a pipeline's" }));
    refuses(exception("machine-touched", { severity: 0 }), "monitoring.alerts.machine-touched.severity", /no effect/);
    refuses(exception("agent-silent", { off: "no" }), "monitoring.alerts.agent-silent.off", /10|short/);
  });

  it("take the diagnostics' workspace where no other is named", () => {
    const { monitoring } = settingsOf((written) => {
      written.logAnalyticsWorkspaceId = workspaceId;
    });
    assert.equal(monitoring?.workspaceId, workspaceId);
  });
});

describe("what is watched", () => {
  it("an export is critical on a passive server and normal on the active one", () => {
    assert.ok(planned(settingsOf(role("passive"))).g1?.includes("export-not-allowed"));
    assert.ok(!planned(settingsOf(role("active"))).g1?.includes("export-not-allowed"));
  });

  it("a change of role makes and takes exactly the alerts that know the role", () => {
    const [passive, active] = [
      planned(settingsOf(role("passive"))).g1 ?? [],
      planned(settingsOf(role("active"))).g1 ?? [],
    ];
    assert.deepEqual(
      passive.filter((each) => !active.includes(each)),
      ["export-not-allowed"],
    );
    assert.deepEqual(active.filter((each) => !passive.includes(each)).sort(), [
      "delete-threshold",
      "export-object-errors",
      "password-sync-failing",
      "password-sync-silent",
    ]);
  });

  it("a lost and a fenced server only by what must not come from it any more", () => {
    const lost = settingsOf((written) => {
      written.generations["2"] = blockFixture((block) => {
        block.role = "lost";
      });
    });
    assert.deepEqual(planned(lost).g2, ["export-not-allowed", "fenced-server-runs"]);
  });

  it("cycles only where a scheduler is meant to run", () => {
    const off = settingsOf((written) => {
      written.gate = { enableScheduler: false };
    });
    const [watched] = watchPlan(off, undefined);
    assert.deepEqual(
      watched?.left.filter(({ because }) => /enableScheduler/.test(because)).map(({ alert }) => alert.name),
      ["no-cycle-2h", "no-cycle-24h"],
    );
  });

  it("what the scheduled task reports only where there is one", () => {
    const without = planned(settingsOf(() => undefined)).g1 ?? [];
    assert.ok(!without.includes("staging-not-as-declared") && !without.includes("archive-late"));
  });

  it("servers outside of the stack too, by name and role; their machine only in this subscription", () => {
    const vm = (id: string) => `${id}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/aadc01`;
    const withOther = (machineId?: string) =>
      planned(
        settingsOf((written) => {
          written.otherServers = [
            { computerName: "AADC01", role: "active", ...(machineId === undefined ? {} : { machineId }) },
          ];
        }),
      )["other-aadc01"] ?? [];
    assert.ok(withOther().includes("password-sync-silent") && withOther().includes("no-cycle-2h"));
    assert.ok(!withOther().includes("machine-touched"));
    assert.ok(withOther(vm(subscription)).includes("machine-touched"));
    assert.ok(!withOther(vm("/subscriptions/22222222-2222-2222-2222-222222222222")).includes("machine-touched"));
  });

  it("backups only in a vault of our own, and once", () => {
    assert.deepEqual(
      stackPlan(settingsOf(() => undefined)).map(({ alert }) => alert.name),
      ["backup-failed"],
    );
    const none = settingsOf((written) => {
      written.backup = { enabled: false };
    });
    assert.deepEqual(stackPlan(none), []);
  });

  it("nothing that is switched off, and with the severity that the settings say", () => {
    const settings = settingsOf((written) => {
      written.monitoring = {
        notify,
        alerts: { "run-errors": { off: "known and looked at weekly" }, "agent-silent": { severity: 0 } },
      };
    });
    const [watched] = watchPlan(settings, undefined);
    assert.ok(!watched?.made.some(({ alert }) => alert.name === "run-errors"));
    assert.equal(watched?.made.find(({ alert }) => alert.name === "agent-silent")?.severity, 0);
    assert.ok(watched?.left.some(({ because }) => because === "switched off: known and looked at weekly"));
  });

  it("nothing at all without the setting", () => {
    const result = validate(writtenFixture(), { today, built: {} });
    assert.ok(result.kind === "valid");
    assert.deepEqual(watchPlan(result.settings, undefined), []);
    assert.deepEqual(stackPlan(result.settings), []);
  });
});

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

describe("collection rules", () => {
  // Azure deletes none that a server is associated with: one that is made anew must not have the former one's name.
  it("have another name in another region, and the same one wherever the workspace is in the server's own", () => {
    const here = settingsOf(() => undefined);
    const named = settingsOf((written) => {
      written.monitoring = { notify, workspaceId };
    });
    const away = settingsOf((written) => {
      written.monitoring = { notify, workspaceId, workspaceLocation: "northeurope" };
    });
    assert.equal(collectionName(here, 1), "aadc-stg-g1-logs");
    assert.equal(collectionName(named, 1), collectionName(here, 1));
    assert.equal(collectionName(away, 1), "aadc-stg-g1-logs-northeurope");
    assert.equal(collectionByHand(here), "dcr-aadc-stg");
    assert.equal(collectionByHand(away), "dcr-aadc-stg-northeurope");
  });
});

describe("bodies of what watches", () => {
  const settings = settingsOf((written) => {
    written.otherServers = [{ computerName: "AADC01", role: "active" }];
  });
  const plan = watchPlan(settings, undefined);

  it("names of rules are legal, different from each other, and free of GUIDs", () => {
    const names = plan.flatMap(({ server, made }) => made.map((chosen) => ruleName("aadc-monitoring", server, chosen)));
    for (const { rule } of names) {
      assert.doesNotMatch(rule, limits.forbiddenInName);
      assert.doesNotMatch(rule, /[0-9a-f]{8}-/);
    }
    for (const key of ["rule", "logical"] as const)
      assert.equal(new Set(names.map((each) => each[key])).size, names.length, key);
    assert.ok(names.length > 30);
  });

  it("an alert that resolves has no muting, one that does not is muted as long as its window sees the event", () => {
    for (const { server, made } of plan)
      for (const chosen of made) {
        const { signal } = chosen.alert;
        if (signal.kind !== "log") continue;
        const body: { autoMitigate: boolean; muteActionsDuration?: string; windowSize: string } = logRuleBody(
          server,
          chosen,
          signal,
        );
        assert.equal(body.autoMitigate, signal.resolves);
        assert.equal(body.muteActionsDuration, signal.resolves ? undefined : body.windowSize);
      }
  });

  it("a cap that is taken out of the settings is taken out of the workspace", () => {
    const { monitoring } = settings;
    assert.ok(monitoring);
    assert.equal(workspaceBody(monitoring).workspaceCapping.dailyQuotaGb, -1);
    assert.equal(workspaceBody({ ...monitoring, dailyCapGB: 2 }).workspaceCapping.dailyQuotaGb, 2);
  });

  it("receivers have different names", () => {
    assert.deepEqual(
      emailReceivers(["a@contoso.com", "b@contoso.com"]).map(({ name }) => name),
      ["a@contoso.com", "b@contoso.com"],
    );
  });

  it("the workbook has the same GUID for the same server, and queries that Microsoft's language service finds right", () => {
    assert.match(workbookName("aadc-stg"), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(workbookName("aadc-stg"), workbookName("aadc-stg"));
    assert.notEqual(workbookName("aadc-stg"), workbookName("aadc-dr"));
    const servers = plan.map(({ server }) => server);
    for (const { title, query } of workbookParts(servers))
      assert.deepEqual(analysed(query, tables).problems, [], title);
    const data = JSON.parse(workbookData("aadc-stg", servers, workspaceId));
    assert.deepEqual(data.fallbackResourceIds, [workspaceId]);
    assert.equal(data.items.length, 2 + workbookParts(servers).length);
  });

  it("every alert is of at least one role, and stands in the table once", () => {
    assert.equal(new Set(alertTable.map(({ name }) => name)).size, alertTable.length);
    for (const { name, for: roles } of alertTable) assert.ok(roles.length > 0, name);
  });
});
