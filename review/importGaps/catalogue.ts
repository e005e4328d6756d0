import type { Tool } from "../verdict";

/**
 * What the wizard's import of a settings file does not bring over, or brings over wrongly: the one table from which the
 * preview, the operator's page, `compare` (its class `known-import-gap`) and the documentation take it.
 */
export interface ImportGap {
  /** In a list: "device writeback". */
  readonly name: string;
  readonly effect: GapEffect;
  /** What the import does, one sentence. */
  readonly what: string;
  /** How it shows in a settings file; what cannot be seen there says so, since a guess would be worse. */
  readonly inFile: string;
  /** What a person does after the import (of what breaks it: before). */
  readonly todo: string;
  readonly tool: Tool;
  readonly source: string;
}

/**
 * `breaks the import`: nothing is configured. `changed`: it arrives otherwise. `not carried`: to be made again.
 * `entered by hand`: the wizard asks for it. `beside the file`: the file does not hold it; to be compared separately.
 */
export type GapEffect = "breaks the import" | "changed" | "not carried" | "entered by hand" | "beside the file";

const importPage = "Microsoft: how-to-connect-import-export-config.md, known limitations";
const servicePage = "Synchronization Service Manager, connector properties";
const unseen = "cannot be seen: the file's key for it is not documented";
const beside = "cannot be seen: not among what is listed as captured";

