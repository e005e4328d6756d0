/**
 * Judges one passive server, each answer where it arises: what one step found is told before the next one calls a person.
 * Answers are schema-checked before they come here.
 */

import type {
  FirstSynchronizationAnswer,
  InstallPackageAnswer,
  PrerequisitesAnswer,
  ReachAnswer,
  ReceiveSettingsFileAnswer,
  SwitchOffAutoUpgradeAnswer,
  VerifyStagingAnswer,
} from "../../scripts/answers";
import { firstSynchronizationRules, verificationRules } from "./connectRules";
import { autoUpgradeRules, engineRules } from "./engineRules";
import { importedRules } from "./importedRules";
import { installationRules, prerequisitesRules, reachRules } from "./machineRules";
import { type Judge, judgeBy } from "./rule";

export { ageInDays, type Judge, type JudgingContext } from "./rule";

export const judgeReach: Judge<ReachAnswer> = judgeBy(reachRules);
export const judgePrerequisites: Judge<PrerequisitesAnswer> = judgeBy(prerequisitesRules);
export const judgeInstallation: Judge<InstallPackageAnswer> = judgeBy(installationRules);
/** The script refuses every file but the pinned one, so only its own warnings are left to tell. */
export const judgeSettingsFile: Judge<ReceiveSettingsFileAnswer> = judgeBy([]);
export const judgeAutoUpgrade: Judge<SwitchOffAutoUpgradeAnswer> = judgeBy(autoUpgradeRules);
export const judgeVerification: Judge<VerifyStagingAnswer> = judgeBy([
  ...verificationRules,
  ...engineRules,
  ...importedRules,
]);
export const judgeFirstSynchronization: Judge<FirstSynchronizationAnswer> = judgeBy(firstSynchronizationRules);
