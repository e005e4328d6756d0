import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlobService, ServerFolder } from "../world/contract";

/** How what runs on a machine gets to the token of its identity and to the blobs of an archive. */
export interface WayToAzure {
  readonly blobs: BlobService;
  /** Of the listener on loopback, for the test PowerShell; undefined where nobody listens for that machine. */
  base?(machineName: string): string | undefined;
}

/** Azure's id of the machine, as the world has written it down; its name where it has not. */
export async function resourceIdOf(server: ServerFolder): Promise<string> {
  try {
    const file = JSON.parse(await readFile(join(server.path, "machine.json"), "utf8")) as {
      readonly description: { readonly resourceId: string };
    };
    return file.description.resourceId;
  } catch {
    return server.name;
  }
}
