export { type Here, type Lock, readLock, readState } from "./checkpoint";
export { failureOf, type RunFailure, runFailures } from "./failures";
export { recoverPage } from "./page";
export { pendingMeanings } from "./pending";
export { planRecovery, type RecoverPlan, type StackFacts, type StateCopy, type Step } from "./plan";
