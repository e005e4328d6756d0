import { stringify } from "csv-stringify/sync";
import type { Chosen } from "../../review/alerts";
import { durationText, roleText, severityText } from "../../review/alerts/words";
import type { Block, Page, Section } from "../../review/render";
import type { Settings } from "../settings/settings";
import { ruleName } from "./plan";
import { stackPlan, type WatchPlan, watchPlan } from "./servers";

/** What `entra-connect alerts` prints of settings: pages and CSV. Pure. */

/** One rule as it would be made. */
export interface AlertRow {
  readonly server: string;
  readonly role: string;
  readonly alert: string;
  readonly severity: string;
  readonly looksBack: string;
  readonly asks: string;
  readonly title: string;
  readonly why: string;
  readonly first: string;
  readonly rule: string;
}

const looks = ({ signal }: Chosen["alert"]): readonly [string, string] =>
  signal.kind === "activity" ? ["–", "at once"] : [durationText(signal.window), durationText(signal.every)];

/** The subscription of a stack is not in its settings; a server outside of it counts as one of it. */
function plansOf(settings: Settings): readonly WatchPlan[] {
  const [first] = settings.otherServers.flatMap(({ machineId }) => machineId?.split("/")[2] ?? []);
  return watchPlan(settings, first);
}

const alertRow = ({ alert, severity }: Chosen, of: Readonly<Record<"server" | "role" | "rule", string>>): AlertRow => {
  const [looksBack, asks] = looks(alert);
  return {
    ...of,
    alert: alert.name,
    severity: severityText(alert, severity),
    looksBack,
    asks,
    title: alert.title,
    why: alert.why,
    first: alert.first,
  };
};

export function alertRows(settings: Settings): readonly AlertRow[] {
  const ofServers = plansOf(settings).flatMap(({ server, made }) =>
    made.map((chosen) =>
      alertRow(chosen, {
        server: server.computerName,
        role: roleText[server.role],
        rule: ruleName("", server, chosen).rule,
      }),
    ),
  );
  const ofTheStack = stackPlan(settings).map((chosen) =>
    alertRow(chosen, { server: settings.name, role: "the vault", rule: `${settings.name}-${chosen.alert.name}` }),
  );
  return [...ofServers, ...ofTheStack];
}

const columns = ["server", "role", "alert", "severity", "looksBack", "asks", "title", "why", "first", "rule"] as const;

export function alertsCsv(stacks: readonly Settings[]): string {
  return stringify(
    stacks.flatMap((settings) => alertRows(settings).map((row) => columns.map((column) => row[column]))),
    { header: true, columns: [...columns] },
  );
}

export function alertsPage(stacks: readonly Settings[]): Page {
  return {
    title: "What is watched, and who is told",
    subtitle:
      "From the settings alone. Why each is watched, what to do first and where the signal is from: docs/monitoring.md, and --format csv.",
    sections: stacks.map(stackSection),
  };
}

function stackSection(settings: Settings): Section {
  const { monitoring, name } = settings;
  if (monitoring === undefined)
    return {
      id: name,
      title: name,
      blocks: [{ kind: "paragraph", text: "Nothing is watched: there is no setting monitoring.", tone: "attention" }],
    };
  const { emails, actionGroupIds } = monitoring.notify;
  const rows = alertRows(settings);
  const ofTheStack = rows.filter(({ server }) => server === name);
  return {
    id: name,
    title: name,
    blocks: [
      {
        kind: "facts",
        rows: [
          { label: "Told", value: [...emails, ...actionGroupIds].join(", ") },
          { label: "Workspace", value: monitoring.workspaceId ?? "one of our own" },
          { label: "Rules", value: String(rows.length) },
        ],
      },
    ],
    sections: [
      ...plansOf(settings).map((plan): Section => serverSection(plan, rows)),
      ...(ofTheStack.length === 0
        ? []
        : [{ id: `${name}-vault`, title: "The vault", blocks: [alertsTable(ofTheStack)] }]),
    ],
  };
}

function serverSection({ server, left }: WatchPlan, rows: readonly AlertRow[]): Section {
  const own = rows.filter((row) => row.server === server.computerName);
  return {
    id: `alerts-${server.computerName}`,
    title: `${server.computerName} (${roleText[server.role]})`,
    blocks: [
      alertsTable(own),
      ...(left.length === 0
        ? []
        : [
            {
              kind: "list",
              items: [...new Set(left.map(({ because }) => because))].map(
                (why) =>
                  `Not made, since ${why}: ${left.flatMap(({ alert, because }) => (because === why ? [alert.name] : [])).join(", ")}.`,
              ),
            } satisfies Block,
          ]),
    ],
  };
}

const alertsTable = (rows: readonly AlertRow[]): Block => ({
  kind: "table",
  columns: ["alert", "severity", "looks back", "asks every", "a server that …"].map((title) => ({ title })),
  rows: rows.map(({ alert, severity, looksBack, asks, title }) => [
    { text: alert, code: true },
    severity,
    looksBack,
    asks,
    title,
  ]),
});
