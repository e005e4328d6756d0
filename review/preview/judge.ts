import type { BeforeAfterRow } from "../render/page";
import type { Finding, Outcome, Report } from "../verdict";
import { identified, verdictOf, worstFirst } from "../verdict";
import type { PropertyChange } from "./changes";
import { type Fate, fatesOf } from "./fates";
import { archiveHazards } from "./hazards/archive";
import { backupHazards } from "./hazards/backup";
import { commandHazards } from "./hazards/commands";
import { engineHazards, generalHazards } from "./hazards/general";
import { guardHazards } from "./hazards/guards";
import { monitoringHazards } from "./hazards/monitoring";
import { networkHazards } from "./hazards/network";
import { placeHazards } from "./hazards/place";
import { postureHazards } from "./hazards/posture";
import { propertyHazards, unknownProperties } from "./hazards/propertyRules";
import { protectionHazards } from "./hazards/protection";
import { securityRuleHazards } from "./hazards/securityRules";
import { serverHazards } from "./hazards/servers";
import { hazardCodes, hazardRow } from "./hazardTable";
import { type Landscape, landscapeOf } from "./landscape";
import { maskAll, masker } from "./masks";
import { type Noise, noiseTable } from "./noise";
import { pictureOf } from "./picture";
import type { Detector, Raised } from "./raised";
import type { RawPreview, Said } from "./rawPreview";
import { shortType } from "./resourceKinds";
import { type Secrets, secretsIn } from "./secrets";
import { isNoise, isOwnWord, type ResourceChange } from "./steps";
import { bothShown, fromTo, listed } from "./wording";

const detectors: readonly Detector[] = [
  serverHazards,
  guardHazards,
  commandHazards,
  backupHazards,
  archiveHazards,
  securityRuleHazards,
  networkHazards,
  propertyHazards,
  unknownProperties,
  monitoringHazards,
  protectionHazards,
  postureHazards,
  placeHazards,
  engineHazards,
];

export interface ResourceLine {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly operation: string;
  readonly retained: boolean;
  readonly properties: readonly PropertyChange[];
  readonly reason: string;
}

export interface PreviewSummary {
  readonly stack: string;
  readonly project: string;
  /** `digest`, `events`, or `none` where there was no preview. */
  readonly form: RawPreview["form"];
  /** Why the preview did not get to its end; null where it did. */
  readonly failure: string | null;
  /** Resources by what is done to them. */
  readonly counts: Readonly<Record<string, number>>;
  readonly servers: readonly Fate[];
  /** Everything that is not left as it is, and is no noise. */
  readonly resources: readonly ResourceLine[];
  readonly noise: readonly { readonly kind: Noise; readonly title: string; readonly resources: readonly string[] }[];
  /** Servers, network and backup before and after. */
  readonly picture: readonly BeforeAfterRow[];
  readonly messages: readonly Said[];
  /** What of the preview could not be seen. */
  readonly notes: readonly string[];
}

export type PreviewReport = Report<PreviewSummary, Outcome>;

export interface JudgeOptions {
  /** Folders whose paths are not to be printed: home, working and temporary folder. */
  readonly folders?: readonly string[];
}

/** Reads nothing and writes nothing: a preview as read becomes a report without a secret in it. */
export function judgePreview(preview: RawPreview, { folders = [] }: JudgeOptions = {}): PreviewReport {
  const secrets = secretsIn(preview);
  const landscape = landscapeOf(preview);
  const found = detectors.flatMap((detect) => detect(landscape));
  const raised = [...found, ...secretHazards(landscape, secrets), ...generalHazards(landscape, judgedBy(found))];
  const findings = ordered([...failed(preview), ...merged(raised).map((each) => findingOf(each, landscape))]);
  const mask = masker(secrets.values, folders);
  return {
    verdict: preview.failure === undefined ? verdictOf(findings) : "couldNotRun",
    findings: identified(findings.map((finding) => maskFinding(finding, mask))),
    summary: maskSummary(summaryOf(landscape, fatesOf(landscape, raised)), mask),
  };
}

type Mask = (text: string) => string;

/** Words of our own are left alone: a secret may well be called `review`. */
const maskFinding = (finding: Finding, mask: Mask): Finding => ({
  ...finding,
  subject: mask(finding.subject),
  title: mask(finding.title),
  cause: mask(finding.cause),
  ...(finding.change === undefined ? {} : { change: maskAll(finding.change, mask) }),
});

const maskSummary = (summary: PreviewSummary, mask: Mask): PreviewSummary => ({
  ...maskAll(summary, mask),
  form: summary.form,
  counts: Object.fromEntries(
    Object.entries(summary.counts).map(([word, count]) => [isOwnWord(word) ? word : mask(word), count]),
  ),
  servers: summary.servers.map((fate) => ({ ...maskAll(fate, mask), happening: fate.happening })),
  picture: summary.picture.map((row) => ({ ...maskAll(row, mask), tone: row.tone })),
  noise: summary.noise.map((each) => ({ ...each, resources: each.resources.map(mask) })),
});

function judgedBy(raised: readonly Raised[]): ReadonlySet<ResourceChange> {
  return new Set(raised.flatMap(({ change, judges = [] }) => (change === undefined ? judges : [change, ...judges])));
}

/** The table's order within a severity. */
function ordered(findings: readonly Finding[]): readonly Finding[] {
  const rank = new Map<string, number>(hazardCodes.map((code, index) => [code, index]));
  const sorted = [...findings].sort(
    (a, b) =>
      (rank.get(a.code) ?? 0) - (rank.get(b.code) ?? 0) || a.subject.localeCompare(b.subject, "en", { numeric: true }),
  );
  return worstFirst(sorted);
}

