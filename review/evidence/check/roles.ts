import type { EvidenceFinding } from "./found";

const parameter = "Microsoft.Synchronize.StagingMode";

/** The one difference that must be there: staging mode on exactly one of the two, on the one given as staging. */
export function roleFinding(active: boolean | undefined, staging: boolean | undefined): EvidenceFinding {
  const base = { subject: "staging mode", active: active ?? null, staging: staging ?? null };
  if (active === undefined || staging === undefined)
    return {
      code: "staging-mode-unknown",
      severity: "warning",
      class: "unexplained",
      ...base,
      title: "The evidence does not say of both servers whether staging mode is on.",
      cause: `Neither the scheduler answered nor is global parameter ${parameter} True or False.`,
      next: "Look with (Get-ADSyncScheduler).StagingModeEnabled on both servers.",
      tool: "powershell",
    };
  if (!active && staging)
    return {
      code: "staging-mode",
      severity: "info",
      class: "expected",
      ...base,
      title: "Staging mode is off (active server) and on (staging server), as it must be.",
      cause: "This is what makes the pair: one server exports, the other only prepares.",
      next: "",
    };
  if (!active && !staging)
    return {
      code: "two-active-servers",
      severity: "blocking",
      class: "unexplained",
      ...base,
      title: "Neither server is in staging mode: both export, and each undoes the changes of the other.",
      cause: `${parameter} is False on both (or the same server's evidence was given twice).`,
      next: "If both servers run, put one of them into staging mode now, in the wizard (Configure staging mode); until then isolate it from the network.",
      tool: "wizard",
    };
  if (active && staging)
    return {
      code: "both-staging",
      severity: "warning",
      class: "unexplained",
      ...base,
      title: "Both servers are in staging mode: no change reaches Entra ID.",
      cause: `${parameter} is True on both (or the same server's evidence was given twice).`,
      next: "Decide which one shall be active, and take it out of staging mode in the wizard. Never both.",
      tool: "wizard",
    };
  return {
    code: "roles-swapped",
    severity: "blocking",
    class: "unexplained",
    ...base,
    title: "The roles are the other way round: the server given as active is in staging mode, the other one exports.",
    cause: "The two inputs were given in the wrong order, or the roles were switched after they were exported.",
    next: "Give the active server's evidence first; every cause in this report reads the other way round.",
    tool: "evidence",
  };
}

/** Where only one of the two says its role: undefined unless it is the wrong one. */
export function oneRoleFinding(active: boolean | undefined, staging: boolean | undefined): EvidenceFinding | undefined {
  if (active !== true && staging !== false) return undefined;
  const wrong = staging === false;
  return {
    code: wrong ? "staging-mode-off" : "roles-swapped",
    severity: "blocking",
    class: "unexplained",
    subject: "staging mode",
    title: wrong
      ? "The server given as staging is not in staging mode: it exports."
      : "The server given as active is in staging mode: it does not export.",
    active: active ?? null,
    staging: staging ?? null,
    cause: "The inputs were given in the wrong order, or the server does not have the role it should have.",
    next: "Check with (Get-ADSyncScheduler).StagingModeEnabled on both servers. Exactly one may be active.",
    tool: "powershell",
  };
}
