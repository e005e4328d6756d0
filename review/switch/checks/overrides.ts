import type { Finding, MadeFrom } from "../../verdict";
import type { LookInput } from "../gathered";
import type { Override } from "../record/entry";
import { safetyRules } from "../rules";

/** What no name and no reason goes past: here somebody could make a second exporter without knowing it. */
export const neverOverridden: ReadonlySet<string> = new Set([
  ...safetyRules.filter(({ override }) => !override).map(({ code }) => code),
  "two-active",
  "proof-contradicted",
]);

const keyOf = ({ code, subject, title }: Pick<Finding, "code" | "subject" | "title">): string =>
  JSON.stringify([code, subject, title]);

/** The same sentence from call to call, whatever the archives are called. */
function steady(finding: Finding, inputs: readonly MadeFrom[]): Finding {
  const title = inputs.reduce((text, { source, role }) => text.replaceAll(source, role), finding.title);
  return { ...finding, title };
}

/** What this call goes past, by code; and what it may not. */
export function givenNow(
  { overrides = [], by = "", reason = "" }: Pick<LookInput, "overrides" | "by" | "reason">,
  findings: readonly Finding[],
  inputs: readonly MadeFrom[],
): { readonly overrides: readonly Override[]; readonly problems: readonly string[] } {
  const problems = overrides
    .filter((code) => neverOverridden.has(code))
    .map((code) => {
      const found = findings.find((finding) => finding.code === code);
      return `--override ${code}: nobody goes past this one: it is how two servers come to export. ${found === undefined ? "" : `Instead: ${found.next}`}`.trim();
    });
  const given = findings
    .filter(({ code, severity }) => overrides.includes(code) && severity !== "info" && !neverOverridden.has(code))
    .map((finding) => steady(finding, inputs))
    .map(({ code, subject, title, severity }) => ({
      code,
      subject,
      title,
      severity,
      by: by.trim(),
      reason: reason.trim(),
    }));
  return { overrides: given, problems };
}

/** Findings with what was gone past shown as such: never taken out, and only where it is the very same. */
export function applied(
  findings: readonly Finding[],
  overrides: readonly Override[],
  inputs: readonly MadeFrom[],
  now: Date,
): readonly Finding[] {
  const byKey = new Map(overrides.map((each) => [keyOf(each), each]));
  return findings.map((finding): Finding => {
    const override = byKey.get(keyOf(steady(finding, inputs)));
    if (override === undefined || finding.severity === "info" || neverOverridden.has(finding.code)) return finding;
    const { reason, by } = override;
    const until = now.toISOString().slice(0, 10);
    return { ...finding, severity: "info", accepted: { reason, until, by, severity: finding.severity } };
  });
}

export function unusedOverrides(
  { overrides = [] }: Pick<LookInput, "overrides">,
  findings: readonly Finding[],
): readonly Finding[] {
  return overrides
    .filter((code) => !findings.some((finding) => finding.code === code && finding.severity !== "info"))
    .map((code) => ({
      code: "override-unused",
      severity: "info",
      class: "acceptance",
      subject: code,
      title: `--override ${code}: there is nothing of this code to go past.`,
      active: null,
      staging: null,
      cause: "It was mended meanwhile, or the code is written otherwise.",
      next: "",
    }));
}
