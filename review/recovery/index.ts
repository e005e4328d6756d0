export { type PendingOperation, type Reading, readCheckpoint, unfetched, unread } from "./checkpoint";
export type { Commands, Observed, SeenBackup, SeenLock, Step } from "./observed";
export { recoveryPage, stepText } from "./page";
export { pendingDocument, pendingTable } from "./pendingTable";
export { planRecovery, type RecoveryReport, type RecoverySummary } from "./plan";
export { type RunFailure, runFailureDocument, runFailureOf, runFailures } from "./runFailures";
