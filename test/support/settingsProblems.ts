import assert from "node:assert/strict";
import type { ValidationContext } from "../../components/settings/context";
import type { Problem } from "../../components/settings/settings";
import { validate } from "../../components/settings/validate";
import { today, type Written, writtenFixture } from "./settingsFixture";

type Change = (written: Written) => unknown;

/** What is wrong with right settings after a change. */
export function problemsOf(change: Change, context: Partial<ValidationContext> = {}): readonly Problem[] {
  const written = writtenFixture();
  change(written);
  const result = validate(written, { today, built: {}, ...context });
  return result.kind === "valid" ? [] : result.problems;
}

/** A change brings a problem at this place, with these words, and says what to write. */
export function refuses(
  change: Change,
  path: string,
  problem: RegExp,
  write = /./,
  context: Partial<ValidationContext> = {},
): void {
  const problems = problemsOf(change, context);
  const [first] = problems.filter((each) => each.path === path);
  assert.ok(first, `no problem at ${path}; problems: ${JSON.stringify(problems)}`);
  assert.match(first.problem, problem);
  assert.match(first.write, write);
}

export function accepts(change: Change, context: Partial<ValidationContext> = {}): void {
  assert.deepEqual(problemsOf(change, context), []);
}
