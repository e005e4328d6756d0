/** The library's public surface: one class, its arguments, its outputs, its errors. */

import "./requirePeers";

export type {
  AccessArgs,
  AcknowledgementArgs,
  AlertExceptionArgs,
  ArchiveArgs,
  ArchiveLockArgs,
  ArchivePrivateEndpointArgs,
  ArchiveScheduleArgs,
  BackupArgs,
  BastionArgs,
  ConnectArgs,
  DatabaseArgs,
  DomainArgs,
  DomainJoinArgs,
  ExceptionArgs,
  ExtraOutboundArgs,
  FeaturesArgs,
  FenceArgs,
  GateArgs,
  GenerationArgs,
  ImageArgs,
  InstallerArgs,
  JumpHostArgs,
  LocksArgs,
  MaintenanceArgs,
  MonitoringArgs,
  NamedHostArgs,
  NetworkArgs,
  NotifyArgs,
  OtherServerArgs,
  PassiveServerArgs,
  PrerequisitesArgs,
  RoleSwitchArgs,
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
