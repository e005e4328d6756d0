import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type JudgingContext, judgeKeepArchiving } from "../../review/readiness/judge";
import { selfContained } from "../../scripts/assemble";
import type { RemoteAccess } from "../access/access";
import { onceHeard } from "../connect/files";
import { readiness, reported, type ToldFinding } from "../findings";
import { knownOr } from "../inputs";
import type { RememberedGeneration } from "../memory/remembered";
import { storedAnswer } from "../memory/storedAnswer";
import { memberOptions, type OfGeneration } from "../server/members";
import { generationNames } from "../server/names";
import { type ArchivePlace, schedules } from "./plan";
import { archivingAskedWith, keepArchivingArguments } from "./taskPlan";

export interface ArchiveTaskArgs extends OfGeneration {
  readonly access: RemoteAccess;
  readonly vmId: pulumi.Output<string>;
  readonly place: ArchivePlace;
  /** What must stand, or have been done, before a run can archive: the last step of the setup, the machine's right, the container. */
  readonly after: readonly pulumi.Resource[];
  /** What was found before; where it stops, nothing is done here. */
  readonly heard: pulumi.Output<unknown>;
  readonly holds: (part: string) => boolean;
  readonly context: JudgingContext;
  readonly remembered?: RememberedGeneration;
}

/** Whether it archives is not known, and that stops nothing. */
function unread(machine: string) {
  return readiness("archive-answer-unread", "warning", machine, {
    title: `the answer of keep-archiving on ${machine} is not understood: whether its archive works is not known`,
    cause: "it is the answer of another release's script, or was cut short",
    next: "pulumi up --target '**-archive-task' --replace '**-archive-task' asks again with this release's script",
  });
}

/**
 * The scheduled task of one server, laid down after everything else and run once at once: an archive that was never seen to
 * work is none. Of a server that is not acted on nothing is asked, and what the state holds stays. Where the settings do not
 * want it any more it is taken away, and the step stays to remember that.
 */
export function archiveTask(
  base: string,
  args: ArchiveTaskArgs,
  parent: pulumi.Resource,
): pulumi.Output<ToldFinding[]> {
  const { structure, settings, block, treatment, access, vmId, place, heard } = args;
  const acting = treatment === "acting";
  const kept = args.holds("archive-task");
  if (!kept && !(acting && schedules(structure))) return pulumi.output([]);
  const machine = generationNames(structure.name, block.generation).machine;
  const asked = archivingAskedWith(args.remembered?.archiving, machine, args.context);
  const text = pulumi
    .all([settings, vmId])
    .apply(([known, id]) =>
      selfContained("keep-archiving", keepArchivingArguments(known, block, { vmId: id, place, asked })),
    );
  const run = new remote.Command(
    `${base}-archive-task`,
    {
      connection: access.connection,
      create: acting ? text.commandLine : undefined,
      stdin: onceHeard(text.stdin, heard),
      // Another machine of the same name has no task.
      triggers: [vmId],
      // Its first run can take a while, and tells.
      logging: remote.Logging.Stderr,
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(memberOptions(acting ? "acting" : "lost", parent), { dependsOn: [...args.after] }),
  );
  if (!acting) return pulumi.output([]);
  return knownOr(run.stdout, "").apply((text): ToldFinding[] => {
    const answer = storedAnswer("keep-archiving", text);
    if (answer !== undefined) return judgeKeepArchiving(machine, answer, args.context).map(reported);
    // A preview shows what the state holds, which may be another release's, or nothing.
    if (pulumi.runtime.isDryRun()) return [];
    return [reported(unread(machine))];
  });
}
