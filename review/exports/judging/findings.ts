import { type Finding, identified, worstFirst } from "../../verdict";
import { deletionFindings } from "./deletionFindings";
import { evidenceFindings } from "./evidenceFindings";
import { counts, evidence, groups, type Judged, numbered, titled } from "./judged";
import { severityOf } from "./thresholds";
import { classWording } from "./wording";

/** One finding for each class of change, the worst first. */
export function findingsOf(judged: Judged): Finding[] {
  const all = [
    ...riskFindings(judged),
    ...stateFindings(judged),
    ...deletionFindings(judged),
    ...evidenceFindings(judged),
  ];
  return identified(worstFirst(all));
}

function* riskFindings(judged: Judged): Generator<Finding> {
  for (const [name, group] of judged.risks) {
    if (group.objects === 0 || name === "onlyActive" || name === "sent") continue;
    const wording = classWording[name];
    const threshold = judged.thresholds[name];
    const whole = name === "membershipRemovals" ? judged.wholeMemberships : 0;
    // A member list that goes as a whole may be of any length: it counts as many.
    const count = whole > 0 && threshold.block !== "never" ? Math.max(group.count, threshold.block) : group.count;
    const plus =
      whole === 0
        ? ""
        : group.objects === whole
          ? ""
          : `, and replace or remove the member list of ${groups(whole)} (how many leave is not in the file)`;
    const would =
      whole > 0 && group.objects === whole
        ? `replace or remove the member list of ${groups(whole)}; how many leave is not in the file`
        : wording.would(String(group.count));
    const not = judged.hasActive ? ", which the active server would not do" : "";
    yield {
      code: wording.code,
      severity: severityOf(count, threshold),
      class: name,
      subject: judged.connector,
      title: titled(judged, `the staging server would ${would}${plus}${not}: ${group.types()}`),
      active: null,
      staging: { ...evidence(judged, group, "staging"), count: group.count, threshold: { ...threshold } },
      cause: wording.cause,
      next: wording.next,
      ...(wording.tool !== undefined && { tool: wording.tool }),
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
      subject: judged.connector,
      title: titled(
        judged,
        `both servers would change ${numbered(differs.objects)}, but differently: ${differs.types()}`,
      ),
      active: evidence(judged, differs, "active"),
      staging: evidence(judged, differs, "staging"),
      cause: "An attribute flow differs between the servers, or one has imported a newer state than the other.",
      next: "Look at the attributes that differ in the table; compare the rules that write them, import and synchronize both, export again.",
      tool: "service-manager",
    };
  }
  if (onlyActive.objects > 0) {
    yield {
      code: "only-active",
      severity: severityOf(onlyActive.objects, thresholds.onlyActive),
      class: "onlyActive",
      subject: judged.connector,
      title: titled(
        judged,
        `only the active server would change ${numbered(onlyActive.objects)} (${onlyActive.operations()}): ${onlyActive.types()}`,
      ),
      active: evidence(judged, onlyActive, "active"),
      staging: null,
      cause:
        "Staging does not see these changes: a filter or rule leaves them out, its imports are older, or the target already has them.",
      next: "Import and synchronize the staging server, export both again; what stays is a difference of the configuration.",
      tool: "service-manager",
    };
  }
  if (both.objects > 0) {
    const deletes = judged.bothDeletes;
    const many = severityOf(deletes, thresholds.deletes) === "blocking";
    yield {
      code: "both-servers",
      severity: many ? "warning" : "info",
      class: "both",
      subject: judged.connector,
      title: titled(
        judged,
        `both servers would do the same to ${numbered(both.objects)} (${both.operations()}): ${both.types()}`,
      ),
      active: counts(both),
      staging: counts(both),
      cause: many
        ? `The servers agree, but ${deletes} of them are deletes: the active server is about to do that now.`
        : "The change is on its way on the active server, and staging computes the same.",
      next: many ? "Find out whether these deletes are meant before the active server's next export." : "",
      tool: "directory",
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
    subject: judged.connector,
    title: titled(
      judged,
      `the staging server has ${numbered(sent.objects)} with an export that was sent and not confirmed: ${sent.types()}`,
    ),
    active: null,
    staging: evidence(judged, sent, "staging"),
    cause:
      "A staging server sends nothing. It was active before and was not imported since, or somebody started an Export run by hand.",
    next: "Check that staging mode is on and look at its run history for Export steps; then run a full import on this connector.",
    tool: "service-manager",
  };
}
