/** Reads what was brought back from a server: folders, archives, settings files. */
export type {
  CollectedEvidence,
  Evidence,
  EvidenceFile,
  EvidenceManifest,
  ServerConfigurationEvidence,
  SettingsFileEvidence,
} from "./evidence";
export { isJsonObject, type JsonObject, readJson } from "./json";
export { evidenceSchema, manifestName } from "./manifest";
export { readEvidence } from "./readEvidence";
export {
  child,
  childrenNamed,
  descendant,
  placeOf,
  readXml,
  textOf,
  type XmlDocument,
  type XmlElement,
  XmlReader,
} from "./xml";
