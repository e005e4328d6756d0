/** Reads what was brought back from a server: folders, archives, settings files; and says what it is. */
export { type Aged, agedEvidence, ageFindings } from "./check/ages";
export { type CheckOptions, checkPair } from "./check/checkPair";
export type { EvidenceFinding } from "./check/found";
export { oneRoleFinding, roleFinding } from "./check/roles";
export { versionFindings } from "./check/versionFindings";
export { decodeBytes, type Encoding, encodingOf } from "./encoding";
export type {
  CollectedEvidence,
  Evidence,
  EvidenceFile,
  EvidenceManifest,
  ServerConfigurationEvidence,
  SettingsFileEvidence,
} from "./evidence";
export { limits } from "./evidence";
export { madeFrom, madeNow } from "./header";
export {
  type ConfigurationFacts,
  type EvidenceIdentity,
  identityOf,
  readsDisagree,
  type StagingReads,
  sameServer,
  stagingModeOf,
} from "./identity";
export { type Instant, momentOf, readInstant } from "./instant";
export { deeperThan, isJsonObject, type JsonObject, memberOf, readJson } from "./json";
export { evidenceSchema, manifestName } from "./manifest";
export { readEvidence, readEvidenceBytes } from "./readEvidence";
export { decodeText } from "./text";
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
