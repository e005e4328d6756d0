import assert from "node:assert/strict";
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
import { notify, role, settingsOf, subscription, workspaceId } from "../support/monitoringFixture";
import { blockFixture, today, writtenFixture } from "../support/settingsFixture";

/** Names of alerts by the server's key. */
const planned = (settings: Settings): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    watchPlan(settings, "11111111-1111-1111-1111-111111111111").map(({ server, made }) => [
      server.key,
      made.map(({ alert }) => alert.name),
    ]),
  );

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
