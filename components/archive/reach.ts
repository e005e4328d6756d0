import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import type { Remembered } from "../memory/remembered";
import type { Settings } from "../settings/settings";
import { hasPrivateEndpoint, needsStorageEndpoint } from "./plan";

/**
 * Whether the servers' subnet has what an account lets it in by, or may get it in this run. Azure refuses an account that
 * names a subnet without it.
 *
 * @param untouched nothing that the generations share changes in this run
 */
export function isSubnetReady(
  { network }: Pick<Settings, "network">,
  { storageEndpoint }: Pick<Remembered, "storageEndpoint">,
  untouched: boolean,
): boolean {
  // Of an existing one that was looked at before.
  return network.kind === "existing" || !untouched || storageEndpoint;
}

/** The archive is made, and the servers' way to it waits for a run that may touch their network. */
export function archiveWaits(settings: Settings, subnetIsReady: boolean): readonly Finding[] {
  if (subnetIsReady || !(needsStorageEndpoint(settings) || hasPrivateEndpoint(settings))) return [];
  return [
    readiness("archive-waits", "info", "archive.reach", {
      title: "the archive is made; the servers reach it after a later up, since nothing they share changes in this one",
      cause: "a generation is declared passive again and has not been asked yet whether it is staging",
      next: "run up once more",
    }),
  ];
}
