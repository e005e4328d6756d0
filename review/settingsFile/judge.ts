import { sameServer } from "../evidence";
import { importGap } from "../importGaps";
import type { Finding, Severity } from "../verdict";
import { compareVersions } from "../versions/versions";
import type { DigestedGap, SettingsFileDigest } from "./digest";
import { type GapUnsure, unseenGaps } from "./gapsInFile";
import { freshExport } from "./readSettingsFile";

/** What is known beside the file, when it is judged. */
export interface SettingsFileContext {
  /** The server that is to import it. */
  readonly machine: string;
  /** Where the file stands in the settings: `generations.2.connect.settingsFile`. */
  readonly setting: string;
  /** Ages are counted to this instant. */
  readonly now: Date;
  /** Of the pinned installer. */
  readonly version: string;
  /** Every server of ours, by its name and role as declared; those that were taken out too. */
  readonly servers: readonly {
    readonly name: string;
    readonly role: "passive" | "active" | "fenced" | "lost" | "taken out";
  }[];
  /** What the wizard's page will be given. */
  readonly serviceAccount: "virtual service account" | "managed service account";
  /** Of an existing SQL Server; undefined for LocalDB. */
  readonly database?: { readonly server: string; readonly instance?: string; readonly name: string };
}

/** No limit is documented; a month of changes by hand is more than anybody remembers. Days. */
export const freshDays = 30;

type Judge = (file: SettingsFileDigest, context: SettingsFileContext) => readonly Words[];
type Words = Pick<Finding, "code" | "severity" | "title" | "next"> & { readonly cause?: string };

/** In the order in which a person deals with them: what file it is, then what its import will leave out. */
const judges: readonly Judge[] = [age, source, version, database, serviceAccount, gaps, unsure, unseen];

/**
 * Everything that can be told of a settings file before a person is called to the wizard. A blocking finding is about
 * what would break the import, or take another server's name or database.
 */
export function settingsFileFindings(file: SettingsFileDigest, context: SettingsFileContext): readonly Finding[] {
  return judges.flatMap((judge) =>
    judge(file, context).map(
      ({ code, severity, title, next, cause }): Finding => ({
        code,
        severity,
        class: code.startsWith("import-gap") ? "known-import-gap" : "readiness",
        subject: context.machine,
        title,
        active: null,
        staging: null,
        cause: cause ?? context.setting,
        next,
      }),
    ),
  );
}

function age({ madeAt }: SettingsFileDigest, { machine, now }: SettingsFileContext): readonly Words[] {
  const next = `${freshExport}: only the wizard's own changes are saved by themselves`;
  if (madeAt === undefined)
    return [
      {
        code: "settings-file-age-unknown",
        severity: "warning",
        title: `the settings file for ${machine} does not say when it was made, or not in a form that is certain`,
        next: `make sure that it is ${next}`,
      },
    ];
  const days = Math.floor((now.getTime() - Date.parse(madeAt)) / 86_400_000);
  const day = madeAt.slice(0, 10);
  if (days < -1)
    return [
      {
        code: "settings-file-from-the-future",
        severity: "warning",
        title: `the settings file for ${machine} says that it was made on ${day}, which lies ahead: a clock is wrong`,
        next: "set the clock of the active server, or of this machine; ages cannot be believed before",
      },
    ];
  return days <= freshDays
    ? []
    : [
        {
          code: "settings-file-old",
          severity: "warning",
          title: `the settings file for ${machine} was made on ${day}, ${days} days ago: what was changed since is not in it`,
          next: `pin ${next}`,
        },
      ];
}

/** An unqualified or a full name of one machine. */
function source({ hostName }: SettingsFileDigest, { machine, servers }: SettingsFileContext): readonly Words[] {
  if (hostName === undefined)
    return [
      {
        code: "settings-file-source-unknown",
        severity: "info",
        title: `the settings file for ${machine} does not say on which server it was made`,
        next: "make sure that it is the active server's",
      },
    ];
  const ours = servers.find(({ name }) => sameServer(name, hostName));
  if (sameServer(machine, hostName))
    return [
      {
        code: "settings-file-of-this-name",
        severity: "blocking",
        title: `the settings file for ${machine} was made on a server of the same name (${hostName}): another machine that joins the domain under it takes that server's computer account`,
        next: `another name for this server, or ${freshExport}`,
      },
    ];
  const active = servers.find(({ role }) => role === "active");
  if (active !== undefined && ours?.role !== "active")
    return [
      {
        code: "settings-file-not-of-active",
        severity: "warning",
        title: `the settings file for ${machine} was made on ${hostName}; the active server is declared to be ${active.name}`,
        next: `pin a settings file exported on ${active.name}`,
      },
    ];
  if (ours?.role === "passive" || ours?.role === "taken out")
    return [
      {
        code: "settings-file-not-of-active",
        severity: "warning",
        title: `the settings file for ${machine} was made on ${hostName}, which is ${ours.role === "passive" ? "a passive server of this stack" : "a server that this stack has taken out"}: what was changed on the active server only is not in it`,
        next: `pin ${freshExport}`,
      },
    ];
  return [];
}

/** Importing into a newer build is how servers are replaced; nothing documents the import into an older one. */
function version({ build }: SettingsFileDigest, { machine, version: pinned }: SettingsFileContext): readonly Words[] {
  if (build === undefined || !/^\d+(\.\d+){1,3}$/.test(build) || compareVersions(build, pinned) <= 0) return [];
  return [
    {
      code: "settings-file-newer",
      severity: "warning",
      title: `the settings file for ${machine} was made by build ${build}, and ${pinned} is to import it: that an older build reads a newer one's file is not documented`,
      next: `pin an installer of ${build} or later`,
    },
  ];
}

