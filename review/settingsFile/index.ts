/** The settings file of the wizard: what it says, what is wrong with it, and what the wizard's import makes of it. */
export { type DigestedGap, digestOf, digestRevision, type SettingsFileDigest } from "./digest";
export { type GapFound, type GapsInFile, gapsIn, unseenGaps } from "./gapsInFile";
export { freshDays, itemsText, type SettingsFileContext, settingsFileFindings } from "./judge";
export {
  type DirectoryInFile,
  freshExport,
  readSettingsFile,
  type SettingsFileContent,
  type SettingsFileReading,
  type SettingsFileRefusal,
} from "./readSettingsFile";
