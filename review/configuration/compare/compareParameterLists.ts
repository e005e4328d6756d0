import { compareRaw } from "../judging/compareRaw";
import type { Comparison } from "../judging/comparison";
import type { Place } from "../known/model";
import type { Parameter, RawValue } from "../model";
import { byName, compareAttributes, isSecretParameter } from "./compareParameters";

export interface HasParameters {
  readonly parameters: readonly Parameter[];
}

/**
 * Compares the parameters of a connector or partition. The product writes many of them twice, as an element and as a
 * parameter: a difference that the elements show in the same words is reported once. `judged` names those that
 * something else judges.
 */
export function compareParameterLists(
  comparison: Comparison,
  place: { readonly kind: Place; readonly subject: string; readonly judged?: ReadonlySet<string> },
  active: HasParameters,
  activeElements: readonly RawValue[],
  staging: HasParameters,
  stagingElements: readonly RawValue[],
): void {
  const { kind, subject } = place;
  const here = byName(active.parameters);
  const there = byName(staging.parameters);
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    const left = here.get(key);
    const right = there.get(key);
    compareAttributes(comparison, subject, left, right);
    if (place.judged?.has(key)) continue;
    if (isSecretParameter(left) || isSecretParameter(right)) {
      if (left?.value !== right?.value) comparison.folded.add("secret", `${subject}/${left?.name ?? right?.name}`);
      continue;
    }
    if (
      left !== undefined &&
      right !== undefined &&
      elementSays(key, activeElements, left) &&
      elementSays(key, stagingElements, right)
    )
      continue;
    compareRaw(comparison, { kind, subject, where: subject }, shownValue(left), shownValue(right));
  }
}

function elementSays(key: string, elements: readonly RawValue[], parameter: Parameter): boolean {
  return elements.some(
    ({ path, value }) => path.replace(/^.*[/@]/, "").toLowerCase() === key && value === parameter.value,
  );
}

function shownValue(parameter: Parameter | undefined): readonly RawValue[] {
  return parameter === undefined ? [] : [{ path: `parameter[${parameter.name}]`, value: parameter.value }];
}
