import type { Tool } from "../../verdict";
import type { RiskClass } from "./thresholds";

export interface ClassWording {
  readonly code: string;
  /** Heading of the class in tables. */
  readonly title: string;
  /** What the staging server would do; "the staging server would" comes before, the number is `count`. */
  readonly would: (count: string) => string;
  readonly cause: string;
  readonly next: string;
  readonly tool?: Tool;
}

const objects = (count: string) => (count === "1" ? "1 object" : `${count} objects`);
const compare = "Run entra-connect compare on the two configurations";
const refresh = "run a full import and a full synchronization on the staging server and export again";

/** How each class is told to a person. Causes are the usual ones, in the order of how often they are it; a file cannot prove them. */
export const classWording: Record<Exclude<RiskClass, "onlyActive" | "sent">, ClassWording> = {
  recreations: {
    code: "recreated-objects",
    tool: "wizard",
    title: "Deleted and added again",
    would: (count) => `delete ${objects(count)} and add the same person or group again under another name`,
    cause:
      "A delete and an add carry the same userPrincipalName or mail: the source anchor is computed differently on staging.",
    next: "Do not promote. Make the source anchor attribute of both servers equal, then full import and full synchronization on staging.",
  },
  deletes: {
    code: "deletes",
    tool: "command",
    title: "Deletes",
    would: (count) => `delete ${objects(count)}`,
    cause:
      "Usually out of scope on staging only: a narrower OU filter, a scoping filter or disabled rule, a connector or import that is missing.",
    next: `${compare} for filters and rules, ${refresh}. If the deletes are meant, raise deletes.block for this run.`,
  },
  disables: {
    code: "disables",
    tool: "command",
    title: "Disabled accounts",
    would: (count) => `disable ${count === "1" ? "1 account" : `${count} accounts`}`,
    cause:
      "A rule that computes accountEnabled differs, or the account was disabled in the directory after the active server's last cycle.",
    next: `Check some of the accounts in Active Directory; ${compare.toLowerCase()} for rules that write accountEnabled.`,
  },
  sourceAnchorChanges: {
    code: "source-anchor-changes",
    tool: "wizard",
    title: "Source anchor changes",
    would: (count) => `change the source anchor of ${objects(count)}`,
    cause:
      "The servers use different source anchor attributes, or a rule computes it differently. It must never change after the first export.",
    next: "Do not promote. Set the same source anchor as on the active server (wizard), then full import and full synchronization.",
  },
  userPrincipalNameChanges: {
    code: "upn-changes",
    tool: "command",
    title: "userPrincipalName changes",
    would: (count) => `change the userPrincipalName of ${objects(count)}`,
    cause:
      "A different UPN attribute or suffix rule on staging, or a domain that is not verified as seen from there. People sign in with it.",
    next: `${compare} for rules that write userPrincipalName, and check that every suffix is a verified domain.`,
  },
  primaryMailChanges: {
    code: "primary-mail-changes",
    tool: "command",
    title: "Primary mail address changes",
    would: (count) => `change the primary mail address of ${objects(count)}`,
    cause:
      "A rule that writes mail or proxyAddresses differs, or addresses were changed after the active server's last cycle. Mail and sign-in names follow it.",
    next: `Check some of the addresses in the directory; ${compare.toLowerCase()} for rules that write mail and proxyAddresses.`,
  },
  objectIdentifierChanges: {
    code: "object-identifier-changes",
    title: "onPremisesObjectIdentifier replaced or removed",
    would: (count) => `replace or remove onPremisesObjectIdentifier of ${objects(count)}`,
    cause:
      "Another on-premises object takes over a cloud user. Since July 2026 Entra ID refuses that (hard match hardening; AttributeUpdateNotAllowed).",
    next: "Find out which object in Active Directory is the right one. If the re-mapping is meant, clear the value on the cloud user first (ADSyncTools: Clear-ADSyncToolsOnPremisesAttribute -onPremisesObjectIdentifier). If it is many users, stop: the source anchor or the forest was changed.",
    tool: "directory",
  },
  hardMatches: {
    code: "hard-matches",
    title: "Adds that take over an object",
    would: (count) => `add ${objects(count)} whose source anchor another object has already (a hard match)`,
    cause:
      "The add would be matched onto an object that exists in Entra ID. On holders of privileged roles it fails since July 2026 (InvalidHardMatch).",
    next: "Look at each of them: is it the same person? If not, mend the source anchor in Active Directory before a promotion.",
    tool: "directory",
  },
  replacements: {
    code: "replaced-objects",
    title: "Replaced as a whole",
    would: (count) => `replace ${objects(count)} as a whole, and what changes is not in the file`,
    cause:
      "The delta lists the final values only, and the file has no hologram (or not of these attributes) to compare them with.",
    next: 'Export again with all holograms (csexport "<connector name>" <file.xml> /f:x, without /o), or look at the objects in Synchronization Service Manager.',
    tool: "evidence",
  },
  membershipRemovals: {
    code: "membership-removals",
    tool: "command",
    title: "Group members removed",
    would: (count) => `take ${count === "1" ? "1 member" : `${count} members`} out of groups`,
    cause:
      "Members that staging does not see: their OU is filtered, their object is not imported or not joined, or the import is not complete.",
    next: `Look at the groups named; ${compare.toLowerCase()} for OU filters, ${refresh}.`,
  },
  writeback: {
    code: "writeback",
    tool: "wizard",
    title: "Written back to Active Directory",
    would: (count) => `write to ${objects(count)} in Active Directory`,
    cause:
      "Every export of an on-premises connector is a write into Active Directory: device, group or hybrid Exchange writeback, key credentials, source anchor.",
    next: "Check that the same writeback features are on for both servers, and the attributes in the table below.",
  },
  renames: {
    code: "renames",
    tool: "command",
    title: "Renames and moves",
    would: (count) => `rename or move ${objects(count)}`,
    cause: "The distinguished name computed on staging differs from the one the object has.",
    next: `${compare} for rules that write dn, and for the container settings of writeback.`,
  },
  adds: {
    code: "adds",
    tool: "command",
    title: "Adds",
    would: (count) => `add ${objects(count)}`,
    cause:
      "Usually in scope on staging only: a wider OU filter, a rule that provisions more, or a joiner since the active server's last cycle.",
    next: `Check some of them; ${compare.toLowerCase()} for filters and provisioning rules.`,
  },
  additions: {
    code: "new-values",
    tool: "command",
    title: "Values where there were none",
    would: (count) => `give ${objects(count)} values where there were none`,
    cause:
      "Usually attributes that a newer build or a newer rule adds: expected after an upgrade, but check each attribute and which rule writes it.",
    next: `See the attributes in the table below; ${compare.toLowerCase()} for the rules that write them.`,
  },
  knownAdditions: {
    code: "known-new-values",
    title: "Attributes that newer builds add",
    would: (count) => `fill in onPremisesObjectIdentifier of ${objects(count)}, where there was none`,
    cause: "Newer builds write this attribute: the expected fill-in after an upgrade or a rebuild.",
    next: "",
  },
  exportErrors: {
    code: "export-errors-repeat",
    title: "Exports that fail in every cycle",
    would: (count) => `try again to export ${objects(count)}, which failed before`,
    cause: "The directory refuses these exports; they are tried again in every cycle and are no new change.",
    next: "Mend the error named with each object in its directory (for example the permissions of an account protected by AdminSDHolder).",
    tool: "directory",
  },
  updates: {
    code: "updates",
    tool: "command",
    title: "Other changes",
    would: (count) => `change ${objects(count)} in other attributes`,
    cause: "An attribute flow that differs, or changes since the active server's last cycle.",
    next: `See the attributes in the table below; ${compare.toLowerCase()} for the rules that write them.`,
  },
};

/** What no file of pending exports can show, said in every report. */
export const notShown: readonly string[] = [
  "Password hashes: they are not objects of the connector space, so whether password hash synchronization works after a promotion cannot be seen here.",
  "Password writeback, pass-through authentication and Seamless SSO: they run beside the synchronization engine.",
  "Objects without a pending export: that they are equal in both directories, or that staging never imported them, looks the same.",
  "Why an object is exported: which rule wrote the value is in the configuration, not in this file.",
  "Other connectors: each has its own export file; compare every one of them.",
];
