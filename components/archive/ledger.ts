import type { Ledger } from "../memory/ledger";
import type { Settings } from "../settings/settings";
import type { ExistingArchive } from "./seen";

/** The ledger with where the archive is; one that was switched off stands in Azure still. */
export function withArchive(ledger: Ledger, { archive }: Settings, { place }: ExistingArchive): Ledger {
  if (!archive.enabled)
    return ledger.archive === undefined ? ledger : { ...ledger, archive: { ...ledger.archive, on: false } };
  return {
    ...ledger,
    archive: {
      on: true,
      account: archive.accountId ?? place.accountName,
      container: place.containerName,
      days: archive.retentionDays,
    },
  };
}
