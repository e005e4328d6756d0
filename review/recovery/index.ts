export { type Reading, readCheckpoint, unfetched, unread } from "./checkpoint";
export type { Commands, Observed, SeenBackup, SeenLock, Step } from "./observed";
export { recoveryPage } from "./page";
export { pendingDocument } from "./pendingTable";
export { planRecovery, type RecoveryReport } from "./plan";
export { runFailureDocument, runFailureOf } from "./runFailures";
