/**
 * Two scripts lie on a server as files: the collector that people copy there (`collect.ps1`), and what the scheduled task runs
 * (`archive-configuration.ps1`). Both are put together from the pieces in `collect` and `archiving` and the fragments that
 * the other scripts have too. The first is kept in the repository for people to copy (`npm run assemble-collector` writes it,
 * a test holds it to its pieces); the second is only ever sent or written into a bundle, so it is put together where that happens.
 */
import { readAsset } from "./assets";

type Piece = readonly [folder: string, name: string];

const reading: readonly Piece[] = [
  ["fragments", "base"],
  ["fragments", "place"],
  ["fragments", "instants"],
  ["fragments", "engine"],
  ["collect", "steps"],
  ["collect", "secrets"],
  ["collect", "plain"],
  ["collect", "configuration"],
  ["collect", "statistics"],
  ["collect", "archive"],
  ["fragments", "unmanaged"],
  ["collect", "collection"],
];

const collector: readonly Piece[] = [["collect", "head"], ...reading, ["collect", "main"]];

const archiver: readonly Piece[] = [
  ["archiving", "head"],
  ...reading,
  ["fragments", "mutex"],
  ["fragments", "files"],
  ["fragments", "identity"],
  ["fragments", "runs"],
  ["fragments", "probes"],
  ["fragments", "accessRights"],
  ["archiving", "folder"],
  ["archiving", "chain"],
  ["archiving", "queue"],
  ["archiving", "health"],
  ["archiving", "upload"],
  ["archiving", "event"],
  ["archiving", "main"],
];

function together(pieces: readonly Piece[]): string {
  return pieces
    .map(([folder, name]) => readAsset(folder, `${name}.ps1`).trimEnd())
    .join("\n\n")
    .concat("\n");
}

export const collectorFile = (): string => together(collector);

/** What the scheduled task runs: as it is delivered to a server, byte for byte. */
export const archiverFile = (): string => together(archiver);

if (require.main === module) process.stdout.write(collectorFile());
