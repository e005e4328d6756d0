/** Checks of readiness beside the safety rules: facts/role-switch.md 6. The documentation is made from this table. */
export interface CheckRow {
  /** Codes of the findings it speaks of; those of `ready` are told as `ready` tells them. */
  readonly codes: readonly string[];
  readonly asks: string;
  readonly blocks: string;
  readonly from: string;
  readonly source: string;
  /** With these codes a finding of `ready` that is a warning there blocks here. */
  readonly raises?: "always" | "not in an emergency";
}

export const certificateDays = 14;
/** Two intervals of the scheduler, whose shortest and usual one is 30 minutes. */
export const cycleHours = 1;

export const checkTable: readonly CheckRow[] = [
  {
    codes: ["synchronization-too-old", "connector-never-ran"],
    asks: "Has the server to be promoted synchronized recently?",
    blocks: `warning above ${cycleHours} hour (two intervals), blocks above 7 days or without any run`,
    from: "run results",
    source: "role-switch.md 6; F47",
  },
  {
    codes: ["scheduler-suspended"],
    asks: "Is the wizard closed on both?",
    blocks: "blocks where a scheduler is suspended",
    from: "scheduler",
    source: "role-switch.md 6",
    raises: "always",
  },
  {
    codes: ["scheduler-disabled"],
    asks: "Does the scheduler of the server to be promoted run?",
    blocks: "blocks on the server to be promoted (Microsoft's prerequisite); a warning on the other",
    from: "scheduler",
    source: "role-switch.md 1",
    raises: "not in an emergency",
  },
  {
    codes: ["version-staging-older", "version-below-minimum", "version-unsupported", "version-recalled"],
    asks: "Is its version one to go on with?",
    blocks: "blocks where it is older than the active server's, below the enforced minimum, past support or recalled",
    from: "versions table",
    source: "role-switch.md 6; versions.md 1",
    raises: "not in an emergency",
  },
  {
    codes: ["(class unexplained)"],
    asks: "Is it configured as the active server?",
    blocks: "every difference that is not explained (`compare`, class unexplained)",
    from: "both configurations",
    source: "role-switch.md 6",
  },
  {
    codes: ["configuration-missing", "statistics-missing"],
    asks: "Is there a fresh configuration and its statistics, of both?",
    blocks: "blocks where an archive has none",
    from: "archives",
    source: "role-switch.md 6",
    raises: "not in an emergency",
  },
  {
    codes: ["exports-missing"],
    asks: "Was what every connector would export looked at?",
    blocks: "blocks for each connector without --exports",
    from: "exports",
    source: "role-switch.md 1 and 6",
    raises: "not in an emergency",
  },
  {
    codes: ["deletes-above-tenant-threshold", "source-anchor-changes", "object-identifier-changes", "hard-matches"],
    asks: "Would it delete more than the tenant allows, change anchors, take over objects of the cloud?",
    blocks: "every one; the threshold is the tenant's own where Graph says it",
    from: "exports, Graph",
    source: "role-switch.md 2 and 6; versions.md 3",
    raises: "always",
  },
  {
    codes: ["certificate-too-short"],
    asks: "How long does the certificate of its application hold?",
    blocks: `blocks below ${certificateDays} days`,
    from: "server, else Graph",
    source: "role-switch.md 6",
  },
  {
    codes: ["application-shared"],
    asks: "Does it have an application identity of its own?",
    blocks: "blocks where both servers use one application",
    from: "both archives",
    source: "role-switch.md 2 and 6",
  },
  {
    codes: ["automatic-upgrade-on"],
    asks: "Can a server upgrade itself in the middle of the switch?",
    blocks: "blocks where automatic upgrade is enabled on either",
    from: "server",
    source: "role-switch.md 6",
  },
  {
    codes: ["password-hash-sync-differs"],
    asks: "Is password hash synchronization on, or off, in the tenant and on the server alike?",
    blocks:
      "blocks where one has it on and the other off; not judged without Graph. How large a backlog is cannot be seen",
    from: "Graph, server",
    source: "role-switch.md 6",
  },
  {
    codes: ["(told in the run book)"],
    asks: "Is another pass-through authentication agent active, if the old server is to go?",
    blocks: "never: agents do not follow staging mode; only the portal shows them",
    from: "a person",
    source: "role-switch.md 2 and 6",
  },
  {
    codes: ["(safety rules)"],
    asks: "Password writeback: is the other server passive?",
    blocks: "as every promotion: nobody is promoted while another one exports",
    from: "both archives",
    source: "role-switch.md 1 and 6",
  },
  {
    codes: ["database-near-limit"],
    asks: "Has its database room?",
    blocks: "warning above 8 GB of LocalDB",
    from: "server",
    source: "role-switch.md 6",
  },
  {
    codes: ["change-not-stated"],
    asks: "Is there a change window, and a backup of both servers?",
    blocks:
      "blocks until somebody says so: --override change-not-stated, with the change and the backups as the reason",
    from: "a person",
    source: "role-switch.md 6",
  },
  {
    codes: ["tenant-not-asked"],
    asks: "Was the tenant asked who exports?",
    blocks: "warning: without Graph a third server is not seen",
    from: "Graph",
    source: "role-switch.md 4",
  },
  {
    codes: ["tenant-answer-incomplete"],
    asks: "Was the audit log given whole?",
    blocks: "warning where a next page is missing",
    from: "Graph",
    source: "what is missing proves nothing",
  },
  {
    codes: ["tenant-synchronizes"],
    asks: "Does the tenant stand still while nobody exports?",
    blocks: 'warning where the tenant\'s last synchronization is younger than both words "passive"',
    from: "Graph",
    source: "role-switch.md 4; whether a staging server moves it is not known",
  },
  {
    codes: ["tenant-names-target"],
    asks: "Is the passive server not the one that exported last?",
    blocks: "warning where currentExportData names it",
    from: "Graph",
    source: "role-switch.md 4 (1)",
  },
  {
    codes: ["fence-not-proven"],
    asks: "Do the answers about fences prove one?",
    blocks: "warning: an answer was given that proves nothing, and why",
    from: "Graph, Azure",
    source: "role-switch.md 5",
  },
  {
    codes: ["answer-dated-by-file"],
    asks: "Is it certain when a fence's answer was given?",
    blocks: "warning where only the file's own time says it",
    from: "Graph, Azure",
    source: "a copy is younger than what it says",
  },
  {
    codes: ["promoted-without-permission"],
    asks: "Was the promotion allowed by this record?",
    blocks: "warning",
    from: "record",
    source: "role-switch.md 1",
  },
  {
    codes: ["comparison-not-possible"],
    asks: "Emergency: is there an archive of the dead server to compare with?",
    blocks: "warning",
    from: "archive",
    source: "F13",
  },
];

const raised = new Map(checkTable.flatMap(({ codes, raises }) => codes.map((code) => [code, raises] as const)));

/** Whether a warning of `ready` blocks here. */
export function blocksHere(code: string, emergency: boolean): boolean {
  const raises = raised.get(code);
  return raises === "always" || (raises === "not in an emergency" && !emergency);
}

/** Judged by the safety rules, which know more: the record, the clock, the fences. */
export const judgedByRules: ReadonlySet<string> = new Set([
  "staging-mode",
  "both-staging",
  "two-active-servers",
  "roles-swapped",
  "staging-mode-unknown",
  "staging-mode-off",
  "staging-reads-disagree",
  "same-server-twice",
  "same-evidence-twice",
  "collected-during-run",
]);
