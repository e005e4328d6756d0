/**
 * One server's configuration as `Get-ADSyncServerConfiguration` writes it, with typed meaning for what is known.
 * What has no typed place is kept as `rest`, so that nothing in the files is silently ignored.
 */
export interface ServerConfiguration {
  /** The folder or archive as the user gave it. */
  readonly source: string;
  /** `server` in MV.xml. */
  readonly serverName?: string;
  /** `export-date` in MV.xml, as written. */
  readonly exportedAt?: string;
  /** Global parameter `Microsoft.Synchronize.ServerConfigurationVersion`. */
  readonly version?: string;
  /** Global parameter `Microsoft.Synchronize.StagingMode`; undefined where the files do not say True or False. */
  readonly stagingMode?: boolean;
  readonly parameters: readonly Parameter[];
  readonly metaverse: DirectorySchema;
  /** Sorted by name. */
  readonly connectors: readonly Connector[];
  /** Sorted by direction, precedence, name: the order in which the engine applies them. */
  readonly rules: readonly SynchronizationRule[];
  /** What MV.xml holds beyond the above. */
  readonly rest: readonly RawValue[];
  /** A settings file of the wizard: holds directories, partitions and rules only, and of standard rules little. */
  readonly partial?: true;
  /** Further files beside the three known folders (for example `PersistedState.xml`), each as raw values. */
  readonly otherFiles: readonly { readonly path: string; readonly values: readonly RawValue[] }[];
}

/** A value without typed meaning: where it is in the file, and what it says. */
export interface RawValue {
  /** Element names joined by `/`, list members by their name: `MAConfig/parameter-definitions/parameter[UserName]/use`. */
  readonly path: string;
  readonly value: string;
}

export interface Parameter {
  readonly name: string;
  readonly value: string;
  /** `type`, `use`, `dataType`, `encrypted`, `intrinsic`… as written. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Connector {
  /** As written, braces included, lower case. */
  readonly id: string;
  readonly name: string;
  /** `AD`, `Extensible2`… */
  readonly category: string;
  readonly kind: "active-directory" | "entra" | "other";
  readonly description: string;
  readonly subtype: string;
  readonly partitions: readonly Partition[];
  /** Sorted. */
  readonly selectedAttributes: readonly string[];
  readonly anchors: readonly { readonly objectType: string; readonly attributes: readonly string[] }[];
  readonly runProfiles: readonly RunProfile[];
  /** AD connectors: the switch of this forest and the connector that gets the hashes. */
  readonly passwordHashSync?: { readonly enabled: boolean; readonly targetConnectorId: string };
  /** The Entra connector: the switch of password writeback (`aad-password-reset-config`). */
  readonly passwordWriteback?: { readonly enabled: boolean };
  readonly passwordSyncAllowed?: string;
  /** As written: a decimal number. */
  readonly capabilityBits?: string;
  /** Accounts, ports, binding… as written in the connector's private configuration. */
  readonly connectivity: readonly RawValue[];
  readonly parameters: readonly Parameter[];
  readonly schema: DirectorySchema;
  readonly rest: readonly RawValue[];
  readonly file: string;
}

export interface Partition {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly selected: boolean;
  readonly objectTypes: readonly string[];
  /** Distinguished names. */
  readonly inclusions: readonly string[];
  readonly exclusions: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly rest: readonly RawValue[];
}

export interface RunProfile {
  readonly id: string;
  readonly name: string;
  readonly steps: readonly RunStep[];
  readonly rest: readonly RawValue[];
}

export interface RunStep {
  /** `full-import`, `delta-import`, `apply-rules`, `export`… */
  readonly type: string;
  /** Name of the partition, or the reference as written where no partition has it. */
  readonly partition: string;
  /** Subtypes, thresholds, batch and page sizes, time limits. */
  readonly settings: readonly RawValue[];
}

export interface DirectorySchema {
  /** `attribute-type`, `class` and `dit-content-rule` elements, by kind and name. */
  readonly entries: readonly SchemaEntry[];
  readonly rest: readonly RawValue[];
}

export interface SchemaEntry {
  readonly kind: string;
  readonly name: string;
  /** References to other entries are given by name: `attribute mail` → `required=false`. Made when first asked for. */
  readonly properties: ReadonlyMap<string, string>;
  /** Quick and one-sided: true means equal, false means that the properties have to be compared. */
  looksLike(other: SchemaEntry): boolean;
}

export type Direction = "Inbound" | "Outbound";

/** What evidence can leave unsaid of a rule. `groups`: which conditions of the scope belong together. */
export type RulePart =
  | "direction"
  | "disabled"
  | "description"
  | "object types"
  | "link type"
  | "precedence"
  | "neighbours"
  | "soft delete"
  | "password sync"
  | "scope"
  | "groups"
  | "join"
  | "flows";

export interface SynchronizationRule {
  /** What the evidence says of this rule; without it, everything. What is not in it must not be compared. */
  readonly says?: ReadonlySet<RulePart>;
  /** As written, lower case. */
  readonly id: string;
  readonly name: string;
  readonly direction: Direction;
  readonly description: string;
  /** `Microsoft.InfromADUserJoin.003` for standard rules, empty for custom ones. */
  readonly immutableTag: string;
  readonly standard: boolean;
  readonly disabled: boolean;
  readonly connectorId: string;
  /** Name of that connector; the identifier as written where the export has no such connector. */
  readonly connector: string;
  readonly sourceObjectType: string;
  readonly targetObjectType: string;
  readonly linkType: string;
  readonly precedence: number;
  /** Identifiers of other rules; undefined where they are all zeros. */
  readonly precedenceAfter?: string;
  readonly precedenceBefore?: string;
  readonly softDeleteExpiryInterval: string;
  readonly enablePasswordSync: boolean;
  /** Groups are alternatives (or); the conditions of one group must all hold (and). Empty: every object. */
  readonly scope: readonly (readonly ScopeCondition[])[];
  /** Groups are tried in order; the conditions of one group must all hold. */
  readonly join: readonly (readonly JoinCondition[])[];
  readonly mappings: readonly AttributeMapping[];
  readonly rest: readonly RawValue[];
  readonly file: string;
}

export interface ScopeCondition {
  readonly attribute: string;
  /** `EQUAL`, `NOTEQUAL`, `ISNOTNULL`, `ISBITNOTSET`… */
  readonly operator: string;
  readonly value: string;
}

export interface JoinCondition {
  /** In the connector space. */
  readonly attribute: string;
  readonly metaverseAttribute: string;
  readonly caseSensitive: boolean;
}

export interface AttributeMapping {
  readonly target: string;
  readonly flow:
    | { readonly kind: "direct"; readonly source: string }
    | { readonly kind: "constant"; readonly value: string }
    | { readonly kind: "expression"; readonly expression: string; readonly sources: readonly string[] }
    /** As a settings file writes it, which does not say whether it is an attribute, a constant or an expression. */
    | { readonly kind: "written"; readonly text: string };
  /** `Update`, `Merge`, `MergeCaseInsensitive`… */
  readonly mergeType: string;
  readonly executeOnce: boolean;
  readonly rest: readonly RawValue[];
}

/** Whether the evidence says this of a rule. */
export function says(rule: SynchronizationRule, part: RulePart): boolean {
  return rule.says === undefined || rule.says.has(part);
}
