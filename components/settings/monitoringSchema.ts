import type { forms } from "./forms";
import { reason } from "./forms";

/** What one alert is instead of what the table says. */
const alert = {
  type: "object",
  additionalProperties: false,
  properties: {
    off: {
      ...reason,
      description:
        "No such alert is made, and why, in words for whoever asks later; a finding as long as it stands. [in place: its rules are deleted]",
    },
    severity: {
      type: "integer",
      minimum: 0,
      maximum: 4,
      description:
        "Another severity than the table's: 0 critical, 1 error, 2 warning, 3 informational, 4 verbose. [in place]",
    },
  },
} as const;

export const monitoring = {
  type: "object",
  additionalProperties: false,
  required: ["notify"],
  properties: {
    notify: {
      type: "object",
      additionalProperties: false,
      properties: {
        actionGroupIds: {
          type: "array",
          maxItems: 5,
          uniqueItems: true,
          items: { type: "string", format: "action-group-id" satisfies keyof typeof forms },
          default: [],
          description:
            "Action groups that exist, by their ids, in any letter case, of any subscription: at most five, one of our own included. [in place]",
        },
        emails: {
          type: "array",
          maxItems: 20,
          uniqueItems: true,
          items: { type: "string", format: "email" },
          default: [],
          description:
            "Addresses of an action group of our own. Azure writes to each of them once that it was added. [in place]",
        },
      },
      description: "Who is told: at least one of the two. [see its parts]",
    },
    workspaceId: {
      type: "string",
      format: "workspace-id" satisfies keyof typeof forms,
      description:
        "Log Analytics workspace that logs are sent to and alerts ask, in any letter case; default: logAnalyticsWorkspaceId, and without that one of our own in rg-<name>-monitoring. [in place: every rule is made anew against it; what a former one of our own holds is deleted with it]",
    },
    workspaceLocation: {
      type: "string",
      pattern: "^[a-z0-9]+$",
      description:
        "Region of a workspace of somebody else's making, short name: the collection rule and the alerts stand there; default: location. [in place: every rule is made anew]",
    },
    retentionDays: {
      type: "integer",
      minimum: 30,
      maximum: 730,
      default: 90,
      description: "Days that a workspace of our own keeps logs. [in place]",
    },
    dailyCapGB: {
      type: "integer",
      minimum: 1,
      maximum: 100,
      description:
        "What a workspace of our own takes in a day, in GB; beyond it nothing arrives until the next day, and the alerts of silence fire. Default: no cap. [in place]",
    },
    agent: {
      type: "boolean",
      default: true,
      description:
        "Azure Monitor agent on every passive server, and what it collects (docs/monitoring.md). Off, for example where Azure Policy installs it everywhere: agent and association are yours, with the collection rule dcr-<name>, and the alerts of logs are made all the same. [in place on passive generations; an active one keeps what it has]",
    },
    workbook: {
      type: "boolean",
      default: true,
      description: "A workbook that shows the pair side by side. [in place]",
    },
    alerts: {
      type: "object",
      additionalProperties: alert,
      default: {},
      description:
        "Exceptions from the alert table (docs/monitoring.md), each under the alert's name: off, the reason why there is none, at least ten characters and a finding as long as it stands; or severity, 0 critical to 4 verbose (not of machine-touched: Azure gives alerts of the activity log none). [in place: its rules are deleted, made or changed]",
    },
  },
  description:
    "Azure Monitor: agent, logs and alerts by the role of each server. Default: none. [in place: taking it out deletes workspace, rules and action group of our own in the same run, agent and association of passive generations too; nothing on an active one changes]",
} as const;
