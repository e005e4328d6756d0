import { type JudgingContext, judgeKeepArchiving } from "../../review/readiness/judge";
import {
  type Archiving,
  archivedScript,
  archivingText,
  firstRunMinutes,
  type KeepArchivingArguments,
  taskXml,
} from "../../scripts/assemble";
import { storedAnswer } from "../memory/storedAnswer";
import { probes } from "../network/plan";
import { generationNames } from "../server/names";
import type { ArchiveScheduleSettings, GenerationSettings, Settings } from "../settings/settings";
import { type ArchivePlace, schedules } from "./plan";

/** At least two: the oldest and the newest are kept in any case. */
export function queueOf({ queueDays, queueMB, everyHours }: ArchiveScheduleSettings): Archiving["queue"] {
  return { count: Math.max(2, Math.ceil((queueDays * 24) / everyHours)), megabytes: queueMB };
}

export interface TaskInputs {
  readonly vmId: string;
  readonly place: Pick<ArchivePlace, "accountName" | "containerName">;
  readonly asked: string;
}

/**
 * What the step is asked with. As long as its last answer found an archive that does not work, it is asked again in every
 * run; else the question stays what it was, so that nothing runs.
 *
 * @param text the last answer, as the state keeps it
 */
export function archivingAskedWith(text: string | undefined, machine: string, context: JudgingContext): string {
  const answer = storedAnswer("keep-archiving", text);
  if (answer === undefined) return "";
  const open = judgeKeepArchiving(machine, answer, context).some(({ severity }) => severity !== "info");
  return open ? answer.collectedAt : answer.asked;
}

/**
 * What is asked of one machine. Nothing in it changes with a role, another generation or a key: what is declared of a server
 * is never told to it.
 */
export function keepArchivingArguments(
  settings: Settings,
  block: GenerationSettings,
  { vmId, place, asked }: TaskInputs,
): KeepArchivingArguments {
  const { generation } = block;
  const chain = vmId.toLowerCase();
  const computerName = generationNames(settings.name, generation).machine;
  const { schedule } = settings.archive;
  const common = { computerName, vmId, chain, firstRunMinutes: firstRunMinutes(schedule.waitMinutes), asked };
  if (!schedules(settings)) {
    const nothing = { text: "", sha256: "" };
    return { ...common, wanted: false, script: nothing, archiving: nothing, definition: "" };
  }
  const { startTime, everyHours, waitMinutes } = schedule;
  const script = archivedScript();
  const archiving = archivingText({
    chain,
    generation,
    endpoint: `https://${place.accountName}.blob.core.windows.net`,
    container: place.containerName,
    queue: queueOf(schedule),
    waitMinutes,
    ports: probes(settings, block),
  });
  const pins = { scriptSha256: script.sha256, configurationSha256: archiving.sha256 };
  const definition = taskXml({ schedule: { startTime, everyHours }, waitMinutes, chain, ...pins });
  return { ...common, wanted: true, script, archiving, definition };
}
