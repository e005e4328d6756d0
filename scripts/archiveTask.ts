/**
 * The scheduled task that archives a server's configuration: its file of settings, its definition, and what its results mean.
 * Its line reads the script once, compares its hash with the one that stands in the line, and runs exactly those bytes.
 */
import { createHash } from "node:crypto";
import type { PinnedText, Probe } from "./arguments";
import { asciiJson } from "./asciiJson";
import { archiverFile } from "./assembleCollector";

/** Below the library's folder on the server. */
export const archiveFolder = "C:\\ProgramData\\pulumi-entra-connect\\archive";
export const archivedScriptPath = `${archiveFolder}\\archive-configuration.ps1`;
export const archivingPath = `${archiveFolder}\\archiving.json`;
export const archiveTask = { path: "\\pulumi-entra-connect\\", name: "archive-configuration" } as const;

/** `archiving.json`: what the task is to do on one machine. Nothing in it changes with a role, another server or a key. */
export interface Archiving {
  /** The machine's vmId in lower case, or a GUID made once where an operator installed the task. */
  readonly chain: string;
  /** null on a server that an operator set up by hand. */
  readonly generation: number | null;
  /** `https://<account>.blob.core.windows.net`; empty: collections stay on the server. */
  readonly endpoint: string;
  readonly container: string;
  /** What may wait on the server: so many collections, and so many megabytes together. */
  readonly queue: { readonly count: number; readonly megabytes: number };
  /** How long a run waits for an idle engine. */
  readonly waitMinutes: number;
  readonly ports: readonly Probe[];
}

export interface Schedule {
  /** `HH:mm`, the server's local time. */
  readonly startTime: string;
  /** Hours between two runs; 24 is once a day. */
  readonly everyHours: number;
}

/** How long a run may take before Windows ends it: the wait for an idle engine, and two hours to read and send. */
export const runLimitMinutes = (waitMinutes: number): number => waitMinutes + 120;

/**
 * How long whoever asks for a run at once waits for it; it goes on behind. As long as that run may itself wait for an idle
 * engine, and half an hour for its work: with less, a busy engine would read as an archive that does not work.
 */
export const firstRunMinutes = (waitMinutes: number): number => waitMinutes + 30;

function pinned(text: string): PinnedText {
  return { text, sha256: createHash("sha256").update(text, "ascii").digest("hex") };
}

let script: PinnedText | undefined;

export function archivedScript(): PinnedText {
  script ??= pinned(archiverFile());
  return script;
}

export function archivingText(archiving: Archiving): PinnedText {
  return pinned(`${asciiJson(archiving)}\n`);
}

/** Stands in the definition for the hash of `archiving.json` where that is made on the server. */
export const configurationMark = "{configurationSha256}";
/** The same for the chain. */
export const chainMark = "{chain}";

export interface TaskDefinition {
  readonly schedule: Schedule;
  readonly waitMinutes: number;
  readonly scriptSha256: string;
  readonly configurationSha256: string;
  readonly chain: string;
}

/**
 * The definition as XML of the Task Scheduler's schema (MS-TSCH 2.5; learn.microsoft.com/windows/win32/taskschd). As SYSTEM, at
 * most one run at a time, a missed one made up for. A server's own time zone counts: the start has none.
 */
export function taskXml({ schedule, waitMinutes, ...line }: TaskDefinition): string {
  const every =
    schedule.everyHours === 24
      ? ""
      : `<Repetition><Interval>PT${schedule.everyHours}H</Interval><Duration>P1D</Duration></Repetition>`;
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    "<RegistrationInfo>",
    "<Description>pulumi-entra-connect: collects the configuration of Entra Connect Sync and archives it. Reads only.</Description>",
    "</RegistrationInfo>",
    "<Triggers><CalendarTrigger>",
    `<StartBoundary>2026-01-01T${schedule.startTime}:00</StartBoundary><Enabled>true</Enabled>${every}`,
    "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>",
    "</CalendarTrigger></Triggers>",
    '<Principals><Principal id="Author"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>',
    "<Settings>",
    "<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>",
    "<DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>",
    "<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>",
    "<AllowHardTerminate>true</AllowHardTerminate>",
    "<StartWhenAvailable>true</StartWhenAvailable>",
    "<AllowStartOnDemand>true</AllowStartOnDemand>",
    "<Enabled>true</Enabled>",
    "<Hidden>false</Hidden>",
    `<ExecutionTimeLimit>PT${runLimitMinutes(waitMinutes)}M</ExecutionTimeLimit>`,
    "</Settings>",
    '<Actions Context="Author"><Exec>',
    "<Command>C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe</Command>",
    `<Arguments>${escaped(`-NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "${taskLine(line)}"`)}</Arguments>`,
    "</Exec></Actions>",
    "</Task>",
  ].join("\n");
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const laidAgain =
  "Find out who changed it. Run pulumi up, which lays it there again; on a server set up by hand run install.ps1 again.";

