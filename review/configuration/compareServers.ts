import {
  type CheckOptions,
  type CollectedEvidence,
  checkPair,
  type Evidence,
  type EvidenceIdentity,
  identityOf,
  madeFrom,
  madeNow,
  readEvidence,
  readsDisagree,
  sameServer,
  stagingModeOf,
  XmlReader,
} from "../evidence";
import type { Page } from "../render/page";
import { BadInput, type Clock, systemClock } from "../verdict";
import { compareCollected, notComparedOfCollected } from "./compare/compareCollected";
import {
  type ComparisonContext,
  type ConfigurationReport,
  compareConfigurations,
} from "./compare/compareConfigurations";
import { compareSettingsRest, notComparedOfSettings } from "./compare/compareSettings";
import type { ServerConfiguration } from "./model";
import { readServerConfiguration } from "./read/readServerConfiguration";
import { comparisonPage, type ViewOptions } from "./report/page";
import { readSettings, type SettingsFile } from "./settings/readSettings";

export interface ComparisonResult {
  readonly report: ConfigurationReport;
  /** `judged`: the report to show instead, for example with accepted findings. */
  readonly page: (view?: ViewOptions, judged?: ConfigurationReport) => Page;
}

export interface CompareOptions extends Omit<CheckOptions, "now"> {
  readonly clock?: Clock;
}

/** One side of a comparison, read. */
export interface ComparedInput {
  readonly evidence: Evidence;
  readonly identity: EvidenceIdentity;
  readonly configuration: ServerConfiguration;
  readonly settings?: SettingsFile;
}

/**
 * Compares the configuration of two servers, or of one before and after something, given as folders, archives or
 * settings files. `progress` hears what is being done. Throws `BadInput` where an input cannot be read as a whole.
 */
export async function compareServers(
  activeSource: string,
  stagingSource: string,
  progress: (doing: string) => void = () => {},
  options: CompareOptions = {},
): Promise<ComparisonResult> {
  const reader = new XmlReader();
  progress(`reading ${activeSource}`);
  const active = readInput(await readEvidence(activeSource), reader);
  progress(`reading ${stagingSource}`);
  const staging = readInput(await readEvidence(stagingSource), reader);
  progress("comparing");
  return compareInputs(active, staging, options);
}

/** The same for evidence already read. */
export function compareInputs(
  active: ComparedInput,
  staging: ComparedInput,
  options: CompareOptions = {},
): ComparisonResult {
  const now = (options.clock ?? systemClock)();
  if (options.oneServer) refuseTwoServers(active.identity, staging.identity);
  const [left, right] = options.oneServer ? (["before", "after"] as const) : (["active", "staging"] as const);
  const context: ComparisonContext = {
    evidence: checkPair(active.identity, staging.identity, { ...options, now }),
    roles: { active: roleOf(active), staging: roleOf(staging) },
    oneServer: options.oneServer,
    made: madeNow(now, [madeFrom(left, active.identity), madeFrom(right, staging.identity)]),
    ...furtherOf(active, staging),
  };
  const comparison = compareConfigurations(active.configuration, staging.configuration, context);
  return {
    report: comparison.report,
    page: (view, judged = comparison.report) =>
      comparisonPage({ ...comparison, report: judged }, { ...view, oneServer: options.oneServer }),
  };
}

export function readInput(evidence: Evidence, reader: XmlReader): ComparedInput {
  if (evidence.kind === "settings-file") {
    const settings = readSettings(evidence);
    return { evidence, settings, configuration: settings.configuration, identity: identityOf(evidence) };
  }
  const configuration = readServerConfiguration(evidence, reader);
  return { evidence, configuration, identity: identityOf(evidence, configuration) };
}

/** A settings file does not say it; several reads must agree. */
function roleOf({ identity, configuration }: ComparedInput): boolean | undefined {
  return readsDisagree(identity) ? undefined : (stagingModeOf(identity) ?? configuration.stagingMode);
}

function refuseTwoServers(before: EvidenceIdentity, after: EvidenceIdentity): void {
  if (before.server === undefined || after.server === undefined || sameServer(before.server, after.server)) return;
  throw new BadInput(
    `${after.source}: is of ${after.server}, but ${before.source} is of ${before.server}: --before-after compares one server with itself. Leave the option out to compare two servers.`,
  );
}

function furtherOf(active: ComparedInput, staging: ComparedInput): Pick<ComparisonContext, "further" | "notCompared"> {
  if (active.settings !== undefined || staging.settings !== undefined)
    return {
      further: (comparison) => {
        if (active.settings !== undefined && staging.settings !== undefined)
          compareSettingsRest(comparison, active.settings, staging.settings);
      },
      notCompared: notComparedOfSettings(active, staging),
    };
  const [here, there] = [collectedOf(active), collectedOf(staging)];
  return {
    further: (comparison) => {
      if (here !== undefined && there !== undefined) compareCollected(comparison, here, there);
    },
    notCompared: notComparedOfCollected(here, there),
  };
}

function collectedOf({ evidence }: ComparedInput): CollectedEvidence | undefined {
  return evidence.kind === "collected" ? evidence : undefined;
}
