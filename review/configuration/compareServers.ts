import { readEvidence } from "../evidence";
import type { Page } from "../render/page";
import { BadInput } from "../verdict";
import { type ConfigurationReport, compareConfigurations } from "./compare/compareConfigurations";
import { readServerConfiguration } from "./read/readServerConfiguration";
import { comparisonPage, type ViewOptions } from "./report/page";

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
  if (active.kind === "settings-file" || staging.kind === "settings-file")
    throw new BadInput("settings files: not yet");
  const comparison = compareConfigurations(readServerConfiguration(active), readServerConfiguration(staging));
  return { report: comparison.report, page: (view) => comparisonPage(comparison, view) };
}
