import type { Alert, AlertSeverity, Need, WatchedRole } from "./alert";

/** The table in words, for documentation and the command. */

export const severityWords: Readonly<Record<AlertSeverity, string>> = {
  0: "critical",
  1: "error",
  2: "warning",
  3: "informational",
  4: "verbose",
};

/** Azure gives activity log alerts no severity. */
export const severityText = ({ signal }: Pick<Alert, "signal">, severity: AlertSeverity): string =>
  signal.kind === "activity" ? "–" : `${severity} ${severityWords[severity]}`;

export const roleText: Readonly<Record<WatchedRole, string>> = {
  active: "active",
  passive: "passive",
  fenced: "fenced, lost",
};

export const needText: Readonly<Record<Need, string>> = {
  agent: "agent",
  task: "scheduled task",
  scheduler: "a scheduler that runs",
  machine: "a machine of this subscription",
  vault: "a vault of our own",
};

/** `2 h`, `15 min`, `1 d` of an ISO 8601 duration as Azure writes it. */
export function durationText(duration: string): string {
  const [, count = "", unit = ""] = /^PT?(\d+)([DHM])$/.exec(duration) ?? [];
  const words: Readonly<Record<string, string>> = { D: "d", H: "h", M: "min" };
  return `${count} ${words[unit] ?? unit}`;
}
