import { type Evidence, readEvidence, XmlReader } from "../evidence";
import type { Page } from "../render/page";
import { type ConfigurationReport, compareConfigurations } from "./compare/compareConfigurations";
import { readServerConfiguration } from "./read/readServerConfiguration";
import { comparisonPage, settingsPage, type ViewOptions } from "./report/page";
import { compareSettings } from "./settings/compareSettings";
import { readSettings, settingsOf } from "./settings/readSettings";

export interface ComparisonResult {
  readonly report: ConfigurationReport;
  readonly page: (view?: ViewOptions) => Page;
}

/**
 * Compares the configuration of two servers, given as folders, archives or settings files.
 * `progress` hears what is being done. Throws `BadInput` where an input cannot be read as a whole.
 */
export async function compareServers(
  activeSource: string,
  stagingSource: string,
  progress: (doing: string) => void = () => {},
): Promise<ComparisonResult> {
  progress(`reading ${activeSource}`);
  const active = await readEvidence(activeSource);
  progress(`reading ${stagingSource}`);
  const staging = await readEvidence(stagingSource);
  if (active.kind === "settings-file" || staging.kind === "settings-file") {
    const settings = (evidence: Evidence) =>
      evidence.kind === "settings-file" ? readSettings(evidence) : settingsOf(readServerConfiguration(evidence));
    const report = compareSettings(settings(active), settings(staging));
    return { report, page: () => settingsPage(report) };
  }
  progress("comparing");
  const reader = new XmlReader();
  const comparison = compareConfigurations(
    readServerConfiguration(active, reader),
    readServerConfiguration(staging, reader),
  );
  return { report: comparison.report, page: (view) => comparisonPage(comparison, view) };
}
