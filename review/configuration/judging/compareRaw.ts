import { fromGap } from "../../importGaps";
import type { Severity } from "../../verdict";
import { comparable, isUnset, knownSetting } from "../known/knownSettings";
import type { KnownSetting, Place } from "../known/model";
import { encryptedPaths, isSecret, isSecretValue } from "../known/secrets";
import type { RawValue } from "../model";
import type { Comparison, Difference } from "./comparison";
import { hasGuid } from "./identities";

export interface RawPlace {
  /** Which part of the known settings applies; without it nothing is known but noise. */
  readonly kind?: Place | "rule";
  /** What the values belong to, for example `connector contoso.com`. */
  readonly subject: string;
  /** Prefix of the path in titles and folded places. */
  readonly where: string;
}

type Judgement = Pick<Difference, "code" | "class" | "severity" | "cause" | "next"> & { readonly means?: string };

const provisioningHierarchy: Judgement = {
  code: "provisioning-hierarchy-differs",
  severity: "warning",
  ...fromGap("provisioning-hierarchy"),
};

/** What is known about a few places, by path. Everything else is an unexplained difference. */
function judgeUnknown(comparison: Comparison, path: string): Judgement {
  if (/(^|\/)(possible_)?component_mappings/.test(path)) return provisioningHierarchy;
  const madeByBuild =
    /(^|\/)(assembly-version|extension-config\/[^/]+|format-version|internal-version|parameter-definitions\/.+)$/;
  if (comparison.buildsDiffer && madeByBuild.test(path))
    return {
      code: "raw-value-differs",
      class: "build-difference",
      severity: "info",
      cause: `This value comes with the build (${comparison.versions}).`,
      next: "",
    };
  return {
    code: "raw-value-differs",
    class: "unexplained",
    severity: "warning",
    cause: "The meaning of this value is not documented, so it is compared as it stands.",
    next: "Find out where the two servers were set up differently; if the difference is wanted, note why.",
  };
}

/** Compares values, by path; several values at one path are compared as a set. Known settings are judged as such. */
export function compareRaw(
  comparison: Comparison,
  place: RawPlace,
  active: readonly RawValue[],
  staging: readonly RawValue[],
): void {
  const here = byPath(active);
  const there = byPath(staging);
  const encrypted = new Set([...encryptedPaths(active), ...encryptedPaths(staging)]);
  for (const path of new Set([...here.keys(), ...there.keys()])) {
    const left = here.get(path) ?? [];
    const right = there.get(path) ?? [];
    const where = `${place.where}/${path}`;
    if (isSecret(path) || encrypted.has(path) || [...left, ...right].some(isSecretValue)) {
      if (left.join("\n") !== right.join("\n")) comparison.folded.add("secret", where);
      continue;
    }
    const setting = settingAt(place, path);
    const same = (a: string, b: string): boolean => sameValue(comparison, setting, { where, path }, a, b);
    const [onlyLeft, onlyRight] = unmatched(same, left, right);
    if (onlyLeft.length === 0 && onlyRight.length === 0) continue;
    if (emptied(path, left, right, there) || emptied(path, right, left, here)) continue;
    if (setting?.equality === "metadata") {
      comparison.folded.add("metadata", path);
      continue;
    }
    const judged =
      setting === undefined ? judgeUnknown(comparison, path) : judgeKnown(comparison, setting, left, right);
    if (judged === undefined) continue;
    const { means, ...rest } = judged;
    comparison.add({
      ...rest,
      subject: place.subject,
      title: means === undefined ? titleOf(place.subject, path, left.length, right.length) : `${means} (${path})`,
      active: shownValue(left),
      staging: shownValue(right),
    });
  }
}

/** Undefined where nothing is known; what is each server's own is judged elsewhere, and means nothing beyond there. */
function settingAt({ kind }: RawPlace, path: string): KnownSetting | undefined {
  const setting = kind === undefined || kind === "rule" ? undefined : knownSetting(kind, path);
  return setting?.equality === "own" ? undefined : setting;
}

