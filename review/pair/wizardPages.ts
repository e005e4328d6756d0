/** A page of the Microsoft Entra Connect wizard, and what a person does there. */
export type WizardPage = readonly [title: string, lines: readonly string[]];

/** The sign-in that every task of the wizard begins with (facts/entra-connect.md 4). */
export const signInToEntra: WizardPage = [
  "Connect to Microsoft Entra ID",
  [
    "Sign in with an account that holds Hybrid Identity Administrator or Global Administrator directly, not through a group.",
    "It must be the tenant of the active server.",
  ],
];

/**
 * The task "Configure staging mode" as Microsoft's page on staging servers goes through it
 * (how-to-connect-sync-staging-server, 2025-04-09; facts/role-switch.md 1).
 */
export function stagingModePages(machine: string, staging: boolean): readonly WizardPage[] {
  return [
    [
      "The wizard's list of tasks",
      [
        `On ${machine}: start Microsoft Entra Connect from the start menu, choose "Configure staging mode", Next.`,
        "While the wizard is open the scheduler is suspended.",
      ],
    ],
    signInToEntra,
    [
      "Configure staging mode",
      staging
        ? ['TICK "Enable staging mode", Next.']
        : [
            'UNTICK "Enable staging mode", Next.',
            "The page warns that no other server may be active: that is what this run book has proven.",
          ],
    ],
    [
      "Ready to configure",
      [
        staging
          ? 'Leave "Start the synchronization process when configuration completes" ticked, so that this server stays ready. Configure.'
          : 'TICK "Start the synchronization process when configuration completes". Configure.',
      ],
    ],
    ["Configuration complete", ["Exit. Close the wizard: while it is open the scheduler is suspended."]],
  ];
}
