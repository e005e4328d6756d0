import type { Finding, Report } from "../../verdict";
import { verdictOf } from "../../verdict";
import type { ServerConfiguration } from "../model";
import { type ComparedRule, compareRules } from "../rules/compareRules";
import { compareConnectors, pairConnectors } from "./compareConnectors";
import { compareOtherFiles } from "./compareOtherFiles";
import { compareParameters } from "./compareParameters";
import { compareRaw } from "./compareRaw";
import { compareRoles } from "./compareRoles";
import { compareSchema } from "./compareSchema";
import { Comparison, classes, type Difference, type DifferenceClass } from "./comparison";
import type { FoldedNoise } from "./folded";

export interface Side {
  readonly source: string;
  readonly server: string | null;
  readonly version: string | null;
  readonly stagingMode: boolean | null;
  readonly connectors: number;
  readonly rules: number;
}

export interface ComparisonSummary {
  readonly active: Side;
  readonly staging: Side;
  /** Findings that are differences between the two configurations; not whether each has the role it was given for. */
  readonly differences: number;
  readonly byClass: Readonly<Record<DifferenceClass, number>>;
  readonly rules: { readonly compared: number; readonly changed: number };
  /** What was folded away as noise, and why. */
  readonly folded: readonly FoldedNoise[];
  /** What the inputs hold that could not be compared; empty for two folders. */
  readonly notCompared: readonly string[];
}

export type ConfigurationReport = Report<ComparisonSummary>;

export interface ConfigurationComparison {
  readonly report: ConfigurationReport;
  readonly rules: readonly ComparedRule[];
  readonly active: ServerConfiguration;
  readonly staging: ServerConfiguration;
}

/** Compares two exported configurations. Pure; the verdict follows from the findings. */
export function compareConfigurations(
  active: ServerConfiguration,
  staging: ServerConfiguration,
): ConfigurationComparison {
  const comparison = new Comparison(active, staging);
  const connectors = pairConnectors(comparison);
  compareRoles(comparison);
  const roles = comparison.differences.length;
  compareParameters(comparison);
  compareServer(comparison);
  // Rules are paired before connectors are compared: identifiers of rules may occur anywhere.
  const shared = new Set(
    connectors.flatMap((pair) => (pair.active && pair.staging ? [pair.active.name.toLowerCase()] : [])),
  );
  const rules = compareRules(comparison, shared);
  compareConnectors(comparison, connectors);
  compareSchema(comparison, "metaverse", "metaverse schema", active.metaverse, staging.metaverse);
  compareRaw(comparison, { subject: "global settings", where: "MV.xml" }, active.rest, staging.rest);
  compareOtherFiles(comparison);
  const findings = sorted(comparison.differences);
  return {
    active,
    staging,
    rules,
    report: {
      verdict: verdictOf(findings),
      findings,
      summary: {
        active: sideOf(active),
        staging: sideOf(staging),
        differences: comparison.differences.length - roles + (active.stagingMode === staging.stagingMode ? 0 : roles),
        byClass: countByClass(findings),
        rules: { compared: rules.length, changed: rules.filter((rule) => rule.changed).length },
        folded: comparison.folded.list(),
        notCompared: [],
      },
    },
  };
}

function compareServer({ folded, active, staging }: Comparison): void {
  if (active.serverName !== staging.serverName) folded.add("server-name", "server in MV.xml");
  if (active.exportedAt !== staging.exportedAt) folded.add("date", "export-date in MV.xml");
}

function sideOf(configuration: ServerConfiguration): Side {
  return {
    source: configuration.source,
    server: configuration.serverName ?? null,
    version: configuration.version ?? null,
    stagingMode: configuration.stagingMode ?? null,
    connectors: configuration.connectors.length,
    rules: configuration.rules.length,
  };
}

export function countByClass(findings: readonly Difference[]): Record<DifferenceClass, number> {
  const counts = Object.fromEntries(classes.map((name) => [name, 0])) as Record<DifferenceClass, number>;
  for (const finding of findings) counts[finding.class]++;
  return counts;
}

const severityRank: Record<Finding["severity"], number> = { blocking: 0, warning: 1, info: 2 };

/** The worst first; within one severity in the order in which things were compared. */
export function sorted<Item extends Finding>(findings: readonly Item[]): readonly Item[] {
  return findings
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => severityRank[a.finding.severity] - severityRank[b.finding.severity] || a.index - b.index)
    .map(({ finding }) => finding);
}
