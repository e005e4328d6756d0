import assert from "node:assert/strict";
import type { Difference } from "../../../review/configuration";
import { Contoso, differences } from "./contoso";

export interface Expected {
  readonly code: string;
  readonly class: Difference["class"];
  readonly severity: Difference["severity"];
  readonly title?: RegExp;
}

/** One edit on the staging copy (and, where needed, on the active one) and the differences it must make: all of them. */
export function finds(
  what: string,
  expected: readonly Expected[],
  staging: (copy: Contoso) => Contoso,
  active?: (copy: Contoso) => Contoso,
): void {
  it(what, () => {
    const found = differences(staging(Contoso.staging()), active?.(new Contoso()));
    assert.deepEqual(
      found.map((finding) => ({ code: finding.code, class: finding.class, severity: finding.severity })),
      expected.map(({ title: _title, ...rest }) => rest),
      found.map((finding) => finding.title).join("\n"),
    );
    expected.forEach(({ title }, index) => {
      if (title !== undefined) assert.match(found[index]?.title ?? "", title);
    });
    for (const finding of found) {
      assert.notEqual(finding.cause, "", finding.code);
      if (finding.severity !== "info") assert.notEqual(finding.next, "", `what to do about ${finding.code}`);
    }
  });
}

export const change = (code: string, title?: RegExp): Expected => ({
  code,
  class: "your-change",
  severity: "warning",
  title,
});
export const unexplained = (code: string, title?: RegExp): Expected => ({
  code,
  class: "unexplained",
  severity: "warning",
  title,
});
export const gap = (code: string, title?: RegExp): Expected => ({
  code,
  class: "known-import-gap",
  severity: "warning",
  title,
});
export const build = (code: string, title?: RegExp): Expected => ({
  code,
  class: "build-difference",
  severity: "info",
  title,
});
export const blocking = (expected: Expected): Expected => ({ ...expected, severity: "blocking" });
