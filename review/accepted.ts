import { readFile } from "node:fs/promises";
import { parse, YAMLParseError } from "yaml";
import {
  BadInput,
  type Finding,
  type Json,
  type Outcome,
  type Report,
  type Verdict,
  verdictOf,
  worstFirst,
} from "./verdict";

/** A difference that somebody knows of and lives with until a day. */
export interface Acceptance {
  readonly code: string;
  readonly subject: string;
  readonly reason: string;
  /** The last day, `2026-12-31`. */
  readonly until: string;
  /** Who accepts it; without a name nothing that blocks is accepted. */
  readonly by: string | null;
  /** At most this many objects, where the finding counts some. */
  readonly most: number | null;
}

const example =
  "Write a list of entries: { code: …, subject: …, reason: …, until: 2026-12-31, by: name (for what blocks), most: number (optional) }.";
/** `resource` is what a preview's subject is called. */
const known = ["code", "subject", "resource", "reason", "until", "by", "most"];

/** @throws BadInput with every problem at once */
export async function readAcceptances(file: string): Promise<readonly Acceptance[]> {
  let content: unknown;
  try {
    content = parse(await readFile(file, "utf8"));
  } catch (error) {
    const what = error instanceof YAMLParseError ? "is neither JSON nor YAML" : "cannot be read";
    throw new BadInput(`${file}: ${what}: ${(error as Error).message}`);
  }
  if (!Array.isArray(content)) throw new BadInput(`${file}: is not a list. ${example}`);
  const problems: string[] = [];
  const acceptances = content.map((entry: unknown, index) => {
    const at = (what: string) => problems.push(`entry ${index + 1}: ${what}`);
    const given = (typeof entry === "object" && entry !== null ? entry : {}) as Record<string, unknown>;
    for (const name of Object.keys(given)) if (!known.includes(name)) at(`there is no "${name}"`);
    const text = (name: string): string => {
      const value = given[name];
      if (typeof value === "string" && value.trim() !== "") return value.trim();
      at(`${name} is missing`);
      return "";
    };
    const until = text("until");
    const day = Date.parse(`${until}T00:00:00Z`);
    if (until !== "" && (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== until))
      at(`until "${until}" is not a day like 2026-12-31`);
    const { by = null, most = null } = given;
    if (by !== null && (typeof by !== "string" || by.trim() === "")) at("by is not a name");
    if (most !== null && !(Number.isInteger(most) && (most as number) >= 0)) at("most is not a whole number");
    return {
      code: text("code"),
      subject: text("subject" in given || !("resource" in given) ? "subject" : "resource"),
      reason: text("reason"),
      until,
      by: typeof by === "string" ? by.trim() : null,
      most: typeof most === "number" ? most : null,
    };
  });
  if (problems.length > 0) throw new BadInput(`${file}: ${problems.join("; ")}. ${example}`);
  return acceptances;
}

const same = (left: string, right: string): boolean => left.trim().toLowerCase() === right.trim().toLowerCase();

export interface AcceptOptions {
  /** Whether what blocks is accepted only by name (default). In a repository its history says who wrote an entry. */
  readonly nameNeeded?: boolean;
}

/**
 * The report with what is accepted shown as accepted: never taken out, and only until its day. What was accepted without
 * effect is told too: an acceptance that has ended, that has no name for something that blocks, or that fits nothing.
 */
export function withAccepted<Summary, Reached extends Outcome>(
  report: Report<Summary, Reached>,
  acceptances: readonly Acceptance[],
  now: Date,
  { nameNeeded = true }: AcceptOptions = {},
): Report<Summary, Reached | Verdict> {
  if (acceptances.length === 0) return report;
  const today = now.toISOString().slice(0, 10);
  const told: Finding[] = [];
  const used = new Set<Acceptance>();
  const findings = report.findings.map((finding): Finding => {
    if (finding.severity === "info") return finding;
    const acceptance = acceptances.find(
      ({ code, subject }) => code === finding.code && names(finding).some((name) => same(subject, name)),
    );
    if (acceptance === undefined) return finding;
    used.add(acceptance);
    const refused = whyNot(acceptance, finding, today, nameNeeded);
    if (refused !== undefined) {
      told.push(notAccepted(acceptance, refused));
      return finding;
    }
    const { reason, until, by } = acceptance;
    return { ...finding, severity: "info", accepted: { reason, until, by, severity: finding.severity } };
  });
  for (const acceptance of acceptances) if (!used.has(acceptance)) told.push(unused(acceptance));
  const all = worstFirst([...findings, ...told]);
  // What could not run is not made to have run by accepting anything.
  return { ...report, verdict: report.verdict === "couldNotRun" ? report.verdict : verdictOf(all), findings: all };
}

/** A resource of a preview is also known by its URN. */
const names = ({ subject, change }: Finding): readonly string[] =>
  change === undefined ? [subject] : [subject, change.urn];

function whyNot(
  { until, by, most }: Acceptance,
  finding: Finding,
  today: string,
  nameNeeded: boolean,
): string | undefined {
  if (until < today) return `it ended on ${until}`;
  if (nameNeeded && finding.severity === "blocking" && by === null) return "it has no name (by), and this blocks";
  const count = countOf(finding.staging) ?? countOf(finding.active);
  if (most !== null && count === undefined) return "the finding counts nothing, so most cannot be checked";
  if (most !== null && (count ?? 0) > most) return `it holds for at most ${most}, and these are ${count}`;
  return undefined;
}

function countOf(side: Json): number | undefined {
  if (side === null || typeof side !== "object" || Array.isArray(side)) return undefined;
  const { count, objects } = side as { readonly [key: string]: Json };
  return typeof count === "number" ? count : typeof objects === "number" ? objects : undefined;
}

const base = { severity: "info", class: "acceptance", active: null, staging: null } as const;

const notAccepted = ({ code, subject, reason }: Acceptance, why: string): Finding => ({
  ...base,
  code: "acceptance-without-effect",
  id: `acceptance-without-effect-${code}`,
  subject,
  title: `${subject}: ${code} is not accepted: ${why}.`,
  cause: `Reason given: ${reason}`,
  next: "Decide anew, and change the entry or take it out.",
});

const unused = ({ code, subject, reason }: Acceptance): Finding => ({
  ...base,
  code: "acceptance-unused",
  id: `acceptance-unused-${code}`,
  subject,
  title: `${subject}: nothing of the code ${code} is there to be accepted.`,
  cause: `Reason given: ${reason}`,
  next: "Take the entry out, or write code and subject as the report has them.",
});
