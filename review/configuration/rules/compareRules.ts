import { compareRaw } from "../compare/compareRaw";
import type { Comparison, DifferenceClass } from "../compare/comparison";
import type { SynchronizationRule } from "../model";
import { comparePrecedence } from "./comparePrecedence";
import { started, stopped } from "./consequences";
import { tagParts } from "./content";
import { differencesOf, type RuleDifference } from "./differences";
import { matchRules, type RulePair } from "./matchRules";
import type { PairedRules } from "./order";

/** A pair as the report shows it. */
export interface ComparedRule extends RulePair {
  readonly subject: string;
  readonly standard: boolean;
  readonly changed: boolean;
}

/** Precedence of custom rules that the wizard's import carries (facts: 0–99). */
export function outsideImport(rule: SynchronizationRule): boolean {
  return rule.precedence < 0 || rule.precedence > 99;
}

/**
 * Compares the synchronization rules of connectors that both servers have; rules of a connector that one server lacks
 * are part of that finding.
 */
export function compareRules(comparison: Comparison, sharedConnectors: ReadonlySet<string>): readonly ComparedRule[] {
  const shared = (rules: readonly SynchronizationRule[]) =>
    rules.filter((rule) => sharedConnectors.has(rule.connector.toLowerCase()));
  const pairs = matchRules(shared(comparison.active.rules), shared(comparison.staging.rules), comparison.identities);
  const paired = pairs.filter((pair): pair is PairedRules => pair.active !== undefined && pair.staging !== undefined);
  const compared = pairs.map((pair) => {
    const before = comparison.differences.length;
    const rule = pair.active ?? pair.staging;
    if (isPaired(pair)) comparePair(comparison, pair);
    else if (pair.active !== undefined) missing(comparison, pair.active);
    else if (pair.staging !== undefined) extra(comparison, pair.staging);
    return {
      ...pair,
      subject: rule === undefined ? "" : subjectOf(rule),
      standard: rule?.standard ?? false,
      changed: comparison.differences.length > before,
    };
  });
  const moved = comparePrecedence(comparison, paired);
  return compared.map((rule) => (moved.has(rule.active?.id ?? "") ? { ...rule, changed: true } : rule));
}

function isPaired(pair: RulePair): pair is PairedRules {
  return pair.active !== undefined && pair.staging !== undefined;
}

export function subjectOf(rule: SynchronizationRule): string {
  return `rule "${rule.name}" (${rule.direction.toLowerCase()}, ${rule.connector})`;
}

function missing(comparison: Comparison, rule: SynchronizationRule): void {
  const { sentence, deletes } = rule.disabled
    ? { sentence: "It is disabled on the active server, so nothing changes for objects.", deletes: false }
    : stopped(rule, comparison.staging, comparison.active);
  const build = rule.standard && comparison.buildsDiffer;
  const gap = !rule.standard && outsideImport(rule);
  comparison.add({
    code: "rule-missing-on-staging",
    severity: deletes ? "blocking" : build || rule.disabled ? "info" : "warning",
    class: build ? "build-difference" : gap ? "known-import-gap" : rule.standard ? "unexplained" : "your-change",
    subject: subjectOf(rule),
    title: `The staging server does not have this rule. ${sentence}`,
    active: { name: rule.name, precedence: rule.precedence, tag: rule.immutableTag },
    staging: null,
    cause: build
      ? `Builds bring different standard rules (${comparison.versions}).`
      : gap
        ? `The wizard's import carries custom rules with a precedence from 0 to 99 only; this one has ${rule.precedence}.`
        : rule.standard
          ? "Both servers run the same build, so both should have the same standard rules; which ones depends on the features chosen in the wizard."
          : "The custom rule was made on the active server after the settings were exported, or deleted on the staging server.",
    next:
      build && !deletes
        ? ""
        : rule.standard
          ? "Compare the features chosen in the wizard of both servers."
          : "Export the rule in the Rules Editor of the active server, replace the connector's identifier in the script, and run it on the staging server.",
  });
}

function extra(comparison: Comparison, rule: SynchronizationRule): void {
  const { sentence } = rule.disabled
    ? { sentence: "It is disabled there, so nothing changes for objects." }
    : started(rule, comparison.staging);
  const build = rule.standard && comparison.buildsDiffer;
  comparison.add({
    code: "rule-only-on-staging",
    severity: build || rule.disabled ? "info" : "warning",
    class: build ? "build-difference" : rule.standard ? "unexplained" : "your-change",
    subject: subjectOf(rule),
    title: `Only the staging server has this rule. ${sentence}`,
    active: null,
    staging: { name: rule.name, precedence: rule.precedence, tag: rule.immutableTag },
    cause: build
      ? `Builds bring different standard rules (${comparison.versions}).`
      : rule.standard
        ? "Both servers run the same build, so both should have the same standard rules; which ones depends on the features chosen in the wizard."
        : "The custom rule was made on the staging server, or deleted on the active server after the settings were exported.",
    next: build
      ? ""
      : rule.standard
        ? "Compare the features chosen in the wizard of both servers."
        : "Decide whether the rule is wanted, and have it on both servers or on neither.",
  });
}

