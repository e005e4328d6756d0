/**
 * Judges one passive server, each answer where it arises: what one step found is told before the next one calls a person.
 * Answers are schema-checked before they come here.
 */

import type {
  DiagnoseAccessAnswer,
  EnableRemoteAccessAnswer,
  FirstSynchronizationAnswer,
  InstallPackageAnswer,
  JoinDomainAnswer,
  KeepArchivingAnswer,
  ProveMembershipAnswer,
  ReachAnswer,
  ReceiveSettingsFileAnswer,
  RestartAfterJoinAnswer,
  SetPrerequisitesAnswer,
  SwitchOffAutoUpgradeAnswer,
  VerifyStagingAnswer,
} from "../../scripts/answers";
import { archiveRules } from "./archiveRules";
import { firstSynchronizationRules, verificationRules } from "./connectRules";
import { diagnosisRules } from "./diagnosisRules";
import { autoUpgradeRules, engineRules } from "./engineRules";
import { importedRules } from "./importedRules";
import { joinRules, membershipRules, restartAfterJoinRules } from "./joinRules";
import { installationRules, reachRules, setPrerequisitesRules } from "./machineRules";
import { type Judge, judgeBy } from "./rule";
import { signInRules } from "./signInRules";

export { type ConnectionFailure, connectionFailureOf, connectionFailures } from "./connectionFailures";
export type { DiagnosisContext } from "./diagnosisRules";
export { judgePrerequisites } from "./prerequisites/judgePrerequisites";
export { isSatisfied, tlsValues } from "./prerequisites/tlsValues";
export { ageInDays, type Judge, type JudgingContext, type PortMeaning } from "./rule";

export { forServer, type SignInPolicy, signInPolicies } from "./signInPolicies";
/** For every answer with a part `signIn`. */
export { type SignInAnswer, signInRules } from "./signInRules";

export const judgeRemoteAccess: Judge<EnableRemoteAccessAnswer> = judgeBy(signInRules);
/** The context may bring the pinned host key (DiagnosisContext). */
export const judgeDiagnosis: Judge<DiagnoseAccessAnswer> = judgeBy(diagnosisRules);
export const judgeReach: Judge<ReachAnswer> = judgeBy(reachRules);
export const judgeJoin: Judge<JoinDomainAnswer> = judgeBy(joinRules);
export const judgeRestartAfterJoin: Judge<RestartAfterJoinAnswer> = judgeBy(restartAfterJoinRules);
export const judgeMembership: Judge<ProveMembershipAnswer> = judgeBy<ProveMembershipAnswer>([
  ...membershipRules,
  ...signInRules,
]);
export const judgeSetPrerequisites: Judge<SetPrerequisitesAnswer> = judgeBy(setPrerequisitesRules);
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
export const judgeKeepArchiving: Judge<KeepArchivingAnswer> = judgeBy(archiveRules);
