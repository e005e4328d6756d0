/** Configuration of one server, and the comparison of two. */

export type { DifferenceClass } from "./classes";
export {
  type ComparedServer,
  type ComparisonContext,
  type ComparisonSummary,
  type ConfigurationComparison,
  type ConfigurationReport,
  compareConfigurations,
} from "./compare/compareConfigurations";
export { isSecretParameter } from "./compare/compareParameters";
export { type CoverageDifference, compareCoverage } from "./compare/containers";
export {
  type ComparedInput,
  type CompareOptions,
  type ComparisonResult,
  compareInputs,
  compareServers,
  readInput,
} from "./compareServers";
export type { Difference } from "./judging/comparison";
export { accountKind } from "./known/fileSettings";
export { knownSetting, knownSettings } from "./known/knownSettings";
export type { Equality, KnownSetting, Place } from "./known/model";
export { movingAt } from "./known/moving";
export {
  encryptedPaths,
  isSecret,
  isSecretValue,
  lastName,
  likelySecretName,
  notShown,
  secretName,
  tellingValue,
} from "./known/secrets";
export { knownSettingsTable } from "./known/table";
export {
  type AttributeMapping,
  type Connector,
  type Direction,
  type DirectorySchema,
  type JoinCondition,
  type Parameter,
  type Partition,
  type RawValue,
  type RulePart,
  type RunProfile,
  type RunStep,
  type SchemaEntry,
  type ScopeCondition,
  type ServerConfiguration,
  type SynchronizationRule,
  says,
} from "./model";
export { parameterValue } from "./read/metaverse";
export { readServerConfiguration } from "./read/readServerConfiguration";
export { comparisonPage, type ViewOptions } from "./report/page";
export { readSettings, type SettingsFile } from "./settings/readSettings";
export {
  flowSource,
  flowText,
  joinGroups,
  mappingText,
  scopeGroups,
  tightExpression,
} from "./wording/ruleText";
