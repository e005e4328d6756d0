import assert from "node:assert/strict";
import { alertCounts, alertCountText } from "../../../rehearsal/run/alerts";

const rule = (type: string, name: string, severity?: number) => ({
  id: `/subscriptions/a/resourceGroups/g/providers/${type}/${name}`,
  type,
  apiVersion: "",
  name,
  body: { properties: { severity: severity ?? null } },
});

describe("alerts of a rehearsal", () => {
  it("are counted by server, critical ones beside them; what is nobody's of ours is left out", () => {
    const counted = alertCounts([
      rule("Microsoft.Insights/scheduledQueryRules", "aadc-stg-g1-export-not-allowed", 0),
      rule("Microsoft.Insights/scheduledQueryRules", "aadc-stg-g1-no-cycle-24h", 1),
      rule("Microsoft.Insights/activityLogAlerts", "aadc-stg-g2-machine-touched"),
      rule("Microsoft.Insights/scheduledQueryRules", "somebody-elses-rule", 0),
      rule("Microsoft.Compute/virtualMachines", "aadc-stg-g1-agent-silent"),
    ]);
    assert.deepEqual(counted.map(alertCountText), [
      "aadc-stg-g1: 2 alert rules, 1 critical",
      "aadc-stg-g2: 1 alert rule",
    ]);
  });
});
