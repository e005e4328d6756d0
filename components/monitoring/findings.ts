import { alertTable } from "../../review/alerts";
import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import type { Question } from "../memory/question";
import { standing } from "../memory/remembered";
import { generationNames } from "../server/names";
import { sameId } from "../settings/resourceId";
import type { Problem, Settings } from "../settings/settings";
import { collectedByHand, collectionByHand, monitoringNames } from "./plan";
import { type Watched, watchPlan } from "./servers";

/** What is not watched, and why; what goes with a setting that is taken out. */

type Asked = Pick<Question, "settings" | "remembered" | "identity">;

const listed = (names: readonly string[]): string => [...names].sort().join(", ");

export function monitoringFindings(question: Asked): readonly Finding[] {
  return question.settings.monitoring === undefined ? leavingFindings(question) : watchingFindings(question);
}

function watchingFindings(question: Asked): readonly Finding[] {
  const { settings, remembered, identity } = question;
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
    ...plan.flatMap(({ server, made }) => {
      const why = notOurs(server, settings);
      if (why === undefined) return [];
      const part = (name: string): boolean =>
        server.generation !== undefined && parts.has(`g${server.generation}-${name}`);
      const collection = collectedByHand(settings) ? collectionByHand(settings) : undefined;
      return [
        ...(part("agent") ? [] : [agentByHand(server.computerName, why, collection)]),
        ...(part("archive-task") || why === agentOff || !made.some(({ alert }) => alert.needs.includes("task"))
          ? []
          : [taskByHand(server.computerName, why)]),
      ];
    }),
    ...workspaceGoes(settings, parts),
    ...collectionByHandGoes(settings, parts),
    ...sendsElsewhere(question),
  ];
}

const agentOff = "monitoring.agent is off";

/** Why nothing of ours is installed on a server that is to be heard; what an active one got as a passive one it keeps. */
function notOurs({ generation, role }: Watched, { monitoring }: Settings): string | undefined {
  if (role === "fenced") return undefined;
  if (generation === undefined) return "it is no server of this stack";
  if (role === "active") return "nothing is installed on an active generation";
  return monitoring?.agent === false ? agentOff : undefined;
}

function agentByHand(machine: string, why: string, collection: string | undefined): Finding {
  return readiness("agent-by-hand", "info", machine, {
    title: `${machine} is watched, and its agent is yours: ${why}`,
    cause: "alerts of logs rest on what the Azure Monitor agent sends; until it does, agent-silent fires",
    next: `install the agent there and associate it with ${collection === undefined ? "a data collection rule like those of docs/monitoring.md" : `the data collection rule ${collection}`}`,
  });
}

function taskByHand(machine: string, why: string): Finding {
  return readiness("collector-by-hand", "info", machine, {
    title: `${machine} is watched by what the scheduled task reports, and the task there is yours: ${why}`,
    cause: "archive.schedule; until that server archives, archive-late fires",
    next: "entra-connect collector bundle makes what an operator installs there (docs/collector.md); or the alerts off that need the task",
  });
}

/** Nothing of an active generation is changed: its logs go on to where they went, and the rules ask another workspace. */
function sendsElsewhere({ settings, remembered }: Asked): readonly Finding[] {
  const now = settings.monitoring?.workspaceId;
  const { ledger, parts } = remembered;
  const before = ledger?.spelling?.["monitoring.workspaceId"];
  if (before === undefined || sameId(before, now)) return [];
  return settings.generations
    .filter(({ role, generation }) => role === "active" && parts.has(`g${generation}-logs`))
    .map(({ generation }) => {
      const { machine } = generationNames(settings.name, generation);
      return readiness("logs-elsewhere", "warning", machine, {
        title: `${machine} is active and goes on sending its logs to ${before}, while its alerts ask ${now ?? "a workspace of our own"} from this run on: agent-silent fires, and every other alert of its logs is blind`,
        cause: "monitoring.workspaceId; nothing of an active generation is changed",
        next: `monitoring.workspaceId: ${before} as long as it is active, or point the data collection rule of ${machine} at the other workspace by hand`,
      });
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
    ...collectionByHandGoes(settings, parts),
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

/** Azure deletes no collection rule that a server is associated with, and those associations are not of this stack. */
function collectionByHandGoes(settings: Settings, parts: ReadonlySet<string>): readonly Finding[] {
  if (!parts.has("monitoring-logs-by-hand") || collectedByHand(settings)) return [];
  const rule = collectionByHand(settings);
  return [
    readiness("collection-by-hand-goes", "warning", rule, {
      title: `the data collection rule ${rule} of agents that are yours is deleted in this run; Azure refuses that as long as a server is associated with it`,
      cause: settings.monitoring === undefined ? "monitoring" : "otherServers, monitoring.agent",
      next: `az monitor data-collection rule association delete --name entra-connect --resource <machine> for each of them first, then pulumi up`,
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
