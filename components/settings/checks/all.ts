import type { Check, ValidationContext } from "../context";
import type { Problem, Settings } from "../settings";

/** Everything that a schema cannot say, one concern a file. */
export const checks: readonly Check[] = [];

/** All problems at once. */
export function crossCheck(settings: Settings, context: ValidationContext): readonly Problem[] {
  return checks.flatMap((check) => {
    if (check.runs === "always") return check.judge(settings, context);
    const { built } = context;
    return built === undefined ? [] : check.judge(settings, { ...context, built });
  });
}
