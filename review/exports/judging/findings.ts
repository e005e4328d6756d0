import type { Finding, Json, Severity } from "../../verdict";
import type { StateCounts } from "../comparing/comparison";
import type { ObjectChange } from "../reading/change";
import { exampleOf } from "./example";
import type { Group, ObjectPlace } from "./groups";
import { type RiskClass, severityOf, type Threshold, type Thresholds } from "./thresholds";
import { classWording, notShown } from "./wording";

export interface Judged {
  readonly connector: string;
  readonly connectorKnown: boolean;
  readonly hasActive: boolean;
  readonly snapshots: { readonly active: number; readonly staging: number };
  readonly totals: StateCounts;
  readonly transient: number;
  readonly risks: ReadonlyMap<RiskClass, Group>;
  /** Groups that lose their whole member list: how many members that are is not in the file. */
  readonly wholeMemberships: number;
  readonly differs: Group;
  readonly onlyActive: Group;
  readonly both: Group;
  readonly bothDeletes: number;
  readonly sent: Group;
  readonly withoutDetails: Group;
  readonly thresholds: Thresholds;
  /** The object behind an example, read again from its file. */
  readonly detail: (place: ObjectPlace, role: "active" | "staging") => ObjectChange | undefined;
}

const numbered = (count: number): string => (count === 1 ? "1 object" : `${count} objects`);
const severityRank: Record<Severity, number> = { blocking: 0, warning: 1, info: 2 };

/** One finding for each class of change, the worst first. */
export function findingsOf(judged: Judged): Finding[] {
  const findings = [...riskFindings(judged), ...stateFindings(judged), ...evidenceFindings(judged)];
  return findings
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => severityRank[a.finding.severity] - severityRank[b.finding.severity] || a.index - b.index)
    .map(({ finding }) => finding);
}

function* riskFindings(judged: Judged): Generator<Finding> {
  for (const [name, group] of judged.risks) {
    if (group.objects === 0 || name === "onlyActive" || name === "sent") continue;
    const wording = classWording[name];
    const threshold = judged.thresholds[name];
    const whole = name === "membershipRemovals" ? judged.wholeMemberships : 0;
    // A member list that goes as a whole may be of any length: it counts as many.
    const count = whole > 0 && threshold.block !== "never" ? Math.max(group.count, threshold.block) : group.count;
    const plus = whole > 0 ? ` (and in ${whole} of them the whole list, of unknown length)` : "";
    const not = judged.hasActive ? ", which the active server would not do" : "";
    yield {
      code: wording.code,
      severity: severityOf(count, threshold),
      class: name,
      subject: subjectOf(judged, group),
      title: `The staging server would ${wording.would(String(group.count))}${plus}${not}: ${group.types()}.`,
      active: null,
      staging: { ...evidence(judged, group, "staging"), count: group.count, threshold: { ...threshold } },
      cause: wording.cause,
      next: wording.next,
    };
  }
}

function* stateFindings(judged: Judged): Generator<Finding> {
  const { differs, onlyActive, both, thresholds } = judged;
  if (differs.objects > 0) {
    yield {
      code: "different-values",
      severity: "warning",
      class: "differs",
      subject: subjectOf(judged, differs),
      title: `Both servers would change ${numbered(differs.objects)}, but differently: ${differs.types()}.`,
      active: evidence(judged, differs, "active"),
      staging: evidence(judged, differs, "staging"),
      cause: "An attribute flow differs between the servers, or one has imported a newer state than the other.",
      next: "Look at the attributes that differ in the table; compare the rules that write them, import and synchronize both, export again.",
    };
  }
  if (onlyActive.objects > 0) {
    yield {
      code: "only-active",
      severity: severityOf(onlyActive.objects, thresholds.onlyActive),
      class: "onlyActive",
      subject: subjectOf(judged, onlyActive),
      title: `Only the active server would change ${numbered(onlyActive.objects)} (${onlyActive.operations()}): ${onlyActive.types()}.`,
      active: evidence(judged, onlyActive, "active"),
      staging: null,
      cause:
        "Staging does not see these changes: a filter or rule leaves them out, its imports are older, or the target already has them.",
      next: "Import and synchronize the staging server, export both again; what stays is a difference of the configuration.",
    };
  }
  if (both.objects > 0) {
    const deletes = judged.bothDeletes;
    const many = severityOf(deletes, thresholds.deletes) === "blocking";
    yield {
      code: "both-servers",
      severity: many ? "warning" : "info",
      class: "both",
      subject: subjectOf(judged, both),
      title: `Both servers would do the same to ${numbered(both.objects)} (${both.operations()}): ${both.types()}.`,
      active: counts(both),
      staging: counts(both),
      cause: many
        ? `The servers agree, but ${deletes} of them are deletes: the active server is about to do that now.`
        : "The change is on its way on the active server, and staging computes the same.",
      next: many ? "Find out whether these deletes are meant before the active server's next export." : "",
    };
  }
  if (judged.sent.objects > 0) yield sentFinding(judged);
}

