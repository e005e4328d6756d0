/** The library's public surface: one class, its arguments, its outputs, its errors. */

import "./requirePeers";

export type {
  AccessArgs,
  AcknowledgementArgs,
  BackupArgs,
  ConnectArgs,
  DatabaseArgs,
  DomainArgs,
  ExceptionArgs,
  FeaturesArgs,
  GateArgs,
  GenerationArgs,
  ImageArgs,
  InstallerArgs,
  JumpHostArgs,
  LocksArgs,
  MaintenanceArgs,
  NetworkArgs,
  PassiveServerArgs,
  PrerequisitesArgs,
  ServiceAccountArgs,
  SettingsFileArgs,
  WindowArgs,
  WithoutSettingsFileArgs,
} from "./args";
export type { ReportedFinding } from "./findings";
export { fromSettings } from "./fromSettings";
export type { ServerOutput } from "./generation";
export { PassiveServer } from "./passiveServer";
export { type Problem, SettingsError } from "./settings/settings";
