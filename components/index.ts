/** The library's public surface: one class, its arguments, its outputs, its errors. */

import "./requirePeers";

export type {
  AccessArgs,
  AcknowledgementArgs,
  ArchiveArgs,
  ArchiveLockArgs,
  ArchivePrivateEndpointArgs,
  BackupArgs,
  BastionArgs,
  ConnectArgs,
  DatabaseArgs,
  DomainArgs,
  DomainJoinArgs,
  ExceptionArgs,
  ExtraOutboundArgs,
  FeaturesArgs,
  GateArgs,
  GenerationArgs,
  ImageArgs,
  InstallerArgs,
  JumpHostArgs,
  LocksArgs,
  MaintenanceArgs,
  NamedHostArgs,
  NetworkArgs,
  PassiveServerArgs,
  PrerequisitesArgs,
  ServiceAccountArgs,
  SettingsFileArgs,
  TunnelArgs,
  WindowArgs,
  WithoutSettingsFileArgs,
} from "./args";
export type { ReportedFinding } from "./findings";
export { fromSettings } from "./fromSettings";
export type { ServerOutput } from "./generation";
export { PassiveServer } from "./passiveServer";
export { type Problem, SettingsError } from "./settings/settings";
