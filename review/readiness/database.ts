/** LocalDB has a limit (SQL Server Express). Microsoft: tshoot-connect-recover-from-localdb-10gb-limit.md. */
export const limitMB = 10 * 1024;

/** From here on a warning: automatic upgrade leaves such a server out (entra-connect.md section 17). */
export const warningMB = 8 * 1024;

export interface DatabaseSize {
  readonly kind: string;
  readonly usedMB: number | null;
  readonly fileMB: number | null;
}

/** In MB, by what LocalDB says or the size of its file; undefined where there is nothing to warn of. */
export function nearLimit(database: DatabaseSize | null | undefined): number | undefined {
  if (database?.kind !== "localdb") return undefined;
  const size = Math.max(database.usedMB ?? 0, database.fileMB ?? 0);
  return size < warningMB ? undefined : size;
}

export const gigabytes = (megabytes: number): string => `${(megabytes / 1024).toFixed(1)} GB`;

export const sizeTitle = (server: string, size: number): string =>
  `the LocalDB of ${server} has ${gigabytes(size)} of the ${limitMB / 1024} GB it can have; at that size synchronization stops (event 6323, stopped-database-disk-full)`;

export const sizeCause =
  "many objects, or a long run history; from 8 GB on Entra Connect does not upgrade itself either";

export const sizeNext =
  "do not stop the service. On the server delete old run history (Synchronization Service Manager, Operations, Actions, Clear Runs)";
