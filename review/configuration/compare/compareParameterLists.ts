import type { Parameter, RawValue } from "../model";
import { byName, compareAttributes } from "./compareParameters";
import { compareRaw } from "./compareRaw";
import type { Comparison } from "./comparison";

interface HasParameters {
  readonly parameters: readonly Parameter[];
}

/**
 * Compares the parameters of a connector or partition. The product writes many of them twice, as an element and as a
 * parameter: a difference that the elements show in the same words is reported once.
 */
export function compareParameterLists(
  comparison: Comparison,
  subject: string,
  active: HasParameters,
  activeElements: readonly RawValue[],
  staging: HasParameters,
  stagingElements: readonly RawValue[],
): void {
  const here = byName(active.parameters);
  const there = byName(staging.parameters);
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    const left = here.get(key);
    const right = there.get(key);
    compareAttributes(comparison, subject, left, right);
    if (
      left !== undefined &&
      right !== undefined &&
      elementSays(key, activeElements, left) &&
      elementSays(key, stagingElements, right)
    )
      continue;
    compareRaw(comparison, { subject, where: subject }, shownValue(left), shownValue(right));
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
