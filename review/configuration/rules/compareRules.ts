import { fromGap } from "../../importGaps";
import type { DifferenceClass } from "../classes";
import { type Both, started, stopped } from "../effects/consequences";
import { Effects } from "../effects/effects";
import { type Winners, winnersOf } from "../effects/winners";
import { compareRaw } from "../judging/compareRaw";
import type { Comparison } from "../judging/comparison";
import { type SynchronizationRule, says } from "../model";
import { tagParts } from "../wording/ruleContent";
import { comparePrecedence } from "./comparePrecedence";
import { differencesOf, type RuleDifference } from "./differences";
import { isPaired, matchRules, type PairedRules, type RulePair } from "./matchRules";
import { missingAtOnce } from "./missingAtOnce";
import { type Revision, reportRevisions } from "./revisions";
import { outsideImport, RuleNames } from "./subject";

/** A pair as the report shows it. */
export interface ComparedRule extends RulePair {
  readonly subject: string;
  readonly standard: boolean;
  readonly changed: boolean;
}

export interface RulesCompared {
  readonly rules: readonly ComparedRule[];
  /** Attributes for which not the same rule wins on both servers. */
  readonly winners: readonly Winners[];
}

/** What the comparison of rules needs to know besides the rules. */
interface Context {
  readonly comparison: Comparison;
  readonly both: Both;
  readonly names: RuleNames;
  readonly revisions: Revision[];
}

/**
 * Compares the synchronization rules of connectors that both servers have; rules of a connector that one server lacks
 * are part of that finding. `sharedConnectors` holds `active <id>` and `staging <id>`.
 */
export function compareRules(comparison: Comparison, sharedConnectors: ReadonlySet<string>): RulesCompared {
  const { active, staging } = comparison;
  const shared = (side: "active" | "staging") =>
    comparison[side].rules.filter((rule) => sharedConnectors.has(`${side} ${rule.connectorId}`));
  const context: Context = {
    comparison,
    both: { active: new Effects(active), staging: new Effects(staging) },
    names: new RuleNames(active, staging),
    revisions: [],
  };
  const pairs = matchRules(shared("active"), shared("staging"), comparison.identities, comparison.partial);
  const spokenFor = missingAtOnce(comparison, pairs, context.both);
  const compared = pairs.map((pair) => compareOne(context, pair, spokenFor.has(pair)));
  reportRevisions(comparison, context.revisions);
  const { named: moved, effects } = comparePrecedence(comparison, context.names, pairs.filter(isPaired));
  return {
    rules: compared.map((rule) => (moved.has(rule.active?.id ?? "") ? { ...rule, changed: true } : rule)),
    winners: winnersOf(effects, context.both),
  };
}

function compareOne(context: Context, pair: RulePair, spokenFor: boolean): ComparedRule {
  const { comparison, names, revisions } = context;
  const before = comparison.differences.length;
  if (isPaired(pair)) comparePair(context, pair);
  else if (pair.active !== undefined && !spokenFor) missing(context, pair.active);
  else if (pair.staging !== undefined && !spokenFor) extra(context, pair.staging);
  const rule = pair.active ?? pair.staging;
  return {
    ...pair,
    subject: rule === undefined ? "" : names.subject(rule),
    standard: rule?.standard ?? false,
    changed:
      spokenFor ||
      comparison.differences.length > before ||
      (revisions.at(-1)?.pair === pair && revisions.at(-1)?.excused.length !== 0),
  };
}

function missing({ comparison, both, names }: Context, rule: SynchronizationRule): void {
  const { sentence, severity } = rule.disabled
    ? { sentence: "It is disabled on the active server, so nothing changes for objects.", severity: "info" as const }
    : says(rule, "flows")
      ? stopped(rule, both)
      : { sentence: "What it gives, a settings file does not say.", severity: "warning" as const };
  const build = rule.standard && comparison.buildsDiffer;
  const gap = !rule.standard && says(rule, "precedence") && outsideImport(rule);
  const blocking = severity === "blocking";
  comparison.add({
    code: "rule-missing-on-staging",
    severity: blocking || rule.disabled ? severity : build ? "info" : "warning",
    class: build ? "build-difference" : gap ? outOfRange.class : rule.standard ? "unexplained" : "your-change",
    subject: names.subject(rule),
    title: `The staging server does not have the rule "${rule.name}". ${sentence}`,
    active: described(rule),
    staging: null,
    cause: build
      ? `Builds bring different standard rules (${comparison.versions}).`
      : gap
        ? `${outOfRange.cause} This one has ${rule.precedence}.`
        : rule.standard
          ? "Both servers run the same build, so both should have the same standard rules; which ones depends on the features chosen in the wizard."
          : "The custom rule was made on the active server after the settings were exported, or deleted on the staging server.",
    next:
      build && !blocking
        ? ""
        : rule.standard
          ? "Compare the features chosen in the wizard of both servers."
          : "Export the rule in the Rules Editor of the active server, replace the connector's identifier in the script, and run it on the staging server.",
    tool: rule.standard ? "wizard" : "rules-editor",
  });
}

