/** Five minutes to a day: what all three lists have. */
const upToADay = [
  "PT5M",
  "PT10M",
  "PT15M",
  "PT30M",
  "PT45M",
  "PT1H",
  "PT2H",
  "PT3H",
  "PT4H",
  "PT5H",
  "PT6H",
  "P1D",
] as const;

/**
 * What Azure takes of alert rules, in one place. Durations: the lists that hashicorp/terraform-provider-azurerm checks before it
 * sends (internal/services/monitor/monitor_scheduled_query_rules_alert_v2_resource.go). Names: facts/monitoring.md 5. The number of
 * action groups, and a workspace's days, are general knowledge and unverified.
 */
export const limits = {
  evaluationFrequency: ["PT1M", ...upToADay],
  windowSize: ["PT1M", ...upToADay, "P2D"],
  muteActionsDuration: [...upToADay, "P2D"],
  /** Of a rule's name. */
  forbiddenInName: /[#<>%&:?/{}*\\]|[ .]$/,
  longestName: 260,
  /** Of an action group. */
  longestShortName: 12,
  actionGroups: 5,
  /** In one query of a data collection rule's event logs. */
  xPathExpressions: 20,
} as const;

/** Minutes of an ISO 8601 duration as Azure writes it. */
export function minutesOf(duration: string): number {
  const [, days = "0", hours = "0", minutes = "0"] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? [];
  return Number(days) * 1440 + Number(hours) * 60 + Number(minutes);
}
