/**
 * What users may set of the rules. One table: defaults, the policy pack's configuration schema and the documentation come
 * from it.
 */
export interface PostureSettings {
  readonly managementPorts: readonly number[];
  readonly widestNamedSource: number;
  readonly minimumSoftDeleteDays: number;
  readonly minimumRetentionDays: number;
  readonly stateAccounts: readonly string[];
}
export type SettingName = keyof PostureSettings;

interface SettingRow<Value> {
  readonly default: Value;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly description: string;
}

export const settingTable: { readonly [Name in SettingName]: SettingRow<PostureSettings[Name]> } = {
  managementPorts: {
    default: [22, 3389, 5985, 5986],
    schema: { type: "array", minItems: 1, items: { type: "integer", minimum: 1, maximum: 65535 } },
    description: "Ports by which the machines are managed: SSH, Remote Desktop, WinRM without and with TLS.",
  },
  widestNamedSource: {
    default: 65_536,
    schema: { type: "integer", minimum: 1, maximum: 16_777_216 },
    description:
      "IPv4 addresses that may reach a management port, all rules together; more are no named source. 65536 is a /16. IPv6 counts in /48 networks.",
  },
  minimumSoftDeleteDays: {
    default: 14,
    schema: { type: "integer", minimum: 14, maximum: 180 },
    description: "Days that deleted recovery points are kept. Azure's own range is 14 to 180.",
  },
  minimumRetentionDays: {
    default: 7,
    schema: { type: "integer", minimum: 1, maximum: 9999 },
    description: "Days that daily recovery points are kept.",
  },
  stateAccounts: {
    default: [],
    schema: { type: "array", items: { type: "string", minLength: 3 } },
    description:
      "Names of storage accounts that hold Pulumi state; one that has a container with `pulumi` or `state` in its name is recognized by that.",
  },
};

export const defaultSettings = Object.fromEntries(
  Object.entries(settingTable).map(([name, row]) => [name, row.default]),
) as unknown as PostureSettings;