/** One instance holds one engine, and one database is never shared (facts 14 and 15). */
function database(file: SettingsFileDigest, { machine, database: pinned }: SettingsFileContext): readonly Words[] {
  const theirs = file.database;
  if (pinned === undefined || theirs === undefined || !sameServer(theirs.server, pinned.server)) return [];
  const instance = (name: string | undefined): string => (/^(|mssqlserver)$/i.test(name ?? "") ? "" : (name ?? ""));
  if (instance(theirs.instance).toLowerCase() !== instance(pinned.instance).toLowerCase()) return [];
  const same = (theirs.name ?? "ADSync").toLowerCase() === pinned.name.toLowerCase();
  return [
    {
      code: same ? "settings-file-same-database" : "settings-file-same-instance",
      severity: same ? "blocking" : "warning",
      title: `the server that the settings file for ${machine} was made on uses ${same ? `the same database (${pinned.name} on ${pinned.server})` : `the same SQL Server instance (${pinned.server})`}: ${same ? "one database is never shared by two servers" : "one instance holds one engine"}`,
      next: "another instance in connect.database, or none for LocalDB",
    },
  ];
}

function serviceAccount(file: SettingsFileDigest, context: SettingsFileContext): readonly Words[] {
  const { machine, serviceAccount: pinned } = context;
  if (file.serviceAccount === undefined || file.serviceAccount === "" || file.serviceAccount === pinned) return [];
  return [
    {
      code: "settings-file-service-account-kind",
      severity: "warning",
      title: `the synchronization service of ${file.hostName ?? "the server that the settings file was made on"} runs under a ${file.serviceAccount}, that of ${machine} will under a ${pinned}; it cannot be changed later`,
      next: "connect.serviceAccount of the same kind, unless the difference is wanted",
    },
  ];
}

const severities: Record<ReturnType<typeof importGap>["effect"], Severity> = {
  "breaks the import": "blocking",
  changed: "warning",
  "not carried": "warning",
  "entered by hand": "info",
  "beside the file": "info",
};

/** `"A", "B" and 3 more`. */
export function itemsText({ items, more }: DigestedGap): string {
  return `${items.map((item) => `"${item}"`).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function gaps(file: SettingsFileDigest, { machine }: SettingsFileContext): readonly Words[] {
  return file.gaps.map((gap) => {
    const { name, what, todo, effect } = importGap(gap.code);
    return {
      code: `import-gap-${gap.code}`,
      severity: severities[effect],
      title: `${gapTitles[effect](machine)} ${name}: ${itemsText(gap)}`,
      cause: what,
      next: effect === "breaks the import" ? withoutBreakingRules : todo,
    };
  });
}

const gapTitles: Record<ReturnType<typeof importGap>["effect"], (machine: string) => string> = {
  "breaks the import": (machine) =>
    `the import of the settings file would break on ${machine}, with nothing configured and the engine to be uninstalled before another try, by`,
  changed: (machine) => `the import of the settings file on ${machine} changes`,
  "not carried": (machine) => `the import of the settings file on ${machine} does not carry`,
  "entered by hand": (machine) => `the wizard on ${machine} asks for the`,
  "beside the file": (machine) => `the settings file for ${machine} does not hold`,
};

/** Nothing is edited in the file; and a rule that is gone while its server synchronizes takes its values with it. */
const withoutBreakingRules = [
  "a settings file without these rules, exported anew on the active server:",
  "  1. switch its scheduler off (Set-ADSyncScheduler -SyncCycleEnabled $false) and let a run in progress end",
  "  2. in the Rules Editor, export each of the rules as a script, then delete it",
  "  3. wizard: View or export current configuration; close the wizard",
  "  4. run the scripts, which puts the rules back; switch the scheduler on",
  "  Never let it synchronize between 2 and 4: the values that these rules give would be removed from Entra ID.",
].join("\n");

/** What arrives wrongly is told by itself; what may have to be made again stands with what no file shows. */
const isNotCarried = ({ code }: GapUnsure): boolean => importGap(code).effect === "not carried";

function unsure(file: SettingsFileDigest, { machine }: SettingsFileContext): readonly Words[] {
  const arrives = file.unsure.filter((each) => !isNotCarried(each));
  if (arrives.length === 0) return [];
  const breaking = arrives.some(({ code }) => importGap(code).effect === "breaks the import");
  return [
    {
      code: "import-gaps-unsure",
      severity: breaking ? "warning" : "info",
      title: `whether the settings file for ${machine} runs into these gaps of the import it does not say: ${arrives.map(({ code }) => importGap(code).name).join("; ")}`,
      cause: arrives.map(({ why }) => why).join("; "),
      next: "look on the active server in the Rules Editor, and compare the two servers after the import (entra-connect compare)",
    },
  ];
}

function unseen(file: SettingsFileDigest, { machine }: SettingsFileContext): readonly Words[] {
  const here = file.unsure.filter(isNotCarried).map(({ code }) => importGap(code).name);
  const anywhere = unseenGaps.map(importGap).flatMap(({ name, effect }) => (effect === "entered by hand" ? [] : name));
  return [
    {
      code: "import-gaps-unseen",
      severity: "info",
      title: `what the settings file does not show, to be compared after the import on ${machine}: ${[...here, ...anywhere].join("; ")}`,
      cause: "docs/settings-file.md",
      next: "entra-connect compare, once both servers are there",
    },
  ];
}
