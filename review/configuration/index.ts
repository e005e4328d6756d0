/** Configuration of one server, and the comparison of two. */
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
