/** Judging evidence, without Pulumi: the package's `./review`. One namespace a room, one vocabulary for all. */
export { type Acceptance, readAcceptances, withAccepted } from "./accepted";
export * as alerts from "./alerts";
export * as archive from "./archive";
export * as configuration from "./configuration";
export * as documentation from "./documentation";
export * as evidence from "./evidence";
export * as pendingExports from "./exports";
export * as pair from "./pair";
export * as posture from "./posture";
export * as preview from "./preview";
export * as readiness from "./readiness/judge";
export * as render from "./render";
export * as settingsFile from "./settingsFile";
export * as statistics from "./statistics";
export * as roleSwitch from "./switch";
export * from "./verdict";
export {
  judgeVersion,
  knownVersions,
  recommendedVersion,
  sourceDate,
  type VersionJudgement,
  type VersionPolicy,
  verifiedOn,
} from "./versions/versions";
