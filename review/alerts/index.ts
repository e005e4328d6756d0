/** Alerts of Azure Monitor by the role of a server: one table. */
export type { Alert, AlertSeverity, Duration, LogSignal, Need, WatchedRole, WatchedServer } from "./alert";
export { collectedCounters, collectedEvents } from "./collected";
export { limits } from "./limits";
export { measuredColumn } from "./query";
export { alertNames, alertTable } from "./table";
