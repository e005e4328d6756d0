import { alertTable } from "../../review/alerts";
import { severityWords } from "../../review/alerts/words";
import type { ArmResource } from "../world/contract";

/** Alert rules of the simulated Azure, counted: which server has how many, and how severe. */

export interface AlertCount {
  /** Computer's name; a vault's alerts have the server's base name. */
  readonly server: string;
  readonly rules: number;
  readonly critical: number;
}

const ruleTypes = /\/(scheduledQueryRules|activityLogAlerts|metricAlerts)$/i;
const names = alertTable.map(({ name }) => name).sort((left, right) => right.length - left.length);

export function alertCounts(resources: readonly ArmResource[]): readonly AlertCount[] {
  const counted = new Map<string, { rules: number; critical: number }>();
  for (const { type, name, body } of resources) {
    if (!ruleTypes.test(type)) continue;
    const alert = names.find((each) => name.endsWith(`-${each}`));
    // Somebody else's rule is nobody's of ours.
    if (alert === undefined) continue;
    const server = name.slice(0, -alert.length - 1);
    const before = counted.get(server) ?? { rules: 0, critical: 0 };
    const { severity } = (body as { readonly properties?: { readonly severity?: unknown } }).properties ?? {};
    counted.set(server, { rules: before.rules + 1, critical: before.critical + (severity === 0 ? 1 : 0) });
  }
  return [...counted]
    .map(([server, counts]) => ({ server, ...counts }))
    .sort((a, b) => a.server.localeCompare(b.server));
}

export const alertCountText = ({ server, rules, critical }: AlertCount): string =>
  `${server}: ${rules === 1 ? "1 alert rule" : `${rules} alert rules`}${critical === 0 ? "" : `, ${critical} ${severityWords[0]}`}`;
