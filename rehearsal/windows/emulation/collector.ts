/** Mirrors scripts/collect.ps1, as a person runs it: the archive, with what the task's collections have too. */
import type { ServerFolder } from "../../world/contract";
import { writeExportedConfiguration } from "../exportedConfiguration";
import { collect, pack } from "./archiving/collection";
import { Session } from "./session";

export interface CollectedArchive {
  readonly name: string;
  readonly bytes: Buffer;
}

const alone = {
  ...{ chain: "00000000-0000-4000-8000-000000000000", generation: null, endpoint: "", container: "" },
  ...{ queue: { count: 1, megabytes: 1 }, waitMinutes: 0, ports: [] },
};

export async function collectArchive(server: ServerFolder): Promise<CollectedArchive> {
  await writeExportedConfiguration(server);
  const session = new Session({ name: "verify-staging", server, given: undefined, tell: () => undefined });
  const end = { sequence: 0, previous: null, settingsFiles: [], startedAnew: null };
  const collection = await collect(session, alone, end);
  const { health } = collection;
  // What only the task's own report of a server's health asks.
  const notAvailable = health.notAvailable.filter(({ name }) => name !== "end of the certificate");
  const stamp = health.collectedAt.replaceAll(/[-:]/g, "");
  return {
    name: `entra-connect-evidence-${health.computerName}-${stamp}.zip`,
    bytes: pack({ ...collection, health: { ...health, notAvailable } }).zip,
  };
}
