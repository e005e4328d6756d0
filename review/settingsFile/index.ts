/** The settings file of the wizard: what it says, what is wrong with it, and what the wizard's import makes of it. */
export {
  type DirectoryInFile,
  freshExport,
  readSettingsFile,
  type SettingsFileContent,
  type SettingsFileReading,
  type SettingsFileRefusal,
} from "./readSettingsFile";
