import { alertNames, alertTable, limits } from "../../../review/alerts";
import { type Check, problem } from "../context";

const { actionGroups: mostActionGroups } = limits;

const writtenMonitoring = (written: unknown): Readonly<Record<string, unknown>> =>
  (written as { readonly monitoring?: Readonly<Record<string, unknown>> }).monitoring ?? {};

/** What only a workspace of our own has. */
const ofOurOwn = ["retentionDays", "dailyCapGB"] as const;

export const alertReceivers: Check = {
  concern: "somebody is told of an alert, and no rule has more action groups than Azure takes",
  runs: "always",
  judge: ({ monitoring }) => {
    if (monitoring === undefined) return [];
    const { actionGroupIds, emails } = monitoring.notify;
    const twice = actionGroupIds.find((id, index) =>
      actionGroupIds.slice(0, index).some((earlier) => earlier.toLowerCase() === id.toLowerCase()),
    );
    return [
      ...(actionGroupIds.length + emails.length === 0
        ? [
            problem(
              "monitoring.notify",
              "names nobody: no one would be told of an alert",
              "emails, actionGroupIds, or both",
            ),
          ]
        : []),
      ...(twice === undefined
        ? []
        : [problem("monitoring.notify.actionGroupIds", `names ${twice} twice; Azure ignores letter case`, "it once")]),
      ...(emails.length > 0 && actionGroupIds.length >= mostActionGroups
        ? [
            problem(
              "monitoring.notify",
              `there are ${actionGroupIds.length} action groups and one of our own for emails; Azure takes ${mostActionGroups} in a rule`,
              `${mostActionGroups - 1} actionGroupIds or fewer, or no emails`,
            ),
          ]
        : []),
    ];
  },
};

export const monitoringWorkspaces: Check = {
  concern:
    "a workspace of somebody else's making comes with nothing that is for one of our own, and the other way round",
  runs: "always",
  judge: ({ monitoring, location }, { written }) => {
    if (monitoring === undefined) return [];
    const asWritten = writtenMonitoring(written);
    if (monitoring.workspaceId === undefined)
      return monitoring.workspaceLocation === location
        ? []
        : [
            problem(
              "monitoring.workspaceLocation",
              `is ${monitoring.workspaceLocation}, but no workspace is named: one of our own is made in ${location}`,
              "workspaceId too, or nothing",
            ),
          ];
    return ofOurOwn
      .filter((key) => asWritten[key] !== undefined)
      .map((key) =>
        problem(
          `monitoring.${key}`,
          `is for a workspace of our own, but ${asWritten.workspaceId === undefined ? "logAnalyticsWorkspaceId" : "monitoring.workspaceId"} is set: it would have no effect`,
          "nothing; it is set in that workspace",
        ),
      );
  },
};

export const alertExceptions: Check = {
  concern: "an exception from the alert table says one thing",
  runs: "always",
  judge: ({ monitoring }) =>
    Object.entries(monitoring?.alerts ?? {}).flatMap(([name, { off, severity }]) => {
      const path = `monitoring.alerts.${name}`;
      if (!alertNames.includes(name))
        return [problem(path, "there is no such alert", `one of ${alertNames.join(", ")}`)];
      if (off !== undefined && severity !== undefined)
        return [problem(path, "is off and has a severity", "off with its reason, or severity")];
      if (off === undefined && severity === undefined)
        return [problem(path, "says nothing", "off: why there is none, or severity: 0 to 4")];
      if (severity !== undefined && alertTable.find((alert) => alert.name === name)?.signal.kind === "activity")
        return [
          problem(
            `${path}.severity`,
            "would have no effect: Azure gives alerts of the activity log no severity",
            "nothing; off with its reason where nobody is to be told",
          ),
        ];
      return [];
    }),
};
