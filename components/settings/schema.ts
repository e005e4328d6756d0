import { access } from "./accessSchema";
import { archive } from "./archiveSchema";
import { backup } from "./backupSchema";
import { bastion } from "./bastionSchema";
import { domain } from "./domainSchema";
import type { forms } from "./forms";
import { reason, until } from "./forms";
import { generation } from "./generationSchema";
import { locks, maintenance } from "./maintenanceSchema";
import { monitoring } from "./monitoringSchema";
import { network } from "./networkSchema";
import { otherServers, roleSwitch } from "./switchSchema";

/**
 * The settings as users write them (Pulumi.<stack>.yaml). Every description says what is meant and, in brackets, what a
 * change does to a running server: [in place …], [rebuild …: write another generation block], or [refused: …].
 */

const otherStack = "[refused: build another server in a stack of its own]";

export const settingsSchema = {
  type: "object",
  additionalProperties: false,
  required: ["name", "location", "generations", "network", "access", "domain"],
  properties: {
    name: {
      type: "string",
      pattern: "^[a-z][a-z0-9-]*[a-z0-9]$",
      maxLength: 12,
      description:
        "Base name. Resource and computer names are <name>-g<generation>, at most 15 characters. [refused: it would be another server]",
    },
    location: {
      type: "string",
      pattern: "^[a-z0-9]+$",
      description: `Azure region, short name. One that this release does not know is a warning, since Azure adds regions. ${otherStack}`,
    },
    resourceGroupName: {
      type: "string",
      pattern: "^[\\p{L}\\p{N}._()-]{0,89}[\\p{L}\\p{N}_()-]$",
      description: `Resource group to build in that exists already; default: one of our own, rg-<name>. ${otherStack}`,
    },
    synchronizedObjects: {
      type: "integer",
      minimum: 1,
      default: 50000,
      description:
        "Objects in Active Directory that are synchronized; decides size and disk of new generations and whether LocalDB is enough. [in place: nothing changes on a server; one that is too small for it is a finding]",
    },
    generations: {
      type: "object",
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 4,
      patternProperties: { "^[1-9][0-9]{0,2}$": generation },
      description:
        'The servers that exist side by side, one block each under its number in quotes ("1" to "999", 1 to 4 blocks). [in place: adding a block builds that server beside the others, taking one out retires it behind its guard; a number is never used again]',
    },
    otherServers,
    roleSwitch,
    network,
    bastion,
    access,
    domain,
    prerequisites: {
      type: "object",
      additionalProperties: false,
      default: {},
      properties: {
        remedy: {
          type: "string",
          enum: ["report", "set"],
          default: "report",
          description:
            "What is done about missing registry values for TLS 1.2 (.NET of both hives, SCHANNEL): report names each of them; set writes them on passive servers, says what stood there before, and asks for a restart, which nothing of ours makes. All else is only ever told (docs/prerequisites.md). [in place on passive generations; report later takes nothing back]",
        },
      },
      description: "What is asked of a server before a person is called to the wizard. [see its parts]",
    },
    gate: {
      type: "object",
      additionalProperties: false,
      default: {},
      properties: {
        waitMinutes: {
          type: "integer",
          minimum: 0,
          maximum: 600,
          default: 60,
          description:
            "How long `up` waits for the operator at the wizard; 0: not at all, the next `up` goes on. [in place]",
        },
        pollSeconds: {
          type: "integer",
          minimum: 5,
          maximum: 60,
          default: 30,
          description: "Seconds between two looks at the gate. [in place]",
        },
        enableScheduler: {
          type: "boolean",
          default: false,
          description:
            "Switch the passive server's scheduler on after the first synchronization. Check on the active server first that its scheduler is on (Get-ADSyncScheduler: SyncCycleEnabled True): where part of this configuration is kept in Entra ID, it could reach a server whose scheduler is off on purpose. Off: the passive server does not synchronize by itself, which is a finding. [in place on passive generations; false later does not switch it off again]",
        },
        autoUpgrade: {
          type: "string",
          enum: ["disable", "leave"],
          default: "disable",
          description:
            "Automatic upgrade of Entra Connect on the passive server. disable: switched off once staging mode is proven, so that the pair does not drift apart in version; keep connect.version current instead. leave: as it is found, with a finding where it is on. [in place on passive generations; leave later does not switch it on again]",
        },
        runWaitMinutes: {
          type: "integer",
          minimum: 0,
          maximum: 4320,
          default: 240,
          description:
            "How long the first synchronization waits for a run that is already in progress on the server: the scheduler's, somebody's, or its own whose connection was cut. A full synchronization of a large directory can take more than a day. 0: not at all. [in place]",
        },
        proveAgain: {
          type: "string",
          maxLength: 100,
          default: "",
          description:
            "Any text, for example a date; another one asks every passive generation for a new proof, and for its prerequisites again. [in place: verification runs, nothing on the server changes]",
        },
        proofDays: {
          type: "integer",
          minimum: 1,
          maximum: 365,
          default: 30,
          description: "Days after which a proof is too old for the verdict ok. [in place: judged only]",
        },
      },
      description: "The operator's gate at the wizard, and the proofs. [see its parts]",
    },
    backup,
    archive,
    maintenance,
    locks,
    monitoring,
    rebuildLedger: {
      type: "object",
      additionalProperties: false,
      required: ["reason", "until"],
      properties: { reason, until },
      description:
        "The ledger was taken out of the state (`pulumi state delete`): make it anew from the blocks, which must be written for every generation that stands. Default: refused while servers stand without a ledger. [in place: every passive generation is proven again before anything of it changes]",
    },
    logAnalyticsWorkspaceId: {
      type: "string",
      format: "workspace-id" satisfies keyof typeof forms,
      description:
        "Log Analytics workspace that gets the diagnostics of our vault and of the security groups, in any letter case, in any subscription; default: none. [in place; an active generation keeps what it has]",
    },
    tags: {
      type: "object",
      additionalProperties: { type: "string", maxLength: 256 },
      default: {},
      description:
        "On every resource that takes tags, by Azure's rules: at most 45, since Azure allows 50 and some are ours. [in place; on an active generation nothing changes]",
    },
  },
} as const;

/** The secrets that are texts. */
export const textSecretNames = ["administratorPassword", "sshPrivateKey", "jumpHostPrivateKey"] as const;
/** One text for each generation, under its number; never inside a block of `generations`. */
export const generationSecretNames = ["domainJoinSecrets"] as const;
export const secretNames = [...textSecretNames, ...generationSecretNames] as const;
export type SecretName = (typeof secretNames)[number];
