import { isJsonObject, type JsonObject, momentOf } from "../evidence";
import type { Json } from "../verdict";

export const healthSchema = "entra-connect-health/1";
/** Where it lies in a collection. */
export const healthPath = "health/health.json";

/** What the task saw of a server beside its configuration. Null is what it could not see; times are ISO 8601, UTC. */
export interface Health {
  readonly collectedAt: string | null;
  readonly computerName: string | null;
  readonly staging: {
    readonly scheduler: boolean | null;
    readonly globalParameter: boolean | null;
    readonly syncCycleEnabled: boolean | null;
    readonly schedulerSuspended: boolean | null;
  };
  readonly versions: { readonly wizard: string | null; readonly engine: string | null };
  readonly service: { readonly status: string | null; readonly startType: string | null };
  readonly autoUpgrade: string | null;
  readonly certificateEndsAt: string | null;
  readonly database: { readonly kind: string | null; readonly sizeMB: number | null };
  readonly engineConfigSha256: string | null;
  readonly machineConfigSha256: string | null;
  readonly ports: readonly { readonly host: string; readonly port: number; readonly state: string }[];
  readonly permissions: readonly { readonly what: string; readonly state: string; readonly why: string | null }[];
  readonly runs: {
    readonly lastImportAt: string | null;
    readonly lastExportAt: string | null;
    readonly lastSynchronizationAt: string | null;
    readonly lastResult: string | null;
  };
  /** What waited on the server for its upload when this was collected. */
  readonly queue: { readonly count: number | null; readonly sizeMB: number | null; readonly oldestAt: string | null };
  readonly notAvailable: readonly { readonly name: string; readonly reason: string }[];
}

/** Reads `health/health.json`; a member of another kind than it should be counts as not seen. Undefined for another document. */
export function readHealth(document: Json): Health | undefined {
  if (!isJsonObject(document) || document.schema !== healthSchema) return undefined;
  const [staging, versions, service] = [object(document.staging), object(document.versions), object(document.service)];
  const [database, runs] = [object(document.database), object(document.runs)];
  const queue = object(object(document.archive).queue);
  return {
    collectedAt: moment(document.collectedAt),
    computerName: text(document.computerName),
    staging: {
      scheduler: truth(staging.scheduler),
      globalParameter: truth(staging.globalParameter),
      syncCycleEnabled: truth(staging.syncCycleEnabled),
      schedulerSuspended: truth(staging.schedulerSuspended),
    },
    versions: { wizard: text(versions.wizard), engine: text(versions.engine) },
    service: { status: text(service.status), startType: text(service.startType) },
    autoUpgrade: text(document.autoUpgrade),
    certificateEndsAt: moment(document.certificateEndsAt),
    database: { kind: text(database.kind), sizeMB: number(database.sizeMB) },
    engineConfigSha256: text(document.engineConfigSha256)?.toLowerCase() ?? null,
    machineConfigSha256: text(document.machineConfigSha256)?.toLowerCase() ?? null,
    ports: objects(document.ports).flatMap(({ host, port, state }) =>
      typeof host === "string" && typeof port === "number" && typeof state === "string" ? [{ host, port, state }] : [],
    ),
    permissions: objects(document.permissions).flatMap(({ what, state, why }) =>
      typeof what === "string" && typeof state === "string" ? [{ what, state, why: text(why) }] : [],
    ),
    runs: {
      lastImportAt: moment(runs.lastImportAt),
      lastExportAt: moment(runs.lastExportAt),
      lastSynchronizationAt: moment(runs.lastSynchronizationAt),
      lastResult: text(runs.lastResult),
    },
    queue: { count: number(queue.count), sizeMB: number(queue.sizeMB), oldestAt: moment(queue.oldestAt) },
    notAvailable: objects(document.notAvailable).flatMap(({ name, reason }) =>
      typeof name === "string" ? [{ name, reason: text(reason) ?? "no reason given" }] : [],
    ),
  };
}

const object = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];
const text = (value: Json | undefined): string | null => (typeof value === "string" && value !== "" ? value : null);
const number = (value: Json | undefined): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
const truth = (value: Json | undefined): boolean | null => (typeof value === "boolean" ? value : null);
const moment = (value: Json | undefined): string | null => (typeof value === "string" ? momentOf(value) : null);
