import type { Alert, AlertSeverity, Need, WatchedServer } from "./alert";
import { alertTable } from "./table";

/** What the settings say of one alert instead of the table. */
export interface Exception {
  readonly off?: string;
  readonly severity?: number;
}

export interface Circumstances {
  readonly server: WatchedServer;
  /** What is there for it. */
  readonly has: ReadonlySet<Need>;
  readonly exceptions: Readonly<Record<string, Exception>>;
}

export interface Chosen {
  readonly alert: Alert;
  readonly severity: AlertSeverity;
}

/** An alert of the server's role that is not made, and why. */
export interface LeftOut {
  readonly alert: Alert;
  readonly because: string;
}

/** For a sentence: what is missing. */
const missing: Readonly<Record<Need, string>> = {
  agent: "no agent sends its logs",
  task: "no scheduled task reports it (archive.schedule)",
  scheduler: "its scheduler is not meant to run (gate.enableScheduler)",
  machine: "it is no machine of this subscription",
  vault: "there is no vault of our own",
};

/** The alerts of one server, by its role: what is made, and what is not and why. */
export function chooseAlerts({ server, has, exceptions }: Circumstances): {
  readonly made: readonly Chosen[];
  readonly left: readonly LeftOut[];
} {
  const made: Chosen[] = [];
  const left: LeftOut[] = [];
  for (const alert of alertTable) {
    if (!alert.for.includes(server.role) || alert.signal.kind === "metric") continue;
    const { off, severity } = exceptions[alert.name] ?? {};
    const lacking = alert.needs.find((need) => !has.has(need));
    if (off !== undefined) left.push({ alert, because: `switched off: ${off}` });
    else if (lacking !== undefined) left.push({ alert, because: missing[lacking] });
    else made.push({ alert, severity: (severity ?? alert.severity) as AlertSeverity });
  }
  return { made, left };
}

/** Of the stack as a whole: Azure's own metrics, which know no server. */
export function chooseForStack(has: ReadonlySet<Need>, exceptions: Circumstances["exceptions"]): readonly Chosen[] {
  return alertTable.flatMap((alert) => {
    const { off, severity } = exceptions[alert.name] ?? {};
    if (alert.signal.kind !== "metric" || off !== undefined || alert.needs.some((need) => !has.has(need))) return [];
    return [{ alert, severity: (severity ?? alert.severity) as AlertSeverity }];
  });
}
