import type { Json } from "../verdict";

/** One file of the evidence, already in memory. */
export interface EvidenceFile {
  /** Inside the configuration or statistics folder, with forward slashes: `Connectors/Connector_{…}.xml`. */
  readonly path: string;
  /** For messages: where a person finds the file. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** A folder, or an archive of one, written by `Get-ADSyncServerConfiguration -Path` or by MigrateSettings.ps1. */
export interface ServerConfigurationEvidence {
  readonly kind: "server-configuration";
  /** The path as the user gave it. */
  readonly source: string;
  /** Of the file as given; undefined for a folder. */
  readonly sha256?: string;
  readonly configuration: readonly EvidenceFile[];
}

/** What `scripts/collect.ps1` brought back; every file has been checked against the hashes in the manifest. */
export interface CollectedEvidence {
  readonly kind: "collected";
  readonly source: string;
  /** Of the file as given; undefined for a folder. */
  readonly sha256?: string;
  readonly manifest: EvidenceManifest;
  /** Empty where the collector could not export the configuration. */
  readonly configuration: readonly EvidenceFile[];
  readonly statistics: readonly EvidenceFile[];
  /** Listed and intact, but neither configuration nor statistics. Paths are those of the manifest. */
  readonly others: readonly EvidenceFile[];
}

/** A settings JSON file of the wizard (`Applied-…`, `Exported-…`, `MigratedPolicy.json`). */
export interface SettingsFileEvidence {
  readonly kind: "settings-file";
  readonly source: string;
  /** Of the file as given; undefined for a folder. */
  readonly sha256?: string;
  readonly file: EvidenceFile;
  readonly document: { readonly [key: string]: Json };
}

export type Evidence = ServerConfigurationEvidence | CollectedEvidence | SettingsFileEvidence;

/** `manifest.json` of the collector's archive, schema `entra-connect-evidence/1`. */
export interface EvidenceManifest {
  readonly schema: string;
  /** ISO 8601, UTC. */
  readonly collectedAt: string;
  readonly server: { readonly [key: string]: Json };
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly size: number }[];
  /** Of the bytes of `manifest.json`, in lower case: what the next collection of a chain names. */
  readonly sha256: string;
  /** The whole document, for what else a later collector says. */
  readonly document: { readonly [key: string]: Json };
}

/** Far above any real configuration (the Contoso sample: 2.3 MB), far below what would hurt the machine. */
export const limits = {
  fileBytes: 64 * 1024 * 1024,
  totalBytes: 256 * 1024 * 1024,
  files: 20_000,
  folderDepth: 8,
  xmlDepth: 64,
  /** In one file, and in all files of a comparison; the largest file of the Contoso sample has 50,000. */
  xmlElements: 1_000_000,
  xmlElementsInAll: 3_000_000,
  jsonDepth: 64,
} as const;
