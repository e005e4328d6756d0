import type { DifferenceClass } from "./comparison";

export interface ParameterMeaning {
  readonly class: DifferenceClass;
  readonly severity: "info" | "warning" | "blocking";
  /** What the difference means, one sentence. */
  readonly means: string;
  readonly cause: string;
  readonly next: string;
}

const sameOnBoth = "Decide which value is right and set it on the other server too, in the wizard.";
const notImported = "The wizard's import of settings does not carry this value.";

const expected = (means: string): ParameterMeaning => ({
  class: "expected",
  severity: "info",
  means,
  cause: "Two servers of a pair may differ here.",
  next: "",
});
const changed = (means: string, severity: "warning" | "blocking" = "warning"): ParameterMeaning => ({
  class: "your-change",
  severity,
  means,
  cause: "This is chosen in the wizard; it was changed on one server only.",
  next: sameOnBoth,
});
const gap = (means: string, next: string): ParameterMeaning => ({
  class: "known-import-gap",
  severity: "warning",
  means,
  cause: notImported,
  next,
});

/** Known global parameters (facts: names seen in exports and in `Get-ADSyncGlobalSettings`). First match counts. */
const meanings: readonly (readonly [RegExp, ParameterMeaning])[] = [
  [/^Microsoft\.OptionalFeature\.AutoUpgrade/i, expected("Automatic upgrade stands differently on the two servers.")],
  [
    /^Microsoft\.SynchronizationOption\.(AnchorAttribute|CustomAttribute)$/i,
    changed(
      "The two servers take the source anchor from different attributes: after a promotion, objects would not be recognised and be made anew or fail.",
      "blocking",
    ),
  ],
  [
    /^Microsoft\.SynchronizationOption\.UPNAttribute$/i,
    changed(
      "The two servers take sign-in names from different attributes: a promotion would rename users.",
      "blocking",
    ),
  ],
  [
    /^Microsoft\.SynchronizationOption\.JoinCriteria$/i,
    changed("Users in several forests are joined by another criterion."),
  ],
  [
    /^Microsoft\.(OptionalFeature\.DeviceWriteBack$|DeviceWriteBack\.)/i,
    gap(
      "Device writeback is set up differently.",
      "Set up device writeback again in the wizard of the staging server (Configure device options).",
    ),
  ],
  [
    /^Microsoft\.OptionalFeature\.ExportDeletionThreshold/i,
    gap(
      "The local hint of the protection against mass deletion differs.",
      "The real value is held in Entra ID: look with Get-ADSyncExportDeletionThreshold (asks for a sign-in).",
    ),
  ],
  [
    /^Microsoft\.Synchronize\.(TimeInterval|SynchronizationSchedule|SynchronizationPolicy|RunHistoryPurgeInterval)$/i,
    gap(
      "The scheduler stands differently.",
      "Compare Get-ADSyncScheduler on both servers. Its configuration is stored in Entra ID and shared by the pair, so change it with care.",
    ),
  ],
  [
    /^Microsoft\.Synchronize\.SchedulerSuspended$/i,
    {
      class: "unexplained",
      severity: "warning",
      means: "The scheduler of one server is suspended: it does not synchronize.",
      cause: "An open wizard suspends the scheduler, and so does a failed or interrupted configuration.",
      next: "Close the wizard on that server and look again with Get-ADSyncScheduler.",
    },
  ],
  [
    /^Microsoft\.Synchronize\.MaintenanceEnabled$/i,
    gap(
      "Maintenance tasks of the scheduler are enabled on one server only.",
      "Compare Get-ADSyncScheduler on both servers.",
    ),
  ],
  [/^Microsoft\.UserSignIn\./i, changed("Users would sign in in another way after a promotion.")],
  [
    /^Microsoft\.OptionalFeature\.PasswordHashSync$/i,
    changed("Password hash synchronization is on on one server only."),
  ],
  [/^Microsoft\.OptionalFeature\.PasswordWriteback$/i, changed("Password writeback is on on one server only.")],
  [
    /^Microsoft\.(OptionalFeature\.(GroupWriteBack|UserWriteBack)$|GroupWriteBack\.|UserWriteBack\.)/i,
    changed("Writeback to Active Directory is set up differently."),
  ],
  [
    /^Microsoft\.(OptionalFeature\.DirectoryExtension|DirectoryExtension\.)/i,
    changed("Directory extension attributes are set up differently: their values would stop or start to flow."),
  ],
  [
    /^Microsoft\.(OptionalFeature\.FilterAAD$|AADFilter\.)/i,
    changed("Attributes sent to Entra ID are filtered differently (Entra ID app and attribute filtering)."),
  ],
  [
    /^Microsoft\.OptionalFeature\.GroupFiltering$/i,
    changed("Synchronizing by group membership is on on one server only: other objects would be in scope."),
  ],
  [
    /^Microsoft\.(OptionalFeature\.|ConnectDirectories\.|SystemInformation\.)/i,
    changed("An optional feature stands differently."),
  ],
];

/** Undefined where nothing is known of the parameter. */
export function meaningOf(name: string): ParameterMeaning | undefined {
  return meanings.find(([pattern]) => pattern.test(name))?.[1];
}
