import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StoredBlob } from "../../review/archive";
import { nameOf } from "../../review/archive";
import type { Json } from "../../review/verdict";
import { archiveBytes } from "../review/evidence/archives";
import { serverFiles, type Told } from "../review/statistics/servers";

/** One collection as the scheduled task adds it to an archive. */
export interface Added {
  readonly name: string;
  readonly bytes: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  readonly manifestSha256: string;
  readonly collectedAt: Date;
}

export interface ChainOptions {
  /** In lower case; default AADC1's. */
  readonly chain?: string;
  readonly computer?: string;
  readonly staging?: boolean;
  readonly begin?: string;
  /** Hours between two; default 24. */
  readonly everyHours?: number;
  /** Files below `configuration/`; default: one connector and two rules that say nothing. */
  readonly configuration?: Readonly<Record<string, string>>;
}

/** What one collection has other than the rest of its chain. */
export interface Peculiar {
  readonly at?: string;
  readonly archive?: Readonly<Record<string, Json>>;
  readonly health?: Readonly<Record<string, Json>>;
  readonly told?: Told;
  /** Without these files. */
  readonly without?: readonly string[];
}

export const activeChain = "3f1c0b52-0000-4000-8000-000000000001";
export const passiveChain = "7ab4d9e1-0000-4000-8000-000000000002";
export const scriptSha256 = "5c".repeat(32);
const day = 86_400_000;
const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");
const instant = (at: Date): string => at.toISOString().replace(/\.\d+Z$/u, "Z");

/** As little as one of the wizard holds. */
const settingsFile = JSON.stringify({
  onpremisesDirectoryPolicy: [],
  azureDirectoryPolicy: {},
  policyMetadata: { azureADConnectVersion: "2.6.92.0" },
});

const smallConfiguration: Readonly<Record<string, string>> = {
  "Connectors/Connector_{1}.xml": "<ma-data><name>contoso.com</name></ma-data>",
  "SynchronizationRules/SynchronizationRule_{1}.xml": "<synchronizationRule><name>In</name></synchronizationRule>",
  "SynchronizationRules/SynchronizationRule_{2}.xml": "<synchronizationRule><name>Out</name></synchronizationRule>",
};

/** A machine that collects once a day, as the scheduled task does: each collection names the one before. */
export class CollectionChain {
  readonly added: Added[] = [];
  readonly chain: string;
  readonly computer: string;
  readonly staging: boolean;

  constructor(readonly options: ChainOptions = {}) {
    this.chain = options.chain ?? activeChain;
    this.computer = options.computer ?? "AADC1";
    this.staging = options.staging ?? false;
  }

  /** Ten, or as many as are asked for. */
  static async of(count = 10, options: ChainOptions = {}): Promise<CollectionChain> {
    const chain = new CollectionChain(options);
    for (let number = 1; number <= count; number++) await chain.collect();
    return chain;
  }

  get last(): Added {
    const last = this.added.at(-1);
    if (last === undefined) throw new Error("nothing was collected yet");
    return last;
  }

  /** Adds the next one to the chain. */
  async collect(peculiar: Peculiar = {}): Promise<Added> {
    const added = await this.make(this.added.length + 1, this.added.at(-1) ?? null, peculiar);
    this.added.push(added);
    return added;
  }

  /** A collection of this machine that follows any other one; not added to the chain. */
  async make(sequence: number, previous: Added | null, peculiar: Peculiar = {}): Promise<Added> {
    const begin = Date.parse(this.options.begin ?? "2026-11-16T20:00:00Z");
    const every = (this.options.everyHours ?? 24) * 3_600_000;
    const collectedAt = new Date(peculiar.at ?? begin + (sequence - 1) * every);
    const link = {
      chain: this.chain,
      sequence,
      previous: previous === null ? null : { name: previous.name, manifestSha256: previous.manifestSha256 },
      startedAnew: null,
      vmId: this.chain,
      generation: this.staging ? 1 : null,
      script: { version: "0.3.0", sha256: scriptSha256 },
      ...peculiar.archive,
    };
    const told: Told = {
      collectedAt: instant(collectedAt),
      computerName: this.computer,
      staging: this.staging,
      globalParameter: this.staging,
      connectors: ["contoso.com"],
      runs: [
        { profile: "Delta Import", ended: instant(new Date(collectedAt.getTime() - 20 * 60_000)) },
        { profile: "Delta Synchronization", ended: instant(new Date(collectedAt.getTime() - 15 * 60_000)) },
      ],
      ...peculiar.told,
      archive: link,
      files: {
        ...prefixed("configuration/", this.options.configuration ?? smallConfiguration),
        "statistics/scheduler.json": JSON.stringify({ StagingModeEnabled: this.staging, SyncCycleEnabled: true }),
        "settings/Applied-SynchronizationPolicy-20260901-100000.JSON": settingsFile,
        "health/health.json": JSON.stringify({ ...this.health(collectedAt, sequence), ...peculiar.health }),
        ...peculiar.told?.files,
      },
    };
    const files = { ...serverFiles(told) };
    if (peculiar.without !== undefined) return this.packed(without(files, peculiar.without), link, collectedAt);
    return this.packed(files, link, collectedAt);
  }

