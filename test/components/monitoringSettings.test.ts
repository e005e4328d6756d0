import assert from "node:assert/strict";
import { notify, settingsOf, subscription, workspaceId } from "../support/monitoringFixture";
import type { Written } from "../support/settingsFixture";
import { accepts, refuses } from "../support/settingsProblems";

const actionGroupId = (name: string): string =>
  `${subscription}/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/${name}`;

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
