/** Pending exports of an Entra Connect pair: reading csexport files, comparing, judging. */
export { type AnalyseExports, analyseExports } from "./analyse";
export type { AttributeCounts, OperationCounts, SideSummary, State, StateCounts } from "./comparing/comparison";
export { exportsPage } from "./judging/page";
export type { ExportsReport, ExportsSummary, InputFile } from "./judging/report";
export type { ConnectorKind } from "./judging/risk";
export { readThresholds } from "./judging/thresholdSettings";
export {
  defaultTenantDeleteThreshold,
  defaultThresholds,
  type Level,
  type RiskClass,
  type Threshold,
  type Thresholds,
} from "./judging/thresholds";
export type {
  AttributeChange,
  Identity,
  ObjectChange,
  Operation,
  PendingOperation,
  ValueChange,
} from "./reading/change";
export { readExportObjects } from "./reading/objects";