export const importGaps = {
  "directory-extension-rule": {
    name: "custom outbound rules on a directory extension",
    effect: "breaks the import",
    what: 'A custom outbound rule that writes to a directory extension (extension_<application>_<name>) breaks the wizard\'s whole import: the attribute is "not a defined attribute type" on the new server, and nothing is configured.',
    inFile: "a custom rule of azureDirectoryPolicy with the destination extension_<32 hexadecimal digits>_<name>",
    todo: "Make the rule again in the Rules Editor, once the wizard's directory extensions have brought its attribute into the connector.",
    tool: "rules-editor",
    source: "a trace log of such an import (2020, public); remedy: the same report",
  },
  "disabled-rule": {
    name: "disabled custom rules",
    effect: "changed",
    what: "A disabled custom rule arrives enabled when the wizard imports settings.",
    inFile:
      "a custom rule with disabled (or enabled) as a member; that name is not documented, and a file without it does not say which rules are disabled",
    todo: "Disable the rule on the staging server, in the Rules Editor, and synchronize it in full before it is promoted.",
    tool: "rules-editor",
    source: "the article this project starts from",
  },
  "rule-precedence": {
    name: "custom rules with a precedence outside 0 to 99",
    effect: "changed",
    what: "The wizard's import places custom rules outside the precedences 0 to 99 wrongly, or not at all.",
    inFile: "precedence of a custom rule",
    todo: "Give the rule the same place as on the active server, in the Rules Editor. Better: a precedence from 0 to 99 on the active server before the settings are exported.",
    tool: "rules-editor",
    source: importPage,
  },
  "modified-standard-rule": {
    name: "modified standard rules",
    effect: "not carried",
    what: "The wizard's import of settings does not carry modified standard rules.",
    inFile:
      "a standard rule with disabled (or enabled) as a member; other modifications cannot be seen: the file names standard rules, it does not hold them",
    todo: "Have the same modification on both servers, in the Rules Editor. Better: leave the standard rule as it was delivered, disable it, and put the change into a custom rule with a precedence from 0 to 99.",
    tool: "rules-editor",
    source: importPage,
  },
  "other-connector": {
    name: "connectors that are neither Active Directory nor Entra ID",
    effect: "not carried",
    what: "A connector that is neither Active Directory nor Entra ID is made in Synchronization Service Manager; with G-SQL and G-LDAP connectors the wizard's import of settings cannot be used at all.",
    inFile:
      "more deploymentMetadata.connectorIds than the directories of the file and Entra ID (absent in many builds); a kind (category, type) beside a directory that is neither",
    todo: "Make the connector on the staging server by hand, in Synchronization Service Manager, and its rules in the Rules Editor.",
    tool: "service-manager",
    source: "Microsoft: how-to-connect-import-export-config.md",
  },
  "device-writeback": {
    name: "device writeback",
    effect: "not carried",
    what: "The wizard's import of settings does not apply device writeback, although the file catalogues it.",
    inFile: "a key called like device writeback that is set; the key itself is not documented",
    todo: "Set up device writeback again in the wizard of the staging server (Configure device options), with an Enterprise Administrator of the forest.",
    tool: "wizard",
    source: `${importPage}; who: a public report of "access denied"`,
  },
  "object-types": {
    name: "restricted object types",
    effect: "not carried",
    what: "The wizard's import of settings does not carry a restricted list of object types.",
    inFile: unseen,
    todo: `Untick on the staging server the object types that the active server does not read (${servicePage}).`,
    tool: "service-manager",
    source: importPage,
  },
  "selected-attributes": {
    name: "restricted attributes",
    effect: "not carried",
    what: "The wizard's import of settings does not carry a restricted list of attributes.",
    inFile: unseen,
    todo: `Take out of the selection on the staging server the attributes that the active server does not select (${servicePage}).`,
    tool: "service-manager",
    source: importPage,
  },
  "run-profiles": {
    name: "custom run profiles",
    effect: "not carried",
    what: "The wizard's import of settings does not carry custom run profiles.",
    inFile: unseen,
    todo: "Make the run profile again by hand on the staging server (Synchronization Service Manager).",
    tool: "service-manager",
    source: importPage,
  },
  "provisioning-hierarchy": {
    name: "provisioning hierarchy",
    effect: "not carried",
    what: "The wizard's import of settings does not carry the provisioning hierarchy of a connector.",
    inFile: unseen,
    todo: `Set it by hand on the staging server (${servicePage}).`,
    tool: "service-manager",
    source: importPage,
  },
  "federation-parameters": {
    name: "parameters of AD FS and PingFederate",
    effect: "entered by hand",
    what: "The wizard preselects federation with AD FS or PingFederate and asks for everything else about it.",
    inFile: unseen,
    todo: "Have the farm's host names, certificate and administrator at hand.",
    tool: "wizard",
    source: importPage,
  },
  "directory-account": {
    name: "accounts of the directories",
    effect: "entered by hand",
    what: "No credentials are imported: for each directory the wizard asks for its connector account.",
    inFile: "each member of onpremisesDirectoryPolicy",
    todo: "Have the connector account of each forest at hand, with its password, or an Enterprise Administrator who lets the wizard make one.",
    tool: "wizard",
    source: "Microsoft: how-to-connect-import-export-config.md, import installation experience",
  },
  "service-account-and-database": {
    name: "service account, SQL Server, install location",
    effect: "entered by hand",
    what: "The file names the service account and the database for information only; the wizard's page decides, once.",
    inFile: "deploymentMetadata",
    todo: "Enter them on the page Install required components as the operator's page says.",
    tool: "wizard",
    source: "Microsoft: how-to-connect-import-export-config.md",
  },
  scheduler: {
    name: "scheduler (interval, maintenance, run history)",
    effect: "beside the file",
    what: "The wizard's import of settings does not carry the scheduler.",
    inFile: beside,
    todo: "Compare Get-ADSyncScheduler on both servers. Its configuration is stored in Entra ID and shared by the pair, so change it with care.",
    tool: "powershell",
    source: "facts 4.2, inferred; facts 9.1",
  },
  "deletion-threshold": {
    name: "threshold against mass deletion",
    effect: "beside the file",
    what: "The wizard's import of settings does not carry the threshold against mass deletion, which is held in Entra ID.",
    inFile: beside,
    todo: "The real value is held in Entra ID: look with Get-ADSyncExportDeletionThreshold (asks for a sign-in).",
    tool: "powershell",
    source: "facts 4.2, inferred",
  },
  "auto-upgrade": {
    name: "automatic upgrade",
    effect: "beside the file",
    what: "The wizard's import of settings does not carry the state of automatic upgrade.",
    inFile: beside,
    todo: "Look with Get-ADSyncAutoUpgrade on both servers.",
    tool: "powershell",
    source: "facts 4.2, inferred",
  },
  "engine-config-file": {
    name: "edits of miiserver.exe.config and of the proxy in machine.config",
    effect: "beside the file",
    what: "Files that were edited by hand (miiserver.exe.config, machine.config) are not part of a settings file.",
    inFile: beside,
    todo: "Compare the two files on both servers by hand.",
    tool: "other",
    source: "facts 4.2, inferred",
  },
  "health-and-sign-in-agents": {
    name: "Health registration, pass-through agents, seamless single sign-on",
    effect: "beside the file",
    what: "Registrations with the cloud (Connect Health, pass-through agents, seamless single sign-on) are not part of a settings file.",
    inFile: beside,
    todo: "Look in the Entra admin center which agents there are, and of which server.",
    tool: "entra",
    source: "facts 4.2, inferred",
  },
} as const satisfies Record<string, ImportGap>;

export type GapCode = keyof typeof importGaps;
export const gapCodes = Object.keys(importGaps) as readonly GapCode[];

export function importGap(code: GapCode): ImportGap {
  return importGaps[code];
}

/** What a finding about a gap has from the table. */
export function fromGap(code: GapCode): {
  readonly class: "known-import-gap";
  readonly cause: string;
  readonly next: string;
  readonly tool: Tool;
} {
  const { what, todo, tool } = importGaps[code];
  return { class: "known-import-gap", cause: what, next: todo, tool };
}
