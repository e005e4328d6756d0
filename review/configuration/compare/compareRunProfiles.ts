import { fromGap } from "../../importGaps";
import { compareRaw } from "../judging/compareRaw";
import type { Comparison } from "../judging/comparison";
import type { Connector, RawValue, RunProfile } from "../model";

/** The profiles that the wizard makes for every connector. */
const standard = new Set(["full import", "full synchronization", "delta import", "delta synchronization", "export"]);

const custom = fromGap("run-profiles");

/** Compares run profiles by name; their steps in order, because order means something there. */
export function compareRunProfiles(comparison: Comparison, active: Connector, staging: Connector): void {
  const there = new Map(staging.runProfiles.map((profile) => [profile.name.toLowerCase(), profile]));
  for (const profile of active.runProfiles) {
    const other = there.get(profile.name.toLowerCase());
    there.delete(profile.name.toLowerCase());
    if (other === undefined) missing(comparison, active.name, profile);
    else compareProfile(comparison, active.name, profile, other);
  }
  for (const profile of there.values())
    comparison.add({
      code: "run-profile-only-on-staging",
      severity: "warning",
      class: "your-change",
      subject: `run profile ${profile.name} of connector ${active.name}`,
      title: `Only the staging server has the run profile ${profile.name} of the connector ${active.name}.`,
      active: null,
      staging: stepsOf(profile),
      cause: "It was made by hand on the staging server, or removed from the active one.",
      next: "Make both servers have the same run profiles (Synchronization Service Manager).",
    });
}

function missing(comparison: Comparison, connector: string, profile: RunProfile): void {
  const usual = standard.has(profile.name.toLowerCase());
  comparison.add({
    code: "run-profile-missing-on-staging",
    severity: "warning",
    class: usual ? "your-change" : custom.class,
    subject: `run profile ${profile.name} of connector ${connector}`,
    title: `The staging server has no run profile ${profile.name} for the connector ${connector}${usual ? ": the scheduler needs it" : ""}.`,
    active: stepsOf(profile),
    staging: null,
    cause: usual
      ? "The wizard makes this profile for every connector; it was removed or renamed on the staging server."
      : custom.cause,
    next: custom.next,
  });
}

function compareProfile(comparison: Comparison, connector: string, active: RunProfile, staging: RunProfile): void {
  const subject = `run profile ${active.name} of connector ${connector}`;
  const here = stepsOf(active);
  const there = stepsOf(staging);
  if (here.join("\n") !== there.join("\n"))
    comparison.add({
      code: "run-profile-differs",
      severity: "warning",
      class: standard.has(active.name.toLowerCase()) ? "your-change" : custom.class,
      subject,
      title: `The run profile ${active.name} of the connector ${connector} does something else on the staging server.`,
      active: here,
      staging: there,
      cause: standard.has(active.name.toLowerCase())
        ? "The profile was changed by hand on one server."
        : `${custom.cause} The two were made by hand.`,
      next: "Set the steps alike on both servers (Synchronization Service Manager).",
    });
  compareRaw(comparison, { subject, where: subject }, active.rest, staging.rest);
}

/** One line a step. Settings are sorted: inside a step their order means nothing. */
function stepsOf(profile: RunProfile): readonly string[] {
  return profile.steps.map((step, index) => {
    const settings = step.settings.map(({ path, value }: RawValue) => `${path}=${value}`).sort();
    return `${index + 1}. ${step.type} on ${step.partition.toLowerCase()}${settings.length > 0 ? ` (${settings.join(", ")})` : ""}`;
  });
}