/** Without a double quote: it stands between two. What it runs is what it hashed, not what lies there a moment later. */
export function taskLine({
  scriptSha256,
  configurationSha256,
  chain,
}: Omit<TaskDefinition, "schedule" | "waitMinutes">): string {
  return [
    "$ErrorActionPreference = 'Stop'",
    `$path = '${archivedScriptPath}'`,
    "$found = ''",
    "try { $bytes = [IO.File]::ReadAllBytes($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)); " +
      "$memory = New-Object -TypeName System.IO.MemoryStream -ArgumentList (, $bytes); " +
      "$found = (Get-FileHash -InputStream $memory -Algorithm SHA256).Hash.ToLowerInvariant() } catch { $found = 'unreadable: ' + $_.Exception.Message }",
    `if ($found -ceq '${scriptSha256}') { & ([ScriptBlock]::Create([Text.Encoding]::ASCII.GetString($bytes))) -ScriptSha256 $found -ConfigurationSha256 '${configurationSha256}'; exit 1 }`,
    "$failed = [ordered]@{ what = $path + ' is not as it was installed, so it was not run.'; " +
      `why = 'SHA-256 ' + $found + ' instead of ${scriptSha256}'; next = '${laidAgain}' }`,
    "$at = (Get-Date).ToUniversalTime().ToString('yyyy-MM-dd\\THH\\:mm\\:ss\\Z', [Globalization.CultureInfo]::InvariantCulture)",
    `$message = ConvertTo-Json -Compress -InputObject ([ordered]@{ schema = 'entra-connect-health/1'; collectedAt = $at; computerName = $env:COMPUTERNAME; chain = '${chain}'; failed = $failed })`,
    "try { Write-EventLog -LogName Application -Source pulumi-entra-connect -EventId 110 -EntryType Error -Message $message } catch { exit 44 }",
    "exit 43",
  ].join("; ");
}

export interface TaskResult {
  readonly code: number;
  readonly means: string;
  /** Empty where nothing is to be done. */
  readonly next: string;
}

const readEvent =
  "read the newest event of source pulumi-entra-connect in the log Application of the server (Get-WinEvent -FilterHashtable @{ LogName = 'Application'; ProviderName = 'pulumi-entra-connect' } -MaxEvents 1): it says why";

/** LastTaskResult, as the script's exit codes and Windows' own. */
export const taskResults: readonly TaskResult[] = [
  { code: 0, means: "collected and archived", next: "" },
  { code: 1, means: "ended by an error that nobody foresaw", next: readEvent },
  { code: 40, means: "collected, and waiting on the server or not archived", next: readEvent },
  { code: 41, means: "not collected", next: readEvent },
  { code: 42, means: "not begun, since another run is at work", next: "" },
  {
    code: 43,
    means: "not run: script, settings or folder on the server are not as they were installed",
    next: readEvent,
  },
  {
    code: 44,
    means: "its event could not be written",
    next: "on the server run Get-EventLog -List and look at the log Application; its source pulumi-entra-connect must be registered (New-EventLog -LogName Application -Source pulumi-entra-connect)",
  },
  // Of Windows (archive.md section 5).
  { code: 0x41301, means: "still at work", next: "wait, then look at the task's last result again" },
  {
    code: 0x41303,
    means: "not run yet",
    next: "look at the task's next run time; it runs on a server that is on at that time",
  },
  { code: 0x41306, means: "ended by somebody, or by its time limit", next: readEvent },
];

export function taskResult(code: number): TaskResult {
  return (
    taskResults.find((each) => each.code === code) ?? {
      code,
      means: `ended with 0x${code.toString(16)}, a code of Windows`,
      next: "look it up (on the server: the history of the task, where the log Microsoft-Windows-TaskScheduler/Operational is enabled)",
    }
  );
}
