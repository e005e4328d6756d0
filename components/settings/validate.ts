import { functionOf } from "../../scripts/checks";
import { crossCheck } from "./checks/all";
import { complete, type ShapedSettings } from "./complete";
import type { ValidationContext } from "./context";
import { explainErrors } from "./explain";
import { renewed } from "./oldForm";
import type { Problem, Settings } from "./settings";
import { settingsCheck } from "./shape";

const matchesSchema = functionOf(settingsCheck);

export type Validated =
  | { readonly kind: "valid"; readonly settings: Settings }
  | {
      readonly kind: "invalid";
      readonly problems: readonly Problem[];
      /** Not of the form that the schema describes; otherwise only values are wrong. */
      readonly misshapen: boolean;
      /** Where only values are wrong: what the settings would be, so that other checks can tell their problems too. */
      readonly settings?: Settings;
    };

/**
 * Settings as written -> settings as used, or everything that is wrong with them. Pure: files are looked at elsewhere,
 * and only when they will be copied. Settings of an earlier release are refused with the new form; the rest of them is
 * judged as if it had been written that way, so that everything is told at once.
 */
export function validate(written: unknown, context: ValidationContext): Validated {
  const { settings: raw, problems: old } = renewed(structuredClone(written));
  const asWritten = structuredClone(raw);
  const errors = matchesSchema(raw) ? [] : (matchesSchema.errors ?? []);
  const shape = explainErrors(errors, raw);
  // The other checks rely on the shape. A key too many does not hurt it, but for a block under something that is no number.
  const canBeChecked = errors.every(
    ({ keyword, instancePath }) => keyword === "additionalProperties" && instancePath !== "/generations",
  );
  const misshapen = old.length > 0 || shape.length > 0;
  if (!canBeChecked) return { kind: "invalid", problems: [...old, ...shape], misshapen };
  const settings = complete(raw as ShapedSettings, context);
  const problems = [...old, ...shape, ...crossCheck(settings, { ...context, written: asWritten })];
  return problems.length === 0
    ? { kind: "valid", settings }
    : { kind: "invalid", problems, misshapen, ...(misshapen ? {} : { settings }) };
}
