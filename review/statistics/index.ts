/** Statistics of two servers, from the collector's archives, compared with tolerances. */
export { compareStatistics, compareStatisticsOf } from "./compare";
export {
  type ComparedConnector,
  type ConnectorStatistics,
  defaultTolerances,
  type ServerStatistics,
  type StatisticsReport,
  type StatisticsSummary,
  type Tolerances,
} from "./model";
export { statisticsPage } from "./page";
export { readStatistics } from "./read";
