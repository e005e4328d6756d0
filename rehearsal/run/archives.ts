import type { ArmResource, StoredBlob } from "../world/contract";

/** One container of collections as it stands at the end of a run. */
export interface StandingArchive {
  readonly account: string;
  readonly container: string;
  readonly collections: number;
  /** Name of the newest collection, and until when nobody can delete it; null where there is none, or no such time. */
  readonly newest: string | null;
  readonly immutableUntil: string | null;
}

const containerType = "microsoft.storage/storageaccounts/blobservices/containers";

export function archivesIn(
  resources: readonly Pick<ArmResource, "id" | "type" | "name">[],
  list: (account: string, container: string) => readonly StoredBlob[],
): readonly StandingArchive[] {
  return resources
    .filter(({ type }) => type.toLowerCase() === containerType)
    .map(({ id, name: container }) => {
      const account = /\/storageAccounts\/([^/]+)\//i.exec(id)?.[1] ?? "";
      const blobs = [...list(account, container)].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
      const newest = blobs.at(-1);
      return {
        account,
        container,
        collections: blobs.length,
        newest: newest?.name ?? null,
        immutableUntil: newest?.immutability?.until ?? null,
      };
    });
}

/** For people: one line each. */
export function archiveLines(archives: readonly StandingArchive[]): readonly string[] {
  return archives.map(({ account, container, collections, newest, immutableUntil }) => {
    const held =
      newest === null
        ? "no collection yet"
        : `${collections} ${collections === 1 ? "collection" : "collections"}, the newest ${newest}`;
    return `${account}/${container}: ${held}${immutableUntil === null ? "" : `, immutable until ${immutableUntil.slice(0, 10)}`}`;
  });
}
