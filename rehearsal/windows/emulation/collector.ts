/** Mirrors scripts/collect.ps1, as a person runs it: the archive, with what the task's collections have too. */
import { createHash } from "node:crypto";
import { asciiJson } from "../../../scripts/assemble";
import type { ServerFolder } from "../../world/contract";
import { writeExportedConfiguration } from "../exportedConfiguration";
import { collect } from "./archiving/collection";
import { zipOf } from "./archiving/zip";
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
  const session = new Session({ name: "verify-staging", server, given: undefined, print: () => undefined });
  const end = { sequence: 0, previous: null, settingsFiles: [], startedAnew: null };
  const { files, server: facts, warnings, health } = await collect(session, alone, end);
  const listed = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  const manifest = {
    schema: "entra-connect-evidence/1",
    collectedAt: health.collectedAt,
    server: facts,
    staging: health.staging,
    files: listed.map(([path, bytes]) => ({
      path,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      size: bytes.length,
    })),
    warnings,
    // What only the task's own report of a server's health asks.
    notAvailable: health.notAvailable.filter(({ name }) => name !== "end of the certificate"),
    scrubbed: [],
  };
  const stamp = health.collectedAt.replaceAll(/[-:]/g, "");
  return {
    name: `entra-connect-evidence-${health.computerName}-${stamp}.zip`,
    bytes: zipOf(new Map([...listed, ["manifest.json", Buffer.from(asciiJson(manifest), "ascii")]])),
  };
}
