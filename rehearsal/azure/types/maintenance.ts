import { windowsTimeZone } from "../../../azure/timeZones";
import { ArmError, notFound } from "../arm/errors";
import { parseId } from "../arm/ids";
import { at, objectAt, putDefault, same, textAt, textsAt } from "../properties/json";
import { topLevelEnvelope } from "../properties/shape";
import { define } from "./define";
import type { Subscription } from "./resourceType";
import { virtualMachineType } from "./virtualMachine";

const configurationType = "Microsoft.Maintenance/maintenanceConfigurations";
const window = "properties.maintenanceWindow";

const refused = (message: string) => new ArmError(400, "BadRequest", message);

/** Microsoft.Compute's own list (VMGuestPatchClassification_Windows of its REST specification). */
const classifications = [
  "Critical",
  "Security",
  "UpdateRollUp",
  "FeaturePack",
  "ServicePack",
  "Definition",
  "Tools",
  "Updates",
];

/** ARM description of recurEvery, in any letter case: lists of weekdays and of days, offsets of at most six days. */
const weekday = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
const ofMonth = "day(?:[1-9]|[12][0-9]|3[01])";
const recurrences = [
  "Days?",
  `Weeks?(?: ${weekday}(?:, ?${weekday})*)?`,
  `Months?(?: ${ofMonth}(?:, ?${ofMonth})*)?`,
  `Months? (?:First|Second|Third|Fourth|Last) ${weekday}(?: Offset-?[0-6])?`,
].map((form) => new RegExp(`^(?:[1-9][0-9]*)?${form}$`, "i"));

/**
 * When updates are installed. Azure's rules for the guest scope: azure-compute-docs, maintenance-configurations.md; the
 * words are the rehearsal's own but for the patch mode's (Azure/bicep#8959).
 */
export const maintenanceConfiguration = define("maintenance", "MaintenanceConfiguration", {
  answersAtOnce: ["PUT", "DELETE"],
  type: configurationType,
  path: `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/${configurationType}/{resourceName}`,
  shape: {
    envelope: topLevelEnvelope,
    containers: Object.fromEntries(
      ["startDateTime", "expirationDateTime", "duration", "timeZone", "recurEvery"].map((name) => [
        name,
        "maintenanceWindow",
      ]),
    ),
  },
  required: ["location"],
  rules: {
    put({ body, existing }, subscription) {
      const scope = textAt(body, "properties.maintenanceScope");
      const before = textAt(existing?.body, "properties.maintenanceScope");
      if (before !== undefined && !same(scope, before)) throw refused("The maintenance scope cannot be changed.");
      putDefault(body, "properties.visibility", "Custom");
      putDefault(body, "properties.namespace", "Microsoft.Maintenance");
      if (!same(scope, "InGuestPatch")) return;
      if (textAt(body, "properties.extensionProperties.InGuestPatchMode") === undefined)
        throw refused("Extension properties must contain Patch mode (InGuestPatchMode).");
      const value = (name: string) => textAt(body, `${window}.${name}`);
      const [start, duration] = [value("startDateTime"), value("duration")];
      if (start === undefined || !/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(start))
        throw refused("maintenanceWindow.startDateTime must have the form YYYY-MM-DD hh:mm.");
      const unchanged = start === textAt(existing?.body, `${window}.startDateTime`);
      // "either the current date or future date", of any zone on earth.
      if (!unchanged && Date.parse(`${start.slice(0, 10)}T23:59:00Z`) < subscription.now().getTime() - 43_200_000)
        throw refused("maintenanceWindow.startDateTime must be the current or a future date.");
      const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(duration ?? "") ?? [];
      const length = Number(hours) * 60 + Number(minutes);
      if (Number.isNaN(length) || length < 90 || length > 235)
        throw refused("maintenanceWindow.duration must be between 01:30 and 03:55 for the scope InGuestPatch.");
      if (value("recurEvery") === undefined || value("timeZone") === undefined)
        throw refused("maintenanceWindow needs recurEvery and timeZone.");
      const zone = value("timeZone") ?? "";
      if (windowsTimeZone(zone).kind !== "windows")
        throw refused(`maintenanceWindow.timeZone '${zone}' is not a Windows time zone.`);
      // ARM description of recurEvery.
      const every = value("recurEvery") ?? "";
      if (!recurrences.some((form) => form.test(every)))
        throw refused(
          `maintenanceWindow.recurEvery '${every}' is not of the form Day, 2Weeks, Week Sunday, Month Second Tuesday.`,
        );
      for (const each of textsAt(body, "properties.installPatches.windowsParameters.classificationsToInclude"))
        if (!classifications.some((known) => same(known, each)))
          throw refused(`'${each}' is no classification of Windows updates: ${classifications.join(", ")}.`);
      putDefault(body, `${window}.expirationDateTime`, "9999-12-31 23:59");
    },
  },
});

/** Binds a configuration to one machine, whose patch mode must hand the patching over (the same page). */
export const configurationAssignment = define("maintenance", "ConfigurationAssignment", {
  answersAtOnce: ["PUT", "DELETE"],
  type: "Microsoft.Maintenance/configurationAssignments",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/{providerName}/{resourceType}/{resourceName}/providers/Microsoft.Maintenance/configurationAssignments/{configurationAssignmentName}",
  rules: {
    put({ id, body }, subscription) {
      const configurationId = textAt(body, "properties.maintenanceConfigurationId") ?? "";
      const configuration = subscription.get(configurationId);
      if (!configuration || !same(configuration.type, configurationType)) {
        const parsed = parseId(configurationId);
        if (parsed && same(parsed.type, configurationType))
          throw notFound(parsed.type, parsed.name, parsed.resourceGroup);
        throw refused(`'${configurationId}' is not the id of a maintenance configuration.`);
      }
      const holder = parseId(id)?.parent ?? "";
      if (same(textAt(configuration.body, "properties.maintenanceScope"), "InGuestPatch"))
        judgeMachine(holder, subscription);
      putDefault(body, "properties.resourceId", subscription.get(holder)?.id ?? holder);
    },
  },
});

function judgeMachine(id: string, subscription: Subscription): void {
  const machine = subscription.get(id);
  if (!machine || !same(machine.type, virtualMachineType)) return;
  const settings = objectAt(machine.body, "properties.osProfile.windowsConfiguration.patchSettings");
  const bypass = at(settings, "automaticByPlatformSettings.bypassPlatformSafetyChecksOnUserSchedule");
  if (same(textAt(settings, "patchMode"), "AutomaticByPlatform") && bypass === true) return;
  throw refused(
    `The machine '${machine.name}' does not meet the prerequisites of scheduled patching: patchMode AutomaticByPlatform with bypassPlatformSafetyChecksOnUserSchedule true.`,
  );
}
