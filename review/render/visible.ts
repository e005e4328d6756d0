import type { ChangeCause, Finding, Json, Outcome, Severity } from "../verdict";
import { madeSection } from "./madeFrom";
import type { Page, Section } from "./page";

/**
 * Evidence comes from servers, and names in it from whoever can write to a directory. Control characters (terminal
 * escapes), direction overrides and broken surrogates are shown as `\u{1b}`: they must neither steer a terminal nor
 * make one name look like another.
 */
export function visible(text: string): string {
  return text
    .replace(/\r\n?/gu, "\n")
    .replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\u200b\ufeff]/gu, (character) =>
      character === "\n" || character === "\t" ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
    );
}

/** A value of a finding, for people: text as it is, lists by comma, what is in it by name; null is "none". */
export function describeValue(value: Json): string {
  if (value === null) return "none";
  if (typeof value === "string") return value === "" ? '""' : value;
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value) && value.every((item) => item === null || typeof item !== "object")) {
    return value.length === 0 ? "none" : value.map((item) => describeValue(item)).join(", ");
  }
  if (Array.isArray(value)) return value.map((item: Json) => describeValue(item)).join("; ");
  return Object.entries(value)
    .map(([name, item]) => `${name}: ${describeValue(item as Json)}`)
    .join(", ");
}

export const verdictWords: Record<Outcome, string> = {
  ok: "OK",
  review: "REVIEW",
  blocked: "BLOCKED",
  couldNotRun: "COULD NOT RUN",
};

export const severityWords: Record<Severity, string> = {
  blocking: "Blocking",
  warning: "Warning",
  info: "Information",
};

export interface FindingGroup {
  readonly severity: Severity;
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** Worst first; inside a severity the order of the report, which is the author's. */
export function groupFindings(findings: readonly Finding[]): readonly FindingGroup[] {
  const order: readonly Severity[] = ["blocking", "warning", "info"];
  return order
    .map((severity) => {
      const members = findings.filter((finding) => finding.severity === severity);
      return { severity, title: `${severityWords[severity]} (${members.length})`, findings: members };
    })
    .filter((group) => group.findings.length > 0);
}

/** What a finding says beside its title, in reading order; what says nothing, or says it again, is left out. */
export function findingDetails(finding: Finding): readonly { readonly label: string; readonly value: string }[] {
  const { accepted } = finding;
  const rows = [{ label: "Subject", value: finding.title.includes(finding.subject) ? "" : finding.subject }];
  if (accepted !== undefined)
    rows.push({
      label: "Accepted",
      value: `${accepted.reason} (${accepted.by === null ? "" : `by ${accepted.by}, `}until ${accepted.until}; otherwise ${severityWords[accepted.severity].toLowerCase()})`,
    });
  if (finding.change !== undefined) rows.push(...changeRows(finding.change));
  if (finding.active !== null) rows.push({ label: "Active", value: describeValue(finding.active) });
  if (finding.staging !== null) rows.push({ label: "Staging", value: describeValue(finding.staging) });
  rows.push({ label: "Cause", value: finding.cause }, { label: "Next", value: finding.next });
  const id = finding.id === undefined || finding.id === finding.code ? "" : finding.id;
  const kind = finding.class === finding.code ? finding.code : `${finding.class} · ${finding.code}`;
  rows.push({ label: "Kind", value: kind }, { label: "Id", value: id });
  return rows.filter((row) => row.value !== "");
}

const mostProperties = 8;

function changeRows({ type, operation, properties, reason, source }: ChangeCause): readonly {
  readonly label: string;
  readonly value: string;
}[] {
  const shown = properties
    .slice(0, mostProperties)
    .map(({ path, old, new: next }) => `${path}: ${describeValue(old)} → ${describeValue(next)}`);
  const more = properties.length - shown.length;
  return [
    { label: "Resource", value: type === "" ? "" : `${type} (${operation})` },
    { label: "Property", value: [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("\n") },
    { label: "Reason", value: reason },
    { label: "Source", value: source === null ? "" : `${source.file}:${source.line}` },
  ];
}

/** The sections of a page and, at its end, how it was made. */
export const allSections = (page: Page): readonly Section[] =>
  page.made === undefined ? page.sections : [...page.sections, madeSection(page.made)];

/** Without those that only HTML shows. */
export const wordedSections = (page: Page): readonly Section[] =>
  allSections(page).filter(({ onlyHtml }) => onlyHtml !== true);