function sentFinding(judged: Judged): Finding {
  const { sent, thresholds } = judged;
  return {
    code: "exports-already-sent",
    severity: severityOf(sent.objects, thresholds.sent),
    class: "sent",
    subject: subjectOf(judged, sent),
    title: `The staging server has ${numbered(sent.objects)} with an export that was sent and not confirmed: ${sent.types()}.`,
    active: null,
    staging: evidence(judged, sent, "staging"),
    cause:
      "A staging server sends nothing. It was active before and was not imported since, or somebody started an Export run by hand.",
    next: "Check that staging mode is on and look at its run history for Export steps; then run a full import on this connector.",
  };
}

function* evidenceFindings(judged: Judged): Generator<Finding> {
  const { withoutDetails, snapshots } = judged;
  const base = { class: "evidence", subject: judged.connector, active: null, staging: null } as const;
  if (withoutDetails.objects > 0) {
    yield {
      ...base,
      code: "changes-not-in-file",
      severity: "warning",
      title: `${numbered(withoutDetails.objects)} are to be exported, but the file does not say what changes.`,
      staging: evidence(judged, withoutDetails, "staging"),
      cause: "csexport was told to leave the deltas out (/o), so there is only the operation of each object.",
      next: 'Export again without /o: csexport "<connector name>" <file.xml> /f:x',
    };
  }
  if (!judged.hasActive) {
    yield {
      ...base,
      code: "no-active-side",
      severity: "info",
      title: "There is no export of the active server: everything the staging server would do is judged as its own.",
      cause: "Changes that the active server would do as well cannot be told apart.",
      next: "Export the same connector on the active server and give it with --active.",
    };
  }
  if (judged.transient > 0) {
    yield {
      ...base,
      code: "transient",
      severity: "info",
      title: `${numbered(judged.transient)} left out: not pending with the same change in every snapshot.`,
      cause: "They are on their way: exported, changed or taken back between the snapshots.",
      next: "",
    };
  } else if (snapshots.staging < 2 || (judged.hasActive && snapshots.active < 2)) {
    yield {
      ...base,
      code: "single-snapshot",
      severity: "info",
      title: "With one snapshot a side, changes that are only on their way are counted too.",
      cause: "Two exports about an hour apart show what stays.",
      next: "Export again in about an hour and give both files of each side, the older first.",
    };
  }
  if (!judged.connectorKnown) {
    yield {
      ...base,
      code: "connector-not-named",
      severity: "info",
      title: "The files do not name their connector, so it was not checked that they are of the same one.",
      cause: "Objects without ma-name.",
      next: "Check that every file was exported with the same connector name.",
    };
  }
  yield {
    ...base,
    code: "not-in-such-a-file",
    severity: "info",
    title: "A file of pending exports does not show password hashes, and some other things.",
    cause: notShown.join(" "),
    next: "Check password hash synchronization on its own after a promotion (events 656 and 657).",
  };
}

const subjectOf = (judged: Judged, group: Group): string => `${judged.connector}: ${group.types()}`;

function evidence(judged: Judged, group: Group, role: "active" | "staging"): { readonly [key: string]: Json } {
  const examples = group.examples.flatMap((place) => {
    const change = judged.detail(place, role);
    return change === undefined ? [] : [exampleOf(change)];
  });
  return { ...counts(group), examples, more: Math.max(0, group.objects - examples.length) };
}

const counts = (group: Group): { readonly [key: string]: Json } => ({
  objects: group.objects,
  byType: Object.fromEntries([...group.byType].sort()),
  byOperation: Object.fromEntries([...group.byOperation].sort()),
});

export const thresholdText = ({ review, block }: Threshold): string =>
  `${review === "never" ? "no review" : `review from ${review}`}, ${block === "never" ? "never blocked" : `blocked from ${block}`}`;
