/** What a collection of the scheduled task says of its server; `archive-configuration.health.schema.json` says the same to ajv. */
import Ajv, { type ValidateFunction } from "ajv";
import { readAsset } from "./assets";

/** Windows' event log Application. Ids: of one run of the task exactly one. */
export const healthEvents = {
  source: "pulumi-entra-connect",
  log: "Application",
  archived: 100,
  waiting: 101,
  failed: 110,
} as const;

/** Windows takes no longer message of one event (monitoring.md section 6). */
export const longestEventMessage = 31_839;

export interface CollectedHealth {
  readonly schema: "entra-connect-health/1";
  /** UTC, `yyyy-MM-ddTHH:mm:ssZ`, as every instant here. */
  readonly collectedAt: string;
  readonly computerName: string;
  readonly chain: string;
  /** null where the queue was full and the collection was not kept. */
  readonly sequence: number | null;
  /** null on a server that an operator set up by hand. */
  readonly generation: number | null;
  readonly staging: {
    readonly scheduler: boolean | null;
    readonly globalParameter: boolean | null;
    readonly syncCycleEnabled: boolean | null;
    readonly schedulerSuspended: boolean | null;
  };
  readonly versions: { readonly wizard: string | null; readonly engine: string | null };
  /** `Running`, `Automatic`…, of ADSync. */
  readonly service: { readonly status: string | null; readonly startType: string | null };
  readonly autoUpgrade: string | null;
  readonly certificateEndsAt: string | null;
  readonly database: { readonly kind: "localdb" | "sqlServer" | null; readonly sizeMB: number | null };
  /** Of miiserver.exe.config; lower-case hexadecimal. */
  readonly engineConfigSha256: string | null;
  /** Of the 64-bit .NET Framework's machine.config. */
  readonly machineConfigSha256: string | null;
  readonly ports: readonly {
    readonly host: string;
    readonly port: number;
    readonly state: "open" | "closed" | "unresolved" | "unknown";
  }[];
  readonly permissions: readonly {
    readonly what: string;
    readonly state: "ok" | "failed" | "unknown";
    readonly why: string;
  }[];
  readonly runs: {
    readonly lastImportAt: string | null;
    readonly lastExportAt: string | null;
    readonly lastSynchronizationAt: string | null;
    readonly lastResult: string | null;
  };
  readonly archive: {
    readonly state: "uploaded" | "queued" | "disabled" | "failed";
    readonly name: string | null;
    readonly queue: { readonly count: number; readonly sizeMB: number; readonly oldestAt: string | null };
    readonly why: string | null;
  };
  readonly notAvailable: readonly { readonly name: string; readonly reason: string }[];
  /** In an event only: whole lengths of lists that had to be shortened to fit. */
  readonly shortened?: Readonly<Record<string, number>>;
}

/** Event 110. */
export interface FailedHealth {
  readonly schema: "entra-connect-health/1";
  readonly collectedAt: string;
  readonly computerName: string;
  readonly chain: string | null;
  readonly failed: { readonly what: string; readonly why: string; readonly next: string };
}

export type Health = CollectedHealth | FailedHealth;

let validator: ValidateFunction | undefined;

/** What is wrong with a health.json or the message of an event, in ajv's words; empty where it is as its schema says. */
export function problemsOfHealth(value: unknown): readonly string[] {
  validator ??= new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(
    JSON.parse(readAsset("archive-configuration.health.schema.json")) as object,
  );
  if (validator(value)) return [];
  return (validator.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message ?? ""}`);
}