function comparePair(comparison: Comparison, pair: PairedRules): void {
  const { active, staging } = pair;
  const subject = subjectOf(active);
  if (active.id !== staging.id) comparison.folded.add("identifier", `identifier of ${subject}`);
  renamed(comparison, pair, subject);
  const here = tagParts(active.immutableTag);
  const there = tagParts(staging.immutableTag);
  if (active.immutableTag !== staging.immutableTag && here.base === there.base && comparison.buildsDiffer) {
    revised(comparison, pair, subject);
    return;
  }
  if (active.immutableTag !== staging.immutableTag)
    comparison.add({
      code: "rule-tag-differs",
      severity: "warning",
      class: "unexplained",
      subject,
      title:
        here.base === there.base
          ? "The two servers have different revisions of this standard rule."
          : "Rules of this name are of different origin on the two servers.",
      active: active.immutableTag,
      staging: staging.immutableTag,
      cause:
        comparison.builds === "same"
          ? "Both servers run the same build, so the revision should be the same: an upgrade may not have updated the rule."
          : "A rule of this name was made by hand on one server, or the build is not known.",
      next: "Compare both rules side by side; repair the standard rules in the wizard where one is out of date.",
    });
  for (const difference of differencesOf(comparison, pair)) report(comparison, pair, subject, difference);
  compareRaw(comparison, { subject, where: subject }, active.rest, staging.rest);
}

function renamed(comparison: Comparison, { active, staging, by }: PairedRules, subject: string): void {
  if (active.name === staging.name) return;
  if (by === "name") {
    comparison.folded.add("case", `name of ${subject}`);
    return;
  }
  const build = by === "tag" && comparison.buildsDiffer;
  comparison.add({
    code: "rule-renamed",
    severity: "info",
    class: build ? "build-difference" : "your-change",
    subject,
    title: `The rule is called "${staging.name}" on the staging server; the name has no effect on objects.`,
    active: active.name,
    staging: staging.name,
    cause: by === "tag" ? "Both have the same immutable tag." : "Both have the same content, direction and connector.",
    next: "",
  });
}

/**
 * Another revision of a standard rule in another build: one finding, however much Microsoft changed. Whether a rule is
 * disabled is nothing that a revision changes, so that is always said on its own; so is what would delete objects.
 */
function revised(comparison: Comparison, pair: PairedRules, subject: string): void {
  const differences = differencesOf(comparison, pair);
  const own = differences.filter(({ code, deletes }) => code === "rule-disabled-differs" || deletes === true);
  const parts = differences.filter((difference) => !own.includes(difference)).map(({ part }) => part);
  for (const difference of own) report(comparison, pair, subject, difference);
  comparison.add({
    code: "rule-revised",
    severity: "info",
    class: "build-difference",
    subject,
    title:
      parts.length === 0
        ? "The build brings another revision of this standard rule, with the same content."
        : `The build brings another revision of this standard rule; it changes ${parts.length <= 6 ? parts.join(", ") : `${parts.slice(0, 6).join(", ")} and ${parts.length - 6} more`}.`,
    active: { tag: pair.active.immutableTag },
    staging: { tag: pair.staging.immutableTag, changes: parts },
    cause: `Microsoft revises standard rules from build to build (${comparison.versions}). A modification made by hand cannot be told from the revision.`,
    next: "",
  });
  compareRaw(comparison, { subject, where: subject }, pair.active.rest, pair.staging.rest);
}

function report(comparison: Comparison, pair: PairedRules, subject: string, difference: RuleDifference): void {
  const judged = classify(comparison, pair, difference.code);
  comparison.add({
    code: difference.code,
    severity: difference.deletes === true ? "blocking" : difference.harmless === true ? "info" : "warning",
    class: judged.class,
    subject,
    title: difference.title,
    active: difference.active,
    staging: difference.staging,
    cause: judged.cause,
    next: difference.harmless === true ? "" : judged.next,
  });
}

interface Judged {
  readonly class: DifferenceClass;
  readonly cause: string;
  readonly next: string;
}

function classify(comparison: Comparison, { active, staging }: PairedRules, code: string): Judged {
  if (active.standard && staging.standard) {
    if (code === "rule-disabled-differs")
      return {
        class: "known-import-gap",
        cause:
          "Whether a standard rule is disabled was changed by hand on one server; the wizard's import of settings does not carry modified standard rules.",
        next: "Enable or disable the rule alike on both servers, in the Rules Editor.",
      };
    if (active.immutableTag !== staging.immutableTag)
      return {
        class: "unexplained",
        cause: "The two servers have different revisions of this standard rule.",
        next: "Find out why the revisions differ first.",
      };
    return {
      class: "known-import-gap",
      cause: `This standard rule (${active.immutableTag}, the same revision on both servers) was modified on one server; the wizard's import of settings does not carry modified standard rules.`,
      next: "Make the same modification on the other server. Better: leave the standard rule as it was delivered, disable it, and put the change into a custom rule with a precedence from 0 to 99.",
    };
  }
  if (code === "rule-disabled-differs" && active.disabled && !staging.disabled)
    return {
      class: "known-import-gap",
      cause: "A disabled custom rule arrives enabled when the wizard imports settings.",
      next: "Disable the rule on the staging server, in the Rules Editor, before the next synchronization.",
    };
  if (outsideImport(active))
    return {
      class: "known-import-gap",
      cause: `The wizard's import carries custom rules with a precedence from 0 to 99 only; this one has ${active.precedence}, so its copy was made by hand or by ${comparison.staging.serverName ?? "the staging server"}'s wizard.`,
      next: "Make the custom rule alike on both servers, in the Rules Editor.",
    };
  return {
    class: "your-change",
    cause: "The custom rule was changed on one server only.",
    next: "Make the custom rule alike on both servers, in the Rules Editor.",
  };
}
