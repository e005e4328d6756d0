import type { RawValue } from "../model";

/**
 * What a settings JSON file and an exported folder both hold. Known keys (reconstructed from Microsoft's
 * MigrateSettings.ps1 and public parsers; no complete sample is public) have meaning, all others stay raw.
 */
export interface Settings {
  readonly source: string;
  readonly kind: "settings-file" | "folder";
  readonly hostName?: string;
  /** `azureADConnectVersion`, or the build of the exported configuration. */
  readonly version?: string;
  /** Only a folder says it in a known place. */
  readonly stagingMode?: boolean;
  readonly connectors: readonly SettingsConnector[];
  /** Values without known meaning; empty for a folder. */
  readonly rest: readonly RawValue[];
}

export interface SettingsConnector {
  /** `friendlyName`; the Entra connector has no name in a settings file. */
  readonly name: string;
  readonly kind: "active-directory" | "entra";
  readonly partitions: readonly SettingsPartition[];
  readonly rules: readonly SettingsRule[];
}

export interface SettingsPartition {
  readonly name: string;
  readonly inclusions: readonly string[];
  readonly exclusions: readonly string[];
}

export interface SettingsRule {
  readonly name: string;
  readonly standard: boolean;
  readonly tag: string;
  readonly precedence?: number;
  /** Further members in words, by label: description, direction, objects, link type, scope, flows. */
  readonly parts: ReadonlyMap<string, string>;
  readonly rest: readonly RawValue[];
}
