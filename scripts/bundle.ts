/**
 * The collector for an Entra Connect server that this library does not manage: a folder that an operator copies there. It
 * runs the same script as the task of a managed server, byte for byte.
 */
import { createHash } from "node:crypto";
import {
  archivedScript,
  chainMark,
  configurationMark,
  firstRunMinutes,
  runLimitMinutes,
  type Schedule,
  taskXml,
} from "./archiveTask";
import { asciiJson } from "./asciiJson";
import { compose } from "./assemble";
import { readAsset } from "./assets";
import { type RefusalText, refusalTexts } from "./refusals";

export interface BundleOptions {
  /** `https://<account>.blob.core.windows.net`; empty: collections stay on the server. */
  readonly endpoint: string;
  readonly container: string;
  readonly schedule: Schedule;
  readonly waitMinutes: number;
  readonly queue: { readonly count: number; readonly megabytes: number };
}

export interface BundleFile {
  readonly name: string;
  readonly text: string;
}

const lineEnds = (text: string): string => text.replace(/\r?\n/g, "\r\n");

export function bundleFiles(options: BundleOptions): readonly BundleFile[] {
  const script = archivedScript();
  const files = [
    { name: "archive-configuration.ps1", text: script.text },
    { name: "install.ps1", text: scriptText("install", bundledText(options)) },
    { name: "uninstall.ps1", text: scriptText("uninstall") },
    { name: "README.txt", text: lineEnds(readmeText(options)) },
  ];
  const sums = files.map(({ name, text }) => `${createHash("sha256").update(text).digest("hex")}  ${name}`);
  return [...files, { name: "SHA256SUMS.txt", text: `${sums.join("\n")}\n` }];
}

const scheduleText = ({ startTime, everyHours }: Schedule): string =>
  everyHours === 24
    ? `every day at ${startTime}, this server's local time`
    : `every ${everyHours === 1 ? "hour" : `${everyHours} hours`} from ${startTime}, this server's local time`;

/** What the installer lays down. */
function bundledText({ endpoint, container, schedule, waitMinutes, queue }: BundleOptions): string {
  const scriptSha256 = archivedScript().sha256;
  const definition = taskXml({
    schedule,
    waitMinutes,
    scriptSha256,
    configurationSha256: configurationMark,
    chain: chainMark,
  });
  const bundled = {
    scriptSha256,
    endpoint,
    container,
    queue,
    waitMinutes,
    firstRunMinutes: firstRunMinutes(waitMinutes),
    schedule: scheduleText(schedule),
    definition,
  };
  return `$bundled = ConvertFrom-Json -InputObject @'\n${asciiJson(bundled)}\n'@\n`;
}

function scriptText(name: "install" | "uninstall", given = ""): string {
  const own = JSON.parse(readAsset("bundle", "refusals.json")) as Record<string, RefusalText>;
  // As they are told where nobody runs pulumi.
  const refusals = Object.fromEntries(
    Object.entries({ ...refusalTexts("keep-archiving"), ...own }).map(([code, text]) => [
      code,
      { ...text, next: text.next.map((line) => line.replaceAll("run `pulumi up` again", "run this again")) },
    ]),
  );
  const text = compose({
    name: `collector-${name}`,
    source: readAsset("bundle", `${name}.ps1`),
    refusals,
    given,
    causes: () => ({}),
  });
  return `#Requires -RunAsAdministrator\n#Requires -Version 5.1\n${text}`;
}

