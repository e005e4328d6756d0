import type { Alert } from "./alert";
import { azureAlerts } from "./table/azure";
import { changeAlerts } from "./table/changes";
import { machineAlerts } from "./table/machine";
import { reportedAlerts } from "./table/reported";
import { synchronizationAlerts } from "./table/synchronization";

/** *The* alert table: rules in Azure, docs/monitoring.md and the tests come from it. */
export const alertTable: readonly Alert[] = [
  ...synchronizationAlerts,
  ...changeAlerts,
  ...machineAlerts,
  ...reportedAlerts,
  ...azureAlerts,
];

export const alertNames: readonly string[] = alertTable.map(({ name }) => name);
