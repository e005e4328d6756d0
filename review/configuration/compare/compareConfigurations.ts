import type { EvidenceFinding } from "../../evidence";
import { oneRoleFinding, roleFinding } from "../../evidence";
import { identified, type Made, type Report, verdictOf, worstFirst } from "../../verdict";
import { classes, type DifferenceClass } from "../classes";
import type { Winners } from "../effects/winners";
import { compareRaw } from "../judging/compareRaw";
import { Comparison, type Difference } from "../judging/comparison";
import type { FoldedNoise } from "../judging/folded";
import type { ServerConfiguration } from "../model";
import { type ComparedRule, compareRules } from "../rules/compareRules";
import { compareConnectors } from "./compareConnectors";
import { compareOtherFiles } from "./compareOtherFiles";
import { compareParameters, compareVersions } from "./compareParameters";
import { compareSchema } from "./compareSchema";
import { inWordsOfActive, pairConnectors, recordIdentities } from "./pairConnectors";

/** One of the two servers, as a report names it. */
export interface ComparedServer {
  readonly source: string;
  readonly server: string | null;
  readonly version: string | null;
  readonly stagingMode: boolean | null;
  readonly connectors: number;
  readonly rules: number;
}

export interface ComparisonSummary {
  readonly active: ComparedServer;
  readonly staging: ComparedServer;
  /** Findings that are differences between the two configurations; not whether each has the role it was given for. */
  readonly differences: number;
  readonly byClass: Readonly<Record<DifferenceClass, number>>;
  readonly rules: { readonly compared: number; readonly changed: number };
  /** What was folded away as noise, and why. */
  readonly folded: readonly FoldedNoise[];
  /** What the inputs hold that could not be compared; empty for two folders. */
  readonly notCompared: readonly string[];
  /** When, by what and from which inputs; missing where a caller compared configurations that he read himself. */
  readonly made?: Made;
}

export type ConfigurationReport = Report<ComparisonSummary>;

export interface ConfigurationComparison {
  readonly report: ConfigurationReport;
  readonly rules: readonly ComparedRule[];
  readonly winners: readonly Winners[];
  readonly active: ServerConfiguration;
  readonly staging: ServerConfiguration;
}

/** What a caller knows beyond the two configurations. */
export interface ComparisonContext {
  /** Findings about the evidence itself: they come first. */
  readonly evidence?: readonly EvidenceFinding[];
  /** What all reads of staging mode agree on, where there were more than the configuration's own. */
  readonly roles?: { readonly active?: boolean; readonly staging?: boolean };
  /** Both are of one server, before and after something: neither has a role to be judged by. */
  readonly oneServer?: boolean;
  /** Further comparisons, made with the same state. */
  readonly further?: (comparison: Comparison) => void;
  readonly notCompared?: readonly string[];
  readonly made?: Made;
}

