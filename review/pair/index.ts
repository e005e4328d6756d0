/** The pair as a whole: may the passive server be promoted? */
export { judgeReady, type ReadyInput, type ReadyPart, type ReadyResult, type ReadySummary } from "./ready";
export type { ExportsGiven } from "./readyFindings";
export { readyPage } from "./readyPage";
