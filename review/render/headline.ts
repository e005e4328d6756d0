import type { Finding } from "../verdict";

/** What decides the verdict, in one sentence: the first thing that blocks, or the first to look at. */
export function headlineOf(findings: readonly Finding[], good: string): string {
  const open = (severity: Finding["severity"]) => findings.filter((finding) => finding.severity === severity);
  const [blocking, warnings] = [open("blocking"), open("warning")];
  const [first] = blocking.length > 0 ? blocking : warnings;
  const accepted = findings.filter((finding) => finding.accepted !== undefined).length;
  const known = accepted === 0 ? "" : ` ${accepted} accepted.`;
  if (first === undefined) return good + known;
  const more = (count: number, word: string) => (count > 0 ? ` ${count} more ${word}.` : "");
  if (blocking.length > 0)
    return `${first.title}${more(blocking.length - 1, blocking.length === 2 ? "blocks" : "block")}${more(warnings.length, "to look at")}${known}`;
  return `${first.title}${more(warnings.length - 1, "to look at")}${known}`;
}
