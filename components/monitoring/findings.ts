import { alertTable } from "../../review/alerts";
import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import type { Question } from "../memory/question";
import { standing } from "../memory/remembered";
import { generationNames } from "../server/names";
import type { Problem, Settings } from "../settings/settings";
import { monitoringNames } from "./plan";
import { watchPlan } from "./servers";

/** What is not watched, and why; what goes with a setting that is taken out. */

type Asked = Pick<Question, "settings" | "remembered" | "identity">;

const listed = (names: readonly string[]): string => [...names].sort().join(", ");

export function monitoringFindings(question: Asked): readonly Finding[] {
  return question.settings.monitoring === undefined ? leavingFindings(question) : watchingFindings(question);
}

function watchingFindings({ settings, remembered, identity }: Asked): readonly Finding[] {
  const plan = watchPlan(settings, identity.subscriptionId);
  const { parts } = remembered;
  return [
    ...switchedOff(settings),
    ...plan.flatMap(({ server, left }) => {
      const missing = left.filter(({ alert }) => settings.monitoring?.alerts[alert.name]?.off === undefined);
      return [...new Set(missing.map(({ because }) => because))].map((why) => {
        const alerts = missing.filter(({ because }) => because === why);
        return readiness("alerts-left-out", "info", server.computerName, {
          title: `${alerts.length === 1 ? "one alert" : `${alerts.length} alerts`} of ${server.computerName} ${alerts.length === 1 ? "is" : "are"} not made, since ${why}: ${listed(alerts.map(({ alert }) => alert.name))}`,
          cause: "docs/monitoring.md",
          next: "",
        });
      });
    }),
    ...settings.generations.flatMap(({ role, generation }) => {
      const { machine } = generationNames(settings.name, generation);
      if (parts.has(`g${generation}-agent`) || (role !== "active" && role !== "passive")) return [];
      if (settings.monitoring?.agent === false) return [byHand(settings, machine, "monitoring.agent is off")];
      // One that never had ours: nothing is installed on it.
      return role === "active" ? [byHand(settings, machine, "nothing is installed on an active generation")] : [];
    }),
    ...plan
      .filter(({ server }) => server.generation === undefined && server.role !== "fenced")
      .map(({ server }) => byHand(settings, server.computerName, "it is no server of this stack")),
    ...workspaceGoes(settings, parts),
  ];
}

function byHand(settings: Settings, machine: string, why: string): Finding {
  const made = settings.otherServers.length > 0 || settings.monitoring?.agent === false;
  return readiness("agent-by-hand", "info", machine, {
    title: `${machine} is watched, and its agent is yours: ${why}`,
    cause: "alerts of logs rest on what the Azure Monitor agent sends; until it does, agent-silent fires",
    next: `install the agent there and associate it with ${made ? `the data collection rule ${monitoringNames(settings).collectionByHand}` : "a data collection rule like those of docs/monitoring.md"}`,
  });
}

function switchedOff({ monitoring }: Settings): readonly Finding[] {
  return alertTable.flatMap(({ name, title, severity }) => {
    const { off } = monitoring?.alerts[name] ?? {};
    if (off === undefined) return [];
    return [
      readiness("alert-off", severity === 0 ? "warning" : "info", name, {
        title: `the alert ${name} is switched off: nobody is told of a server that ${title}`,
        cause: off,
        next: severity === 0 ? `take monitoring.alerts.${name} out as soon as its reason is gone` : "",
      }),
    ];
  });
}

function leavingFindings({ settings, remembered: { parts } }: Asked): readonly Finding[] {
  if (!parts.has("monitoring-group")) return [];
  const { resourceGroup, workspace } = monitoringNames(settings);
  return [
    readiness("monitoring-goes", "warning", resourceGroup, {
      title: `monitoring is taken out: ${resourceGroup} with every alert rule is deleted in this run${parts.has("monitoring-workspace") ? `, and the workspace ${workspace} with the logs in it` : ""}; nobody is told of anything any more`,
      cause: "monitoring",
      next: "nothing if that is meant; else monitoring as before",
    }),
  ];
}

function workspaceGoes(settings: Settings, parts: ReadonlySet<string>): readonly Finding[] {
  if (settings.monitoring?.workspaceId === undefined || !parts.has("monitoring-workspace")) return [];
  const { workspace } = monitoringNames(settings);
  return [
    readiness("workspace-goes", "warning", workspace, {
      title: `the workspace ${workspace} of our own is deleted in this run with the logs in it: another one is named`,
      cause: "monitoring.workspaceId",
      next: "export what is still needed of it first, or leave workspaceId out",
    }),
  ];
}

/** Nothing of an active generation changes, so what it sends its logs to must not go either. */
export function workspaceProblems({ settings, remembered }: Asked): readonly Problem[] {
  const { parts } = remembered;
  const goes =
    parts.has("monitoring-workspace") &&
    (settings.monitoring === undefined || settings.monitoring.workspaceId !== undefined);
  const stands = new Set(standing(remembered));
  const active = settings.generations.find(
    ({ role, generation }) => role === "active" && stands.has(generation) && parts.has(`g${generation}-logs`),
  );
  if (!goes || active === undefined) return [];
  return [
    {
      path: settings.monitoring === undefined ? "monitoring" : "monitoring.workspaceId",
      problem: `generation ${active.generation} is active and sends its logs to the workspace ${monitoringNames(settings).workspace}, which these settings would delete; nothing of an active generation is changed`,
      write: "monitoring with a workspace of our own as before, as long as that generation is active",
    },
  ];
}
