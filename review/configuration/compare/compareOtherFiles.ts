import { compareRaw } from "../judging/compareRaw";
import type { Comparison } from "../judging/comparison";

/** Files beside the three known folders: `PersistedState.xml`, `MigratedPolicy.json`, whatever a later build adds. */
export function compareOtherFiles(comparison: Comparison): void {
  const here = new Map(comparison.active.otherFiles.map((file) => [file.path.toLowerCase(), file]));
  const there = new Map(comparison.staging.otherFiles.map((file) => [file.path.toLowerCase(), file]));
  for (const key of [...new Set([...here.keys(), ...there.keys()])].sort()) {
    const active = here.get(key);
    const staging = there.get(key);
    const path = active?.path ?? staging?.path ?? key;
    if (active !== undefined && staging !== undefined)
      compareRaw(comparison, { subject: `file ${path}`, where: path }, active.values, staging.values);
    else
      comparison.add({
        code: "other-file-missing",
        severity: "info",
        class: "unexplained",
        subject: `file ${path}`,
        title: `Only the ${active === undefined ? "staging" : "active"} server's export holds the file ${path}; it could not be compared.`,
        active: active?.path ?? null,
        staging: staging?.path ?? null,
        cause:
          "Get-ADSyncServerConfiguration does not write it; MigrateSettings.ps1 adds PersistedState.xml and MigratedPolicy.json.",
        next: "Export both servers in the same way to have everything compared.",
      });
  }
}