/** Whether two values of a setting, or of a place of which nothing is known, are the same; counts what it folds. */
export function sameValue(
  comparison: Comparison,
  setting: KnownSetting | undefined,
  at: { readonly where: string; readonly path: string },
  active: string,
  staging: string,
): boolean {
  if (active === staging) return true;
  if (setting === undefined || /^(text|per-server|own|metadata)$/.test(setting.equality)) {
    if (setting?.significant !== undefined && comparable(setting, active) === comparable(setting, staging)) {
      comparison.folded.add("metadata", at.where);
      return true;
    }
    return comparison.sameRaw(at.where, at.path, active, staging);
  }
  const [here, there] = [comparable(setting, active), comparable(setting, staging)];
  if (here === there) {
    comparison.folded.add(
      setting.equality === "list" && active.toLowerCase() !== staging.toLowerCase() ? "order" : "case",
      at.where,
    );
    return true;
  }
  // Identifiers of the outside world must be equal, unless this export's were replaced by others.
  if (setting.equality === "outside-world" && !comparison.identifiersReplaced) return false;
  return hasGuid(active) && comparison.sameRaw(at.where, at.path, active, staging);
}

/** Undefined where a difference in a known setting says nothing at all. */
export function judgeKnown(
  comparison: Comparison,
  setting: KnownSetting,
  left: readonly string[],
  right: readonly string[],
): Judgement | undefined {
  const [here, there] = [left.some((value) => !isUnset(value)), right.some((value) => !isUnset(value))];
  const build = setting.byBuild === true && comparison.buildsDiffer;
  const code = setting.code ?? "setting-differs";
  if (build)
    return {
      code,
      class: "build-difference",
      severity: "info",
      means: setting.means,
      cause: `Builds bring this setting or leave it out (${comparison.versions}).`,
      next: "",
    };
  if (setting.equality === "outside-world" && here !== there)
    return {
      code,
      class: comparison.buildsDiffer ? "build-difference" : setting.class,
      severity: comparison.buildsDiffer ? "info" : "warning",
      means: "Only one server's export names it, so whether both lead to the same place is not known from this value.",
      cause: comparison.buildsDiffer ? `Builds write different values (${comparison.versions}).` : setting.cause,
      next: comparison.buildsDiffer ? "" : "Check on both servers that they lead to the same forest, domain or tenant.",
    };
  const one = here === there ? undefined : here ? setting.onlyActive : setting.onlyStaging;
  const severity: Severity = one?.severity ?? severityOf(setting, left, right);
  return {
    code,
    class: setting.class,
    severity,
    means: one?.means ?? setting.means,
    cause: setting.cause,
    next: setting.next,
  };
}

/** What names the outside world may have two names; two identifiers of it are two things. */
function severityOf(setting: KnownSetting, left: readonly string[], right: readonly string[]): Severity {
  if (setting.equality !== "outside-world" || setting.significant === undefined) return setting.severity;
  const significant = [...left, ...right].map((value) => comparable(setting, value));
  return significant.length > 1 && significant.every(hasGuid) ? setting.severity : "warning";
}

/** An empty element here whose counterpart has content: the content is reported, its absence need not be. */
function emptied(
  path: string,
  values: readonly string[],
  others: readonly string[],
  otherPaths: ReadonlyMap<string, readonly string[]>,
): boolean {
  if (values.length !== 1 || values[0] !== "" || others.length > 0) return false;
  for (const other of otherPaths.keys()) if (other.startsWith(`${path}/`) || other.startsWith(`${path}@`)) return true;
  return false;
}

function unmatched(
  same: (left: string, right: string) => boolean,
  left: readonly string[],
  right: readonly string[],
): readonly [readonly string[], readonly string[]] {
  const rest = [...right];
  const onlyLeft: string[] = [];
  // Equal values first, so that folding pairs only what is left over.
  for (const value of left) {
    const at = rest.indexOf(value);
    if (at < 0) onlyLeft.push(value);
    else rest.splice(at, 1);
  }
  const missing = onlyLeft.filter((value) => {
    const at = rest.findIndex((other) => same(value, other));
    if (at < 0) return true;
    rest.splice(at, 1);
    return false;
  });
  return [missing, rest];
}

function titleOf(subject: string, path: string, left: number, right: number): string {
  if (left === 0) return `Only the staging server has ${path} (${subject}).`;
  if (right === 0) return `Only the active server has ${path} (${subject}).`;
  return `${path} differs (${subject}).`;
}

function shownValue(values: readonly string[]): string | readonly string[] | null {
  if (values.length === 0) return null;
  return values.length === 1 ? (values[0] ?? "") : values;
}

function byPath(values: readonly RawValue[]): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, string[]>();
  for (const { path, value } of values) {
    const list = result.get(path);
    if (list === undefined) result.set(path, [value]);
    else list.push(value);
  }
  return result;
}
