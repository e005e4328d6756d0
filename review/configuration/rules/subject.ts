import type { ServerConfiguration, SynchronizationRule } from "../model";

/** Names rules so that nobody confuses two: with the precedence where a name is not the only one of its kind. */
export class RuleNames {
  private readonly repeated = new Set<string>();

  constructor(...configurations: readonly ServerConfiguration[]) {
    for (const configuration of configurations) {
      const seen = new Set<string>();
      for (const rule of configuration.rules) {
        const key = keyOf(rule);
        if (seen.has(key)) this.repeated.add(key);
        seen.add(key);
      }
    }
  }

  /** `rule "Ours" (inbound, contoso.com)`. */
  subject(rule: SynchronizationRule): string {
    return `rule "${rule.name}" (${[rule.direction.toLowerCase(), rule.connector, ...this.number(rule)].join(", ")})`;
  }

  /** `"Ours"`, with what tells it from the rule it is named beside. */
  beside(rule: SynchronizationRule, other: SynchronizationRule): string {
    const more = [...(rule.connector === other.connector ? [] : [rule.connector]), ...this.number(rule)];
    return `"${rule.name}"${more.length === 0 ? "" : ` (${more.join(", ")})`}`;
  }

  private number(rule: SynchronizationRule): readonly string[] {
    return this.repeated.has(keyOf(rule)) ? [`precedence ${rule.precedence}`] : [];
  }
}

function keyOf({ direction, connector, name }: SynchronizationRule): string {
  return `${direction}\n${connector}\n${name.trim()}`.toLowerCase();
}

/** Precedence of custom rules that the wizard's import carries (facts: 0–99). */
export function outsideImport(rule: SynchronizationRule): boolean {
  return rule.precedence < 0 || rule.precedence > 99;
}
