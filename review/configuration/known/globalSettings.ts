import type { KnownSetting } from "./model";
import { beginning, chosen, exactly, gap, perServer } from "./rows";

const option = (name: string) => `Microsoft.SynchronizationOption.${name}`;
const feature = (name: string) => `Microsoft.OptionalFeature.${name}`;
const engine = (name: string) => `Microsoft.Synchronize.${name}`;

/** Global parameters: names seen in exports and in `Get-ADSyncGlobalSettings`. */
export const globalSettings: readonly KnownSetting[] = [
  perServer(beginning(feature("AutoUpgrade")), "Automatic upgrade stands differently on the two servers."),
  perServer(
    exactly("Microsoft.SystemInformation.MachineRole"),
    "The two machines have different roles in their domain (member server, domain controller).",
    { cause: "It describes the machine; nobody chooses it." },
  ),
  {
    ...exactly("Microsoft.Version.SynchronizationRuleImmutableTag"),
    equality: "text",
    class: "unexplained",
    severity: "warning",
    means: "The two servers use another scheme of tags for their standard rules.",
    cause: "Both servers run the same build, so it should be the same: an upgrade may not have been completed.",
    next: "Run the wizard of the server with the older one once; then compare again.",
    byBuild: true,
  },
  chosen(
    exactly(option("AnchorAttribute"), option("CustomAttribute")),
    "The two servers take the source anchor from different attributes: after a promotion, objects would not be recognised and be made anew or fail.",
    "blocking",
    { equality: "name" },
  ),
  chosen(
    exactly(option("UPNAttribute")),
    "The two servers take sign-in names from different attributes: a promotion would rename users.",
    "blocking",
    { equality: "name" },
  ),
  chosen(exactly(option("JoinCriteria")), "Users in several forests are joined by another criterion."),
  gap(
    {
      name: `${feature("DeviceWriteBack")}, Microsoft.DeviceWriteBack.*`,
      pattern: /^Microsoft\.(OptionalFeature\.DeviceWriteBack$|DeviceWriteBack\.)/iu,
    },
    "Device writeback is set up differently.",
    "device-writeback",
  ),
  gap(
    beginning(feature("ExportDeletionThreshold")),
    "The local hint of the protection against mass deletion differs.",
    "deletion-threshold",
  ),
  gap(
    exactly(
      engine("TimeInterval"),
      engine("SynchronizationSchedule"),
      engine("SynchronizationPolicy"),
      engine("RunHistoryPurgeInterval"),
    ),
    "The scheduler stands differently.",
    "scheduler",
  ),
  {
    ...exactly(engine("SchedulerSuspended")),
    equality: "text",
    class: "unexplained",
    severity: "warning",
    means: "The scheduler of one server is suspended: it does not synchronize.",
    cause: "An open wizard suspends the scheduler, and so does a failed or interrupted configuration.",
    next: "Close the wizard on that server and look again with Get-ADSyncScheduler.",
  },
  gap(
    exactly(engine("MaintenanceEnabled")),
    "Maintenance tasks of the scheduler are enabled on one server only.",
    "scheduler",
  ),
  chosen(beginning("Microsoft.UserSignIn."), "Users would sign in in another way after a promotion."),
  chosen(
    exactly(feature("PasswordHashSync")),
    "Password hash synchronization is enabled on one server only.",
    "warning",
    {
      byBuild: true,
    },
  ),
  chosen(exactly(feature("PasswordWriteback")), "Password writeback is enabled on one server only.", "warning", {
    byBuild: true,
  }),
  chosen(
    {
      name: `${feature("GroupWriteBack")}, ${feature("UserWriteBack")}, Microsoft.GroupWriteBack.*, Microsoft.UserWriteBack.*`,
      pattern: /^Microsoft\.(OptionalFeature\.(GroupWriteBack|UserWriteBack)$|GroupWriteBack\.|UserWriteBack\.)/iu,
    },
    "Writeback to Active Directory is set up differently.",
    "warning",
    { equality: "name" },
  ),
  chosen(
    beginning(feature("DirectoryExtension"), "Microsoft.DirectoryExtension."),
    "Directory extension attributes are set up differently: their values would stop or start to flow.",
    "warning",
    { equality: "list" },
  ),
  chosen(
    beginning(feature("FilterAAD"), "Microsoft.AADFilter."),
    "Attributes sent to Entra ID are filtered differently (Entra ID app and attribute filtering).",
    "warning",
    { equality: "list" },
  ),
  chosen(
    exactly(feature("GroupFiltering")),
    "Synchronizing by group membership is enabled on one server only: other objects would be in scope.",
  ),
  chosen(beginning(feature(""), "Microsoft.ConnectDirectories."), "An optional feature stands differently."),
];
