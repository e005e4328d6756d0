/** Alerts of Azure Monitor by the role of a server: one table. */
export type {
  ActivitySignal,
  Alert,
  AlertSeverity,
  Duration,
  LogSignal,
  MetricSignal,
  Need,
  WatchedRole,
  WatchedServer,
} from "./alert";
export { type Chosen, chooseAlerts, chooseForStack, type LeftOut } from "./choose";
export { collectedCounters, collectedEvents } from "./collected";
export { limits } from "./limits";
export { measuredColumn } from "./query";
export { alertNames, alertTable } from "./table";
