/**
 * The collector is one file that people copy to a server: `scripts/collect.ps1`, put together from the pieces in
 * `scripts/collect` and the fragments that the other scripts have too. `npm run assemble-collector` writes it.
 */
import { readAsset } from "./assets";

const pieces: readonly (readonly [folder: string, name: string])[] = [
  ["collect", "head"],
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
  ["collect", "main"],
];

export function collectorFile(): string {
  return pieces
    .map(([folder, name]) => readAsset(folder, `${name}.ps1`).trimEnd())
    .join("\n\n")
    .concat("\n");
}

if (require.main === module) process.stdout.write(collectorFile());
