import type { Alert } from "../alert";

/** What Azure itself says: no agent is needed for it. */
export const azureAlerts: readonly Alert[] = [
  {
    name: "machine-touched",
    title: "was touched through the control plane of Azure",
    severity: 1,
    for: ["active", "passive", "fenced"],
    needs: ["machine"],
    standsFromTheStart: true,
    signal: {
      kind: "activity",
      operations: [
        "Microsoft.Compute/virtualMachines/runCommand/action",
        "Microsoft.Compute/virtualMachines/runCommands/write",
        "Microsoft.Compute/virtualMachines/extensions/write",
        "Microsoft.Compute/disks/beginGetAccess/action",
        "Microsoft.Authorization/roleAssignments/write",
      ],
    },
    why: "A run command or an extension is an administrator on a Tier 0 server, an exported disk is a copy of its secrets. Runs of this stack do some of it too: read who it was.",
    first:
      "Who and when in the machine's activity log. Not a run of yours: treat the server and the tenant as taken over.",
    source:
      "operations [V] (facts/monitoring.md 6); only rights given on the machine or its disk itself are seen, not on its group",
  },
  {
    name: "backup-failed",
    title: "a backup job failed",
    severity: 2,
    for: ["passive"],
    needs: ["vault"],
    signal: {
      kind: "metric",
      namespace: "Microsoft.RecoveryServices/vaults",
      metric: "BackupHealthEvent",
      except: { dimension: "healthStatus", values: ["Healthy"] },
      every: "PT1H",
      window: "P1D",
    },
    why: "A server without recent recovery points is still a standby, but evidence and disk are lost with it.",
    first: "The vault's backup jobs say which machine and why.",
    source: "metric and its dimension healthStatus [V azure-reference-other, AMBA]; the word Healthy [K], unverified",
  },
];