function readmeText({ endpoint, container, schedule, waitMinutes, queue }: BundleOptions): string {
  const target =
    endpoint === ""
      ? [
          "Where the collections go",
          "  They stay on this server, in C:\\ProgramData\\pulumi-entra-connect\\archive\\queue, until you fetch them:",
          "  copy the files ....zip to a machine with entra-connect and run `entra-connect archive add FILES` there as somebody",
          "  who may add to the archive; then delete them here. Each run says in its event that they are not archived (101).",
        ]
      : [
          "Where the collections go",
          `  To ${endpoint}/${container}, with the identity that Azure gives to this virtual machine`,
          "  (a system-assigned managed identity). It needs one right on that container and no other: the data action",
          "  Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action. It can neither read nor change nor",
          "  delete what is there. A server outside of Azure has no such identity, and neither this bundle nor Azure Arc",
          "  (not tried) gives it one: make the bundle without --account there.",
        ];
  return [
    "pulumi-entra-connect: collector for one Entra Connect Sync server",
    "",
    "What it does",
    `  A scheduled task of SYSTEM runs archive-configuration.ps1 ${scheduleText(schedule)}.`,
    `  It waits until the synchronization engine is idle (at most ${waitMinutes} minutes), reads the configuration, makes one`,
    "  zip archive of it with a manifest of hashes that names the collection before it, and archives it under a new name.",
    "  It writes one event for each run: log Application, source pulumi-entra-connect, 100 archived, 101 collected but not",
    "  archived, 110 failed; the message is JSON and says why.",
    "",
    "What it reads",
    "  Synchronization rules, connectors, filters, global parameters, run history and scheduler (cmdlets of the module ADSync",
    "  whose names begin with Get-), the settings files Applied-* and Exported-* of C:\\ProgramData\\AADConnect, versions of",
    "  the product and of Windows, the hashes of miiserver.exe.config and machine.config, the size of the database, the events",
    "  of the application's certificate. No password, no key: values that are encrypted or named like a secret are taken out",
    "  before anything is archived. What is left tells the structure of your directories: treat it so.",
    "",
    "What it never does",
    "  It starts no synchronization, changes no setting of Entra Connect or Active Directory, opens no port, updates nothing,",
    "  and runs nothing but itself: its task compares its hash before every run. It never overwrites what it has archived.",
    "",
    ...target,
    "",
    "What it leaves on the server",
    "  C:\\ProgramData\\pulumi-entra-connect\\archive, which only SYSTEM and Administrators can write to: the script, its",
    `  settings (archiving.json), the record of the chain (chain.json) and what waits (at most ${queue.count} collections or`,
    endpoint === ""
      ? `  ${queue.megabytes} MB; when it is full nothing new is kept until you have deleted what you fetched).`
      : `  ${queue.megabytes} MB; when it is full the oldest stay and the newest takes the place of the last one that waited).`,
    "  The task \\pulumi-entra-connect\\archive-configuration. The event source pulumi-entra-connect.",
    `  Windows ends a run that takes longer than ${runLimitMinutes(waitMinutes)} minutes.`,
    "",
    "Rights",
    "  Installing and uninstalling need a local administrator. Nothing else is granted to anybody.",
    "",
    "Install",
    "  1. Compare SHA256SUMS.txt with the files:  Get-FileHash *.ps1, README.txt",
    "  2. powershell.exe -NoProfile -ExecutionPolicy Bypass -File install.ps1 -WhatIf      says what it would do",
    "  3. powershell.exe -NoProfile -ExecutionPolicy Bypass -File install.ps1",
    `  It asks nothing. It runs the task once; its last line is JSON: firstRun.result ${endpoint === "" ? "40 means collected and waiting here" : "0 means archived"}.`,
    "  Where AppLocker or WDAC put PowerShell into constrained language mode it cannot be used: the task's own line reads and",
    "  compares the script before it runs it, which that mode forbids. The first run then ends with 43, and its event says so.",
    "",
    "Remove",
    "  powershell.exe -NoProfile -ExecutionPolicy Bypass -File uninstall.ps1",
    "  Collections that were not archived stay, with the record of the chain; delete the folder by hand if you want them gone.",
    "",
    "What was never seen",
    "  The authors ran these scripts in a simulated Windows only. Try it on the passive server first.",
    "",
    "Signed off for this server by: ______________________   on: ______________",
    "",
  ].join("\n");
}
