import type { ReadBlob } from "../../review/archive";
import type { Listing } from "../../review/archive/listing";

/** What a new collection is put into the archive with. */
export interface Addition {
  readonly name: string;
  readonly bytes: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where collections lie. Reads, and adds under a new name; there is nothing here that changes or deletes. */
export interface ArchiveStore {
  /** What a person knows it by. */
  readonly source: string;
  /** @throws CouldNotRun where it cannot be reached or may not be read: which setting, name or role is missing */
  list(): Promise<Listing>;
  readonly read: ReadBlob;
  /** `exists`: the name is taken; nothing was changed. */
  add(addition: Addition): Promise<"added" | "exists">;
}
