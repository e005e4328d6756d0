import type { RawValue } from "../model";
import type { Comparison, Difference, DifferenceClass } from "./comparison";

export interface RawPlace {
  /** What the values belong to, for example `connector contoso.com`. */
  readonly subject: string;
  /** Prefix of the path in titles and folded places. */
  readonly where: string;
}

interface Judgement {
  readonly code: string;
  readonly class: DifferenceClass;
  readonly severity: Difference["severity"];
  readonly cause: string;
  readonly next: string;
}

const provisioningHierarchy: Judgement = {
  code: "provisioning-hierarchy-differs",
  class: "known-import-gap",
  severity: "warning",
  cause: "The wizard's import of settings does not carry the provisioning hierarchy of a connector.",
  next: "Set it by hand on the staging server (Synchronization Service Manager, connector properties).",
};

/** What is known about a few places, by path. Everything else is an unexplained difference. */
function judge(comparison: Comparison, path: string): Judgement {
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

/** Compares values without typed meaning, by path; several values at one path are compared as a set. */
export function compareRaw(
  comparison: Comparison,
  place: RawPlace,
  active: readonly RawValue[],
  staging: readonly RawValue[],
): void {
  const here = byPath(active);
  const there = byPath(staging);
  for (const path of new Set([...here.keys(), ...there.keys()])) {
    const left = here.get(path) ?? [];
    const right = there.get(path) ?? [];
    const [onlyLeft, onlyRight] = unmatched(comparison, `${place.where}/${path}`, path, left, right);
    if (onlyLeft.length === 0 && onlyRight.length === 0) continue;
    if (emptied(path, left, right, there) || emptied(path, right, left, here)) continue;
    comparison.add({
      ...judge(comparison, path),
      subject: place.subject,
      title: titleOf(path, left.length, right.length),
      active: shownValue(left),
      staging: shownValue(right),
    });
  }
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
  comparison: Comparison,
  place: string,
  path: string,
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
    const at = rest.findIndex((other) => comparison.sameRaw(place, path, value, other));
    if (at < 0) return true;
    rest.splice(at, 1);
    return false;
  });
  return [missing, rest];
}

function titleOf(path: string, left: number, right: number): string {
  if (left === 0) return `Only the staging server has ${path}.`;
  if (right === 0) return `Only the active server has ${path}.`;
  return `${path} differs.`;
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