/** One hazard of a resource once, whatever number of detectors met it. */
function merged(raised: readonly Raised[]): readonly Raised[] {
  const known = new Map<string, Raised>();
  for (const each of raised) {
    const key = `${each.code}\n${each.change?.urn ?? ""}\n${each.subject ?? ""}`;
    const before = known.get(key);
    if (before === undefined) known.set(key, each);
    else
      known.set(key, {
        ...before,
        what: [...new Set([before.what, each.what].filter((what) => what !== undefined))].join("; "),
        properties: [...(before.properties ?? []), ...(each.properties ?? [])],
      });
  }
  return [...known.values()];
}

function secretHazards({ byUrn }: Landscape, { shown }: Secrets): readonly Raised[] {
  const byResource = new Map<string, string[]>();
  for (const { urn, path } of shown) byResource.set(urn, [...(byResource.get(urn) ?? []), path]);
  return [...byResource.entries()].map(([urn, paths]): Raised => {
    const change = byUrn.get(urn);
    return { code: "secret-in-plain-text", ...(change ? { change } : { subject: "the stack" }), what: listed(paths) };
  });
}

function failed({ failure }: RawPreview): readonly Finding[] {
  if (failure === undefined) return [];
  const { severity, remedy, tool } = hazardRow("preview-failed");
  const [first = "", ...more] = failure.split("\n").filter((line) => line.trim() !== "");
  return [
    {
      code: "preview-failed",
      severity,
      class: "preview-failed",
      subject: "the preview",
      title: `The preview did not get to its end: ${first.trim()}`,
      active: null,
      staging: null,
      cause: more.join("\n"),
      next: remedy,
      tool,
    },
  ];
}

const longestKept = 200;
const mostProperties = 20;

function findingOf({ code, change, subject, what, properties = [] }: Raised, landscape: Landscape): Finding {
  const { severity, sentence, remedy, tool } = hazardRow(code);
  const about = subject ?? (change === undefined ? landscape.stack : nameOf(change, landscape));
  const filled =
    what ??
    listed(
      properties.map((each) => `${each.path}: ${fromTo(each)}`),
      3,
    );
  const title = sentence.replaceAll("{subject}", () => about).replaceAll("{what}", () => filled);
  return {
    code,
    severity,
    class: code,
    subject: about,
    title: /[.!?]$/u.test(title) ? title : `${title}.`,
    active: null,
    staging: null,
    cause: "",
    next: remedy,
    tool,
    ...(change === undefined
      ? {}
      : {
          change: {
            urn: change.urn,
            type: change.type,
            operation: change.ops.join(", "),
            properties: properties.slice(0, mostProperties).map(brief),
            reason: reasonOf(change),
            source: change.source ?? null,
          },
        }),
  };
}

/** Long values by the part that differs: a whole script twice says nothing to anybody. */
function brief({ path, old, new: next }: PropertyChange) {
  const long = [old, next].some((value) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text.length > longestKept || text.includes("\n");
  });
  if (!long) return { path, old, new: next };
  const [before, after] = bothShown({ old, new: next }, longestKept);
  return { path, old: old === null ? null : before, new: next === null ? null : after };
}

/** The name alone where it is the only one of its name. */
function nameOf(change: ResourceChange, { changes }: Landscape): string {
  const alone = changes.every((other) => other === change || other.name !== change.name || other.action === "nothing");
  return alone ? change.name : `${shortType(change.type)} ${change.name}`;
}

function reasonOf({ replaceReasons, diffReasons, action }: ResourceChange): string {
  if (replaceReasons.length > 0) return `the engine replaces it because of ${listed(replaceReasons, 3)}`;
  return diffReasons.length > 0 && action === "update"
    ? `the engine updates it because of ${listed(diffReasons, 3)}`
    : "";
}

function summaryOf(landscape: Landscape, servers: readonly Fate[]): PreviewSummary {
  const { preview, changes, stack, project, complete } = landscape;
  const counts: Record<string, number> = {};
  for (const { action, ops } of changes) {
    const word = action === "unknown" ? ops.join(", ") || "unnamed" : action;
    counts[word] = (counts[word] ?? 0) + 1;
  }
  const noisy = changes.filter(isNoise);
  const lines = changes.filter((change) => change.action !== "nothing" && change.action !== "read" && !isNoise(change));
  return {
    stack,
    project,
    form: preview.form,
    failure: preview.failure ?? null,
    counts,
    servers,
    resources: lines.map((change) => ({
      urn: change.urn,
      type: change.type,
      name: change.name,
      operation: change.ops.join(", "),
      retained: change.retained,
      properties: change.changes.map((each) => ({ ...each, ...brief(each) })),
      reason: reasonOf(change),
    })),
    noise: noiseTable.flatMap(({ kind, title }) => {
      const names = noisy.filter(({ changes: all }) => all.some(({ noise }) => noise === kind)).map(({ name }) => name);
      return names.length === 0 ? [] : [{ kind, title, resources: names.sort() }];
    }),
    picture: pictureOf(landscape),
    messages: preview.said,
    notes: [
      ...preview.notes,
      ...(complete || preview.form === "none"
        ? []
        : [
            "Resources that stay as they are were not listed (--show-sames): servers that are left alone, and roles, may be missing here.",
          ]),
    ],
  };
}