/** Compares two configurations, whole or partial. Pure; the verdict follows from the findings. */
export function compareConfigurations(
  active: ServerConfiguration,
  stagingAsRead: ServerConfiguration,
  context: ComparisonContext = {},
): ConfigurationComparison {
  const pairs = pairConnectors(active, stagingAsRead);
  const staging = inWordsOfActive(stagingAsRead, pairs);
  const twice = context.evidence?.some(({ code }) => sameTwice.test(code)) === true;
  const comparison = new Comparison(active, staging, twice || context.oneServer);
  if (!comparison.partial) recordIdentities(comparison.identities, pairs);
  for (const finding of context.evidence ?? []) comparison.add(finding);
  compareRoles(comparison, context);
  const notDifferences = comparison.differences.length;
  if (comparison.partial) compareVersions(comparison);
  else compareParameters(comparison);
  compareServer(comparison);
  // Rules are paired before connectors are compared: identifiers of rules may occur anywhere.
  const shared = new Set(
    pairs.flatMap((pair) =>
      pair.active && pair.staging ? [`active ${pair.active.id}`, `staging ${pair.staging.id}`] : [],
    ),
  );
  const { rules, winners } = compareRules(comparison, shared);
  compareConnectors(comparison, pairs);
  if (!comparison.partial) {
    compareSchema(comparison, "metaverse", "metaverse schema", active.metaverse, staging.metaverse);
    compareRaw(comparison, { kind: "global", subject: "global settings", where: "MV.xml" }, active.rest, staging.rest);
    compareOtherFiles(comparison);
  }
  context.further?.(comparison);
  const findings = identified(worstFirst(linked(comparison.differences, rules)));
  const roles =
    active.stagingMode !== undefined && staging.stagingMode !== undefined && active.stagingMode !== staging.stagingMode;
  return {
    active,
    staging,
    rules,
    winners,
    report: {
      verdict: verdictOf(findings),
      findings,
      summary: {
        active: serverOf(active),
        staging: serverOf(staging),
        differences: comparison.differences.length - notDifferences + (roles && !context.oneServer ? 1 : 0),
        byClass: countByClass(findings),
        rules: { compared: rules.length, changed: rules.filter((rule) => rule.changed).length },
        folded: comparison.folded.list(),
        notCompared: context.notCompared ?? [],
        ...(context.made && { made: context.made }),
      },
    },
  };
}

/** Where the page shows a changed rule side by side. */
export const ruleSection = (index: number): string => `rule-${index + 1}`;

/** A finding about a rule links to where the page shows it. */
function linked(differences: readonly Difference[], rules: readonly ComparedRule[]): readonly Difference[] {
  const sections = new Map(
    rules.filter(({ changed }) => changed).map(({ subject }, index) => [subject, ruleSection(index)] as const),
  );
  return differences.map((difference) => {
    const section = sections.get(difference.subject);
    return section === undefined ? difference : { ...difference, section };
  });
}

/** Codes of evidence that says that both inputs are of one server. */
const sameTwice = /^same-(server|evidence)-twice$/;

function compareRoles(comparison: Comparison, { roles, oneServer, evidence = [] }: ComparisonContext): void {
  const active = roles === undefined ? comparison.active.stagingMode : roles.active;
  const staging = roles === undefined ? comparison.staging.stagingMode : roles.staging;
  if (oneServer) {
    if (active !== staging)
      comparison.add({
        code: "staging-mode-changed",
        severity: "warning",
        class: "your-change",
        subject: "staging mode",
        title: "Staging mode was switched in between.",
        active: active ?? null,
        staging: staging ?? null,
        cause: "Somebody changed the server's role, or one of the exports does not say it.",
        next: "Make sure that the change was meant, and that exactly one server of the pair exports.",
      });
    return;
  }
  // A contradiction has been said; what follows from one of its halves must not be.
  if (evidence.some(({ code }) => code === "staging-reads-disagree")) return;
  const finding = comparison.partial ? oneRoleFinding(active, staging) : roleFinding(active, staging);
  // One server's export twice is no pair of staging servers.
  if (finding?.code === "both-staging" && comparison.oneServer) return;
  if (finding !== undefined) comparison.add(finding);
}

function compareServer({ folded, active, staging }: Comparison): void {
  if (active.serverName !== staging.serverName) folded.add("server-name", "name of the server");
  if (active.exportedAt !== staging.exportedAt) folded.add("date", "time of the export");
}

function serverOf(configuration: ServerConfiguration): ComparedServer {
  return {
    source: configuration.source,
    server: configuration.serverName ?? null,
    version: configuration.version ?? null,
    stagingMode: configuration.stagingMode ?? null,
    connectors: configuration.connectors.length,
    rules: configuration.rules.length,
  };
}

function countByClass(findings: readonly Difference[]): Record<DifferenceClass, number> {
  const counts = Object.fromEntries(classes.map((name) => [name, 0])) as Record<DifferenceClass, number>;
  for (const finding of findings) counts[finding.class]++;
  return counts;
}
