/** Configuration of one server, and the comparison of two. */

export {
  type ComparisonSummary,
  type ConfigurationComparison,
  type ConfigurationReport,
  compareConfigurations,
} from "./compare/compareConfigurations";
export type { Difference, DifferenceClass } from "./compare/comparison";
export { type ComparisonResult, compareServers } from "./compareServers";
export type {
  AttributeMapping,
  Connector,
  Direction,
  DirectorySchema,
  JoinCondition,
  Parameter,
  Partition,
  RawValue,
  RunProfile,
  RunStep,
  SchemaEntry,
  ScopeCondition,
  ServerConfiguration,
  SynchronizationRule,
} from "./model";
export { parameterValue } from "./read/metaverse";
export { readServerConfiguration } from "./read/readServerConfiguration";
export { comparisonPage, type ViewOptions } from "./report/page";
export { flowText, joinGroups, mappingText, scopeGroups, tightExpression } from "./rules/text";
