import type { Check, JudgingContext } from "../context";
import type { Problem, Settings } from "../settings";
import { othersInOurNetwork, prefixes, serverAddresses } from "./addresses";
import { administratorNames, loginNames } from "./administrator";
import { archiveEndpoints, archiveReaders, archiveSchedules, archives } from "./archive";
import { vaults } from "./backup";
import { bastions, waysIn } from "./bastion";
import { installLocations, serviceAccounts, settingsFiles } from "./connect";
import { diagnoses } from "./diagnosis";
import { exceptions } from "./exceptions";
import { images } from "./image";
import { organizationalUnits } from "./join";
import { jumpHostKey } from "./jumpHost";
import { locksOfOurOwn, maintenanceWindows } from "./maintenance";
import { alertExceptions, alertReceivers, monitoringWorkspaces } from "./monitoring";
import { computerNames } from "./names";
import { egress, firewall, networkKinds, peerings } from "./network";
import { databaseHosts, extraOutbound, namedHosts, targetsElsewhere } from "./outbound";
import { fences, namesOutside, roles } from "./roles";
import { sizes } from "./sizing";
import { sources } from "./sources";
import { tagRules } from "./tags";
import { timeZones } from "./timeZones";
import { versions } from "./versions";

/** Everything that a schema cannot say, one concern a file. */
export const checks: readonly Check[] = [
  computerNames,
  roles,
  namesOutside,
  fences,
  exceptions,
  diagnoses,
  images,
  sizes,
  timeZones,
  administratorNames,
  loginNames,
  versions,
  settingsFiles,
  serviceAccounts,
  installLocations,
  networkKinds,
  peerings,
  egress,
  firewall,
  prefixes,
  othersInOurNetwork,
  serverAddresses,
  namedHosts,
  databaseHosts,
  targetsElsewhere,
  extraOutbound,
  sources,
  bastions,
  waysIn,
  jumpHostKey,
  organizationalUnits,
  vaults,
  archives,
  archiveSchedules,
  archiveEndpoints,
  archiveReaders,
  maintenanceWindows,
  locksOfOurOwn,
  alertReceivers,
  monitoringWorkspaces,
  alertExceptions,
  tagRules,
];

/** All problems at once. */
export function crossCheck(settings: Settings, context: JudgingContext): readonly Problem[] {
  const { built } = context;
  return checks.flatMap((check) => {
    if (check.runs === "always") return check.judge(settings, context);
    return built === undefined ? [] : check.judge(settings, { ...context, built });
  });
}
