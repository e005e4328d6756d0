import type { Finding } from "../../verdict";
import { type Judged, numbered, titled } from "./judged";

/** What the tenant's own protection against accidental deletes would do. */
export function* deletionFindings(judged: Judged): Generator<Finding> {
  const { connectorKind, deletes, tenantDeleteThreshold } = judged;
  if (connectorKind !== "entra" || deletes === 0) return;
  const { value, given } = tenantDeleteThreshold;
  const whose = given ? "the tenant's threshold" : "Microsoft's default threshold";
  const look = given
    ? ""
    : " Ask the tenant (Get-ADSyncExportDeletionThreshold, or Graph accidentalDeletionPrevention) and give the number with --tenant-delete-threshold.";
  const base = {
    class: "tenant-threshold",
    subject: judged.connector,
    active: null,
    staging: { deletes, threshold: value },
  } as const;
  if (value === "off") {
    yield {
      ...base,
      code: "deletes-unprotected",
      severity: "warning",
      title: titled(
        judged,
        `the tenant stops no deletes: ${numbered(deletes)} to be deleted would go out with the next export`,
      ),
      cause: "Protection against accidental deletes is said to be off (--tenant-delete-threshold off).",
      next: "Switch the protection on before a promotion (Enable-ADSyncExportDeletionThreshold).",
      tool: "powershell",
    };
  } else if (deletes > value) {
    yield {
      ...base,
      code: "deletes-above-tenant-threshold",
      severity: "warning",
      title: titled(
        judged,
        `${deletes} deletes are above ${whose} of ${value}: Entra ID would stop the whole export, and nothing would be exported after a promotion`,
      ),
      cause:
        "More deletes than the threshold stop the export before any object is deleted (run status stopped-deletion-threshold-exceeded, event 116).",
      next: `Clear up the deletes first; never raise the threshold to get them through unread.${look}`,
      tool: "entra",
    };
  } else {
    yield {
      ...base,
      code: "deletes-below-tenant-threshold",
      severity: "info",
      title: titled(
        judged,
        `${deletes === 1 ? "1 delete is" : `${deletes} deletes are`} not above ${whose} of ${value}: nothing would stop ${deletes === 1 ? "it" : "them"}`,
      ),
      cause: "Entra ID stops an export only above the threshold; what is below goes out with the next export.",
      next: look.trim(),
      ...(look !== "" && { tool: "entra" as const }),
    };
  }
}