  /** The zip of these files, under the name and metadata that the task would give it. */
  async packed(
    files: Readonly<Record<string, string>>,
    { chain, sequence }: { readonly chain: string; readonly sequence: number },
    collectedAt: Date,
  ): Promise<Added> {
    const bytes = await archiveBytes(files);
    const manifestSha256 = sha256(files["manifest.json"] ?? "");
    return {
      name: nameOf({ chain, computer: this.computer, sequence, collectedAt }),
      bytes,
      manifestSha256,
      collectedAt,
      metadata: {
        sha256: sha256(bytes),
        manifestsha256: manifestSha256,
        chain,
        sequence: String(sequence),
        collectedat: instant(collectedAt),
      },
    };
  }

  /** A healthy server's. */
  health(collectedAt: Date, sequence: number) {
    const before = (minutes: number): string => instant(new Date(collectedAt.getTime() - minutes * 60_000));
    return {
      schema: "entra-connect-health/1",
      collectedAt: instant(collectedAt),
      computerName: this.computer,
      chain: this.chain,
      sequence,
      generation: this.staging ? 1 : null,
      staging: {
        scheduler: this.staging,
        globalParameter: this.staging,
        syncCycleEnabled: true,
        schedulerSuspended: false,
      },
      versions: { wizard: "2.6.92.0", engine: "2.6.92.0" },
      service: { status: "Running", startType: "Auto" },
      autoUpgrade: "Disabled",
      certificateEndsAt: instant(new Date(collectedAt.getTime() + 60 * day)),
      database: { kind: "localdb", sizeMB: 1200 },
      engineConfigSha256: "a1".repeat(32),
      machineConfigSha256: "b2".repeat(32),
      ports: [{ host: "dc1.contoso.com", port: 389, state: "open" }],
      permissions: [{ what: "contoso.com: replicate directory changes", state: "ok", why: "" }],
      runs: {
        lastImportAt: before(20),
        lastExportAt: this.staging ? null : before(10),
        lastSynchronizationAt: before(15),
        lastResult: "success",
      },
      archive: { state: "queued", name: null, queue: { count: 0, sizeMB: 0, oldestAt: null }, why: null },
      notAvailable: [],
    };
  }

  /** Into a folder, as `archive pull` and a rehearsal lay them down. */
  writeTo(folder: string, which: readonly Added[] = this.added): void {
    for (const { name, bytes, metadata, collectedAt } of which) {
      const path = join(folder, ...name.split("/"));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      writeFileSync(`${path}.json`, JSON.stringify({ name, createdAt: collectedAt, metadata }));
    }
  }
}

/** As a storage account lists it; `more`: what this one has otherwise. */
export function listed({ name, bytes, metadata, collectedAt }: Added, more: Partial<StoredBlob> = {}): StoredBlob {
  return {
    name,
    versionId: `${instant(collectedAt).replace("Z", "")}.0000000Z`,
    current: true,
    size: bytes.length,
    createdAt: new Date(collectedAt.getTime() + 60_000),
    md5: createHash("md5").update(bytes).digest("hex"),
    metadata,
    protection: { until: new Date(collectedAt.getTime() + 400 * day), mode: "unlocked", legalHold: false },
    ...more,
  };
}

function without(files: Readonly<Record<string, string>>, paths: readonly string[]): Record<string, string> {
  const kept = Object.entries(files).filter(([path]) => !paths.some((gone) => path.startsWith(gone)));
  const manifest = JSON.parse(files["manifest.json"] ?? "{}") as { files: readonly { path: string }[] };
  const remaining = manifest.files.filter(({ path }) => !paths.some((gone) => path.startsWith(gone)));
  return { ...Object.fromEntries(kept), "manifest.json": JSON.stringify({ ...manifest, files: remaining }) };
}

const prefixed = (prefix: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${prefix}${path}`, text]));