function extra({ comparison, both, names }: Context, rule: SynchronizationRule): void {
  const { sentence, severity } = rule.disabled
    ? { sentence: "It is disabled there, so nothing changes for objects.", severity: "info" as const }
    : says(rule, "flows")
      ? started(rule, both)
      : { sentence: "What it gives, a settings file does not say.", severity: "warning" as const };
  const build = rule.standard && comparison.buildsDiffer;
  const blocking = severity === "blocking";
  comparison.add({
    code: "rule-only-on-staging",
    severity: blocking || rule.disabled ? severity : build ? "info" : "warning",
    class: build ? "build-difference" : rule.standard ? "unexplained" : "your-change",
    subject: names.subject(rule),
    title: `Only the staging server has the rule "${rule.name}". ${sentence}`,
    active: null,
    staging: described(rule),
    cause: build
      ? `Builds bring different standard rules (${comparison.versions}).`
      : rule.standard
        ? "Both servers run the same build, so both should have the same standard rules; which ones depends on the features chosen in the wizard."
        : "The custom rule was made on the staging server, or deleted on the active server after the settings were exported.",
    next:
      build && !blocking
        ? ""
        : rule.standard
          ? "Compare the features chosen in the wizard of both servers."
          : "Decide whether the rule is wanted, and have it on both servers or on neither.",
    tool: rule.standard ? "wizard" : "rules-editor",
  });
}

function described(rule: SynchronizationRule) {
  return { name: rule.name, precedence: says(rule, "precedence") ? rule.precedence : null, tag: rule.immutableTag };
}

function comparePair(context: Context, pair: PairedRules): void {
  const { comparison, both, names, revisions } = context;
  const { active, staging } = pair;
  const subject = names.subject(active);
  if (active.id !== staging.id && !comparison.partial) comparison.folded.add("identifier", `identifier of ${subject}`);
  renamed(comparison, pair, subject);
  const differences = differencesOf(comparison, pair, both);
  const sameOrigin = tagParts(active.immutableTag).base === tagParts(staging.immutableTag).base;
  const revision = active.immutableTag !== staging.immutableTag;
  const build = revision && sameOrigin && comparison.buildsDiffer;
  if (revision && !build) tagDiffers(comparison, pair, subject, sameOrigin);
  for (const difference of differences)
    if (!build || difference.excusable !== true) report(comparison, pair, subject, difference);
  if (build) revisions.push({ pair, subject, excused: differences.filter(({ excusable }) => excusable === true) });
  if (comparison.sameKind) compareRaw(comparison, { kind: "rule", subject, where: subject }, active.rest, staging.rest);
}

function tagDiffers(
  comparison: Comparison,
  { active, staging }: PairedRules,
  subject: string,
  sameOrigin: boolean,
): void {
  comparison.add({
    code: "rule-tag-differs",
    severity: "warning",
    class: "unexplained",
    subject,
    title: sameOrigin
      ? `The two servers have different revisions of the standard rule "${active.name}".`
      : `Rules of the name "${active.name}" are of different origin on the two servers.`,
    active: active.immutableTag,
    staging: staging.immutableTag,
    cause:
      comparison.builds === "same"
        ? "Both servers run the same build, so the revision should be the same: an upgrade may not have updated the rule."
        : "A rule of this name was made by hand on one server, or the build is not known.",
    next: "Compare both rules side by side; repair the standard rules in the wizard where one is out of date.",
  });
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
    title: `The rule "${active.name}" is called "${staging.name}" on the staging server; the name has no effect on objects.`,
    active: active.name,
    staging: staging.name,
    cause: by === "tag" ? "Both have the same immutable tag." : "Both have the same content, direction and connector.",
    next: "",
  });
}

function report(comparison: Comparison, pair: PairedRules, subject: string, difference: RuleDifference): void {
  const judged = classify(comparison, pair, difference.code);
  comparison.add({
    code: difference.code,
    severity: difference.severity,
    class: judged.class,
    subject,
    title: named(difference.title, pair.active.name),
    active: difference.active,
    staging: difference.staging,
    cause: judged.cause,
    next: difference.severity === "info" ? "" : judged.next,
  });
}

/** A title alone, in a mail or a table, has to say which rule it is about. */
function named(title: string, name: string): string {
  return title.includes(`"${name}"`) ? title : `${title.replace(/\.$/, "")} (rule "${name}").`;
}

const outOfRange = fromGap("rule-precedence");
const modified = fromGap("modified-standard-rule");

interface Judged {
  readonly class: DifferenceClass;
  readonly cause: string;
  readonly next: string;
}

function classify(comparison: Comparison, { active, staging }: PairedRules, code: string): Judged {
  if (active.standard && staging.standard) {
    if (code === "rule-disabled-differs")
      return {
        ...modified,
        cause: `Whether a standard rule is disabled was changed by hand on one server. ${modified.cause}`,
        next: "Enable or disable the rule alike on both servers, in the Rules Editor.",
      };
    if (active.immutableTag !== staging.immutableTag)
      return {
        class: "unexplained",
        cause: `The two servers have different revisions of this standard rule (${active.immutableTag}, ${staging.immutableTag}; ${comparison.versions}). Whether Microsoft or a person changed this part, the files do not say, and the import does not carry what a person changed.`,
        next: comparison.buildsDiffer
          ? "Compare with the same rule on a fresh installation of each build. What a person changed belongs into a custom rule, on both servers."
          : "Find out why the revisions differ first.",
      };
    return {
      ...modified,
      cause: `This standard rule (${active.immutableTag}, the same revision on both servers) was modified on one server. ${modified.cause}`,
    };
  }
  if (code === "rule-disabled-differs" && active.disabled && !staging.disabled) return fromGap("disabled-rule");
  if (outsideImport(active))
    return {
      class: outOfRange.class,
      cause: `${outOfRange.cause} This one has ${active.precedence}, so its copy was made by hand or by ${comparison.staging.serverName ?? "the staging server"}'s wizard.`,
      next: "Make the custom rule alike on both servers, in the Rules Editor.",
    };
  return {
    class: "your-change",
    cause: "The custom rule was changed on one server only.",
    next: "Make the custom rule alike on both servers, in the Rules Editor.",
  };
}
