/** Pending exports of an Entra Connect pair: reading csexport files, comparing, judging. */
export {
  type AnalyseExports,
  analyseExports,
  type ExportsReport,
  type ExportsSummary,
  type InputFile,
} from "./analyse";
export type { AttributeChange, Identity, ObjectChange, Operation, PendingOperation, ValueChange } from "./change";
export type { AttributeCounts, OperationCounts, SideSummary, State, StateCounts } from "./comparison";
export { readExportObjects } from "./objects";
export { exportsPage } from "./page";
export type { ConnectorKind } from "./risk";
export { readThresholds } from "./thresholdSettings";
export {
  defaultThresholds,
  type Level,
  type RiskClass,
  type Threshold,
  type Thresholds,
} from "./thresholds";
