/** The library's public surface. */

export { type ExistingBackup, findExistingBackup } from "./backup/existing";
export { portTable } from "./network/ports";
export { type GenerationOutputs, PassiveServer, type PassiveServerArgs } from "./passiveServer";
export { type Planned, preparePassiveServer } from "./prepare";
export { type Deployed, readDeployed, readMemory } from "./settings/deployed";
export { checkAgainstMemory, type DeployedGeneration, type Fingerprint, type Memory } from "./settings/memory";
export { type ReadSettings, readSettings } from "./settings/readSettings";
export { settingsSchema } from "./settings/schema";
export {
  type AccessSettings,
  type BackupSettings,
  type ConnectSettings,
  type DatabaseSettings,
  type ImageSettings,
  type JumpHostSettings,
  type NetworkSettings,
  type Problem,
  type ReasonedException,
  type RetirementOverride,
  type Secrets,
  type ServerSettings,
  type ServiceAccountSettings,
  type Settings,
  SettingsError,
} from "./settings/settings";
export { type Validated, validate } from "./settings/validate";
