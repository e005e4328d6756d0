import type { Comparison, Difference } from "./comparison";

const parameter = "Microsoft.Synchronize.StagingMode";

/** The one difference that must be there: staging mode on exactly one of the two, on the one given as staging. */
export function compareRoles(comparison: Comparison): void {
  const { active, staging } = comparison;
  const base = { subject: "staging mode", active: active.stagingMode ?? null, staging: staging.stagingMode ?? null };
  const add = (rest: Pick<Difference, "code" | "severity" | "class" | "title" | "cause" | "next">): void =>
    comparison.add({ ...base, ...rest });
  if (active.stagingMode === undefined || staging.stagingMode === undefined)
    add({
      code: "staging-mode-unknown",
      severity: "warning",
      class: "unexplained",
      title: "The files do not say of both servers whether staging mode is on.",
      cause: `Global parameter ${parameter} is missing or neither True nor False.`,
      next: "Look with (Get-ADSyncScheduler).StagingModeEnabled on both servers.",
    });
  else if (!active.stagingMode && staging.stagingMode)
    add({
      code: "staging-mode",
      severity: "info",
      class: "expected",
      title: "Staging mode is off on the active server and on on the staging server, as it must be.",
      cause: "This is what makes the pair: one server exports, the other only prepares.",
      next: "",
    });
  else if (!active.stagingMode && !staging.stagingMode)
    add({
      code: "two-active-servers",
      severity: "blocking",
      class: "unexplained",
      title: "Neither server is in staging mode: both export, and each undoes the changes of the other.",
      cause: `${parameter} is False on both (or the same server's export was given twice).`,
      next: "If both servers run, put one of them into staging mode now, in the wizard (Configure staging mode); until then isolate it from the network.",
    });
  else if (active.stagingMode && staging.stagingMode)
    add({
      code: "both-staging",
      severity: "warning",
      class: "unexplained",
      title: "Both servers are in staging mode: no change reaches Entra ID.",
      cause: `${parameter} is True on both (or the same server's export was given twice).`,
      next: "Decide which one shall be active, and take it out of staging mode in the wizard. Never both.",
    });
  else
    add({
      code: "roles-swapped",
      severity: "blocking",
      class: "unexplained",
      title: "The roles are the other way round: the server given as active is in staging mode, the other one exports.",
      cause: "The two inputs were given in the wrong order, or the roles were switched after they were exported.",
      next: "Give the active server's export first; every cause in this report reads the other way round.",
    });
}
