import type { Severity, Tool } from "../verdict";

/** One hazard: all that is said about it, wherever it is said. `{…}` is filled in by what raises it. */
export interface HazardRow {
  readonly code: string;
  readonly severity: Severity;
  /** What of a preview raises it. */
  readonly looksAt: string;
  readonly sentence: string;
  /** Empty where nothing is to be done. */
  readonly remedy: string;
  readonly tool: Tool;
}

type Row = readonly [severity: Severity, looksAt: string, sentence: string, remedy: string, tool?: Tool];

const [blocks, look, told] = ["blocking", "warning", "info"] as const;

/** All hazards, in the order in which a page shows them within a severity. */
// biome-ignore format: one line a hazard, so that all can be seen at once
const rows = {
  // The preview itself
  "preview-failed": [blocks, "an error in the preview, or no preview at all", "The preview did not get to its end: {what}", "Mend the cause and preview again; what is below is only what came before the failure."],
  "policy-mandatory": [blocks, "a mandatory violation (event stream only)", "{subject}: policy {what} forbids this", "Do what the policy's text says, or have its owner grant an exception."],
  "policy-advisory": [look, "an advisory violation (event stream only)", "{subject}: policy {what} advises against this", "Read the policy's text and decide."],
  "policy-remediated": [told, "a remediation (event stream only)", "{subject}: policy {what} changes the inputs", ""],
  "unknown-operation": [look, "an operation that this version does not know", "{subject}: the engine means to do `{what}`, which this reviewer does not know", "Read the engine's own preview of this resource; look for a newer version of this command."],
  "not-compared": [look, "values nested deeper than is compared", "{subject}: some values are nested too deep to compare", "Read the engine's own preview of this resource (pulumi preview --diff)."],
  "half-made": [look, "`initErrors`, `pendingReplacement` or `taint` in the old state", "{subject}: an earlier run left it half made ({what})", "Look at the resource in the portal before the next up, and expect the engine to finish or repeat what it began.", "azure"],

  // Servers
  "active-touched": [blocks, "anything but the state's own record of a generation declared active, or of what it stands on", "{subject} is the active server, and this run touches it: {what}", "Take the change out. Switch the role first, prove the other server, and change this one when it is passive."],
  "second-active": [blocks, "roles in the ledger and in the settings", "More than one server is declared active: {what}", "Declare one of them passive; two active servers export against each other."],
  "machine-unguarded": [blocks, "a machine replaced or deleted where no guard step comes first", "{subject} is {what}, and no guard asks it first", "Give it a guard (a remote command with only `delete`, which depends on the machine), or build beside it and retire it by its generation block."],
  "machine-reimaged": [blocks, "image, operating system disk or first-boot data of a machine that stays", "{subject} gets another disk or image in place ({what}); nothing asks it first", "Write another generation block: a new server is built beside and proven, and this one retired."],
  "guard-removed": [blocks, "a guard deleted while its machine stays", "{subject}: the guard goes and its machine stays: its `delete` runs now, and where it passes it stops the server", "Keep the guard. A lost server is declared lost; any other needs it until it is retired."],
  "guard-bypassed": [blocks, "a guard whose `delete` would not run or not run first: taken out, retained, `deletedWith`, no longer after its machine", "{subject}: the guard would not ask any more: {what}", "Put it back as it was."],
  "guard-asks-now": [look, "the guard's text as a run command that runs", "{subject} is asked by Run Command whether it may go: where it is proven harmless, its synchronization service is stopped and disabled in this run ({what})", "Check reason, day and machine identity of the exception retireByRunCommand; the server does not serve again without an exception reinstate.", "azure"],
  "guard-answered": [look, "a guard of ours that loses its `delete` beside a run command with its text", "{subject}: its guard was asked by Run Command and asks no more: without its block, or in a destroy, the server is deleted unasked ({what})", "Take the block out within a day, or take the exception retireByRunCommand out again: the guard then asks by SSH."],
  "guard-runs": [blocks, "a guard replaced while its machine stays", "{subject}: the guard is replaced while its machine stays: its `delete` runs now, and where it passes it stops the server", "Take the change out; a guard is changed in place (its triggers name the machine and nothing else)."],
  "guard-exception": [look, "exceptions on a guard's input", "{subject}: the guard gets an exception: {what}", "Check reason, day and machine identity of the exception with the person who wrote it."],
  "guard-changed": [look, "text or arguments of a guard that stays", "{subject}: the guard changes ({what}); nothing runs now", "Check that it still asks this server."],
  "machine-replaced": [look, "a machine replaced or deleted after its guard", "{subject} is {what}, after its guard has asked it", "Make sure that nothing on it is needed: whatever is only there is lost."],
  "lost-machine-deleted": [look, "a machine of a generation declared lost", "{subject} is declared lost and is deleted without being asked", "Make sure that the server is really dead, and not the active one come back."],
  "answered-machine-deleted": [look, "a machine of ours deleted whose guard's answer by Run Command lies in the state", "{subject} is {what}: its guard was asked by Run Command in an earlier run, and nobody asks it again", "Look when that was (the Stash ...-retirement); up refuses an answer that is more than a day old, a destroy does not."],
  "retirement-unproven": [look, "the last proven or active server of a component goes", "{subject} goes, and no other server of {what} is proven", "Prove the replacement first (gate.proveAgain), then retire."],
  "machine-resized": [look, "size of a machine", "{subject} gets another size ({what}) and restarts", "Choose the time: no synchronization run may be in progress (Get-ADSyncScheduler, Get-ADSyncConnectorRunStatus)."],
  "machine-restarts": [look, "properties that Azure changes with a restart or only on a stopped machine, commands that restart Windows", "{subject} restarts or has to be stopped: {what}", "Choose the time: no synchronization run may be in progress."],
  "patching-changed": [look, "patch settings of a machine, maintenance configurations and their assignments", "{subject}: when updates are installed and the server restarts changes: {what}", "Check that the server is still patched, and never at the time of the other one of the pair.", "azure"],
  "wizard-needed": [look, "the command that waits at the wizard (`await-wizard`) runs", "{subject}: the operator will be called to the wizard; {what}", "Have the operator ready, with the settings file imported as the instructions say, before up is started.", "wizard"],
  "role-changed": [look, "roles in the ledger and in the settings", "{subject} is declared {what}", "Check which server exports now (Get-ADSyncScheduler on both): a declaration changes nothing on a server."],
  "server-fenced": [look, "a generation declared fenced: rules of its own security group, and the script that stops its service", "{subject} is kept from exporting: {what}", "Be sure that another server exports, or that nobody is to: changes of the directory wait until one does."],
  "role-unknown": [look, "members of a generation whose role this preview does not show", "{subject} is touched, and the preview does not tell whether it is the active server", "Preview again with --show-sames.", "command"],
  "command-runs-again": [look, "inputs of a remote, local or run command that has run before", "{subject} runs again: {what}", "Read what the command does a second time; ours are safe to run twice."],
  "command-runs-at-deletion": [look, "a command with a `delete` of its own that goes and is no guard", "{subject}: its `delete` command runs ({what})", "Read what the command undoes."],

  // Backup
  "recovery-points-lost": [blocks, "a vault, policy, protected item or snapshot deleted or replaced and not retained", "{subject} is {what}: recovery points go with it", "Set retainOnDelete first and run up, or leave it where it is."],
  "protection-stopped": [blocks, "`protectionState` of a protected item", "{subject}: protection is switched off ({what})", "Leave protection on until the replacement is protected."],
  "retention-lowered": [blocks, "every count, duration and number of days that something is kept", "{subject}: kept for less time: {what}", "Put the retention back; what falls out of it is deleted at once and does not come back."],
  "soft-delete-lowered": [blocks, "soft delete, purge protection and their days (vault, key vault, storage)", "{subject}: soft delete is weakened: {what}", "Put it back: it is what is left when somebody deletes the backups."],
  "immutability-lowered": [blocks, "immutability of a vault or a container", "{subject}: immutability is weakened: {what}", "Put it back; a locked one cannot be weakened anyway."],
  "immutability-locked": [look, "immutability of a storage account that is locked in this run", "{subject}: its immutability is locked, and nobody can undo that: {what}", "Check period and cost with whoever pays for it, once more; else take the lock out before up."],
  "archive-lost": [blocks, "an immutable storage account, a container in one, or their resource group deleted or replaced", "{subject} is {what}: collections of configuration go with it, or the run fails half way", "Leave it where it is. Where a changed period or lock makes the engine replace the account, take that change out, set it by az storage account update (--immutability-period, --immutability-state), run pulumi refresh, and write it again: the next up finds nothing to change.", "azure"],
  "archive-unmanaged": [look, "an immutable storage account or container given up by the stack while servers stay", "{subject} is given up: it stays in Azure, and no server of this stack adds to it any more", "Check that the configuration of these servers is kept somewhere else."],
  "archive-retained": [told, "an immutable storage account or container given up with its servers", "{subject} is retained: its collections stay in Azure", ""],
  "archive-right-wider": [blocks, "a role that only adds blobs and learns more; a machine that gets another role at a storage account", "{subject}: a server could do more to the archive than add to it: {what}", "Take it out: whoever takes over a server that can read or delete its archive has the archive too.", "entra"],
  "storage-opened": [look, "shared keys, public access, local users and network rules of storage accounts and containers", "{subject}: a door of the storage is opened: {what}", "Close it again, or say in the pull request who comes through it and until when.", "azure"],
  "backup-unmanaged": [look, "vault, policy or item given up by the stack while its machine stays", "{subject} is given up: it is retained in Azure, and nothing manages it any more", "Check in the vault that the machine is still protected, or take the change out.", "azure"],
  "protection-undeleted": [look, "`isRehydrate` in the body of a protected item", "{subject}: the deletion of its backup is taken back; it is not protected yet", "Run up once more after this one: it resumes the protection."],
  "protection-to-stop": [look, "a generation of this library that is retired while its protected item stays", "{subject} is retired: protection of its backup goes on until the next up, which stops it and keeps the recovery points", "Run up once more after this one."],
  "protection-ended": [told, "a stop with data kept of an item of this library whose generation is gone", "{subject}: protection of a retired server is stopped; its recovery points are kept", ""],
  "recovery-points-retained": [told, "a retained protected item whose machine goes", "{subject} is retained: its recovery points stay in the vault", ""],
  "redundancy-changed": [look, "storage redundancy and cross-region restore of a vault", "{subject}: where recovery points are stored changes: {what}", "Redundancy of a vault is fixed at its first backup; check that Azure takes it, and that this is meant."],
  "backup-plan-changed": [look, "schedule of a policy, policy of an item", "{subject}: when or by which policy is backed up changes: {what}", "Check the next backup job after the run.", "azure"],

  // Network
  "management-port-open": [blocks, "what security rules let through, by meaning: ports 22, 3389, 5985, 5986 from the Internet", "{subject}: {what}", "Name the prefix of the jump host or of the privileged access workstations instead."],
  "access-widened": [look, "what security rules let through, by meaning, before and after", "{subject}: reachable now, not before: {what}", "Check every line; a Tier 0 server is reached from named places only."],
  "deny-rule-gone": [look, "denials that no rule makes any more", "{subject}: a denial is gone: {what}", "Keep the denial, even where nothing allows it today."],
  "security-group-gone": [look, "security group of an interface or a subnet taken away, or deleted while its machine stays", "{subject}: no security group stands before it any more ({what})", "Put the security group back."],
  "public-address": [look, "public address of an interface", "{subject} gets a public address ({what})", "Take it off: a Tier 0 server is reached through Bastion or the jump host."],
  "access-lost": [look, "what security rules let through, by meaning, before and after", "{subject}: not reachable any more: {what}", "Check that domain controllers, DNS, Entra ID and management are not among it."],
  "name-resolution-changed": [look, "DNS servers of a network or an interface", "{subject}: other DNS servers: {what}", "Check that all of them resolve the domain; a server that finds no domain controller synchronizes nothing."],
  "egress-changed": [look, "NAT gateway, firewall or gateway of a subnet", "{subject}: the way out changes: {what}", "Check the address that Entra ID sees (conditional access, firewall rules of others), and that there is a way out at all."],
  "peering-changed": [look, "peerings of a network", "{subject}: {what}", "Check that the domain controllers are still reached."],
  "routes-changed": [look, "route tables and routes", "{subject}: {what}", "Check the way to domain controllers and to the Internet; a 0.0.0.0/0 route also takes away Windows activation."],
  "way-in-changed": [look, "a Bastion deleted or replaced, its native client support or SKU", "{subject}: the way in changes: {what}", "Make sure that whoever is to work on the servers, and Pulumi's tunnel, has another way in before this run; sessions in it end."],
  "network-place-changed": [look, "address or subnet of an interface, prefix of a network", "{subject}: it moves in the network: {what}", "Check DNS, firewall rules and the jump host, which know the old place."],

  // Identity, protection, place
  "identity-changed": [look, "identity of a machine or vault", "{subject}: its identity changes: {what}", "Check what the old identity was allowed to do, and that the new one is not allowed more.", "entra"],
  "rights-changed": [look, "role assignments and definitions, applications, federated credentials, access policies", "{subject}: rights are {what}", "Check who can now act on the server, its backup and the tenant.", "entra"],
  "encryption-weakened": [look, "encryption at host, disk and storage encryption, transport", "{subject}: encryption is weakened: {what}", "Put it back."],
  "trusted-launch-weakened": [look, "security type, secure boot and vTPM of a machine", "{subject}: Trusted Launch is weakened: {what}", "Put it back; the keys of the application identity may lie in the vTPM."],
  "posture-worse": [look, "rules of the policy pack (docs/policy.md) that hold before and not afterwards", "{subject}: a rule that held is broken: {what}", "Put it back, or write an exception for the policy pack and accept it here."],
  "lock-removed": [look, "management locks", "{subject}: a lock is {what}", "Put the lock back in the same change."],
  "protection-removed": [look, "`protect` and `retainOnDelete` of the engine", "{subject}: {what} is taken off", "Say in the pull request what is to be deleted next, and why."],
  "diagnostics-weakened": [look, "diagnostic settings and data collection", "{subject}: fewer logs: {what}", "Check that sign-in and change logs of the server and its vault still arrive."],
  "monitoring-follows": [told, "alerts, agent, collection rule and workbook of a server whose role changes or that goes", "{subject}: {what}", ""],
  "alerts-weakened": [look, "alerts and action groups", "{subject}: an alert is weakened: {what}", "Check who is told tonight when synchronization stops."],
  "subscription-changed": [blocks, "subscription in ids, ledger and provider", "{subject}: another subscription: {what}", "Check `az account show` and azure-native:subscriptionId; a stack does not move, it is built anew."],
  "tenant-changed": [blocks, "tenant in ledger and provider", "{subject}: another tenant: {what}", "Check with which account the preview ran."],
  "provider-changed": [look, "provider of a resource, settings of a provider", "{subject}: another provider: {what}", "Check that the new one is signed in to the same place with the same rights."],
  "region-changed": [look, "location of a resource or a provider", "{subject}: another region: {what}", "A resource does not move: it is made anew elsewhere."],
  "secret-in-plain-text": [blocks, "names and values anywhere in the preview: settings, inputs, outputs, messages", "{subject}: a secret stands in plain text: {what}", "Make it a secret (pulumi config set --secret, pulumi.secret) and change it: it is in the state, in this preview, and wherever that was kept."],
  "unknown-value": [look, "values on which a hazard depends and that are not known before the run", "{subject}: whether this is a hazard is known only after up: {what}", "Write the value literally, or look at it after the first up and before anything else."],

  // Everything else
  "resource-replaced": [look, "a replacement that no other row judges", "Replaced: {what}", "Make sure that nothing of it is needed and that nothing else stands on it."],
  "resource-deleted": [look, "a deletion that no other row judges", "Deleted: {what}", "Make sure that nothing of it is needed."],
  "resource-forgotten": [look, "a retained deletion, or a discard, that no other row judges", "No longer managed, and left where it is: {what}", "Note who looks after it from now on."],
  "resource-imported": [look, "an import", "Taken into the stack, and what differs from the program is written to it at once: {what}", "Check that it is the one that is meant; the next change in the program reaches it."],
  "resource-changed": [look, "an update in place that no other row judges", "Changed in place: {what}", "Read the details below."],
  "resource-created": [look, "creations in a stack that has a server of this library or a guard", "Created: {what}", "Read the details below."],
  "state-refreshed": [told, "refreshes", "Only read again: {what}", ""],
} as const satisfies Record<string, Row>;

export type HazardCode = keyof typeof rows;

export const hazardTable: readonly HazardRow[] = (Object.entries(rows) as [HazardCode, Row][]).map(
  ([code, [severity, looksAt, sentence, remedy, tool = "program"]]) => ({
    code,
    severity,
    looksAt,
    sentence,
    remedy,
    tool,
  }),
);

const byCode = new Map(hazardTable.map((row) => [row.code, row]));

export function hazardRow(code: HazardCode): HazardRow {
  const row = byCode.get(code);
  if (row === undefined) throw new Error(`there is no hazard ${code}`);
  return row;
}

export const hazardCodes = Object.keys(rows) as readonly HazardCode[];
