import * as pulumi from "@pulumi/pulumi";
import { machineRunCommand, outputOf } from "../access/runCommand";
import { reported, type ToldFinding } from "../findings";
import { type RememberedGeneration, retirementPart } from "../memory/remembered";
import { Refusal } from "../refusal";
import type { OfGeneration } from "../server/members";
import { generationNames } from "../server/names";
import type { ExceptionSettings } from "../settings/settings";
import { tellNow } from "../tellNow";
import { retirementAnswered, retirementFinding, retirementRefused, retirementText } from "./byRunCommand";

export interface RetirementByRunCommandArgs extends OfGeneration {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly vmId: pulumi.Output<string>;
  readonly remembered?: RememberedGeneration;
  readonly holds: (part: string) => boolean;
  /** The exception that asks for it, where it counts today. */
  readonly exception?: ExceptionSettings;
  /** Since when it stands. */
  readonly since?: string;
  readonly now: Date;
  readonly after: readonly pulumi.Resource[];
}

export interface RetirementByRunCommand {
  /** What the guard waits for. */
  readonly members: readonly pulumi.Resource[];
  /** Undefined where nobody asks for it: the guard asks by SSH. */
  readonly passed?: pulumi.Output<boolean>;
  readonly findings: pulumi.Output<ToldFinding[]>;
}

const runCommandName = "retire-by-run-command";

/** The script waits for another one's lock, then for an idle engine, a quarter of an hour each; Azure must not end it between its proof and its marker. */
export const retirementSeconds = 3600;

/**
 * The guard's questions by Run Command, where SSH is lost and an exception says so. The same text as over SSH: it proves
 * staging, stops and disables the synchronization service and leaves its marker, or refuses, which fails the run and leaves
 * the guard as it was. What it answered is put into the state (a Stash) before the guard gives up its `delete`; without the
 * exception, or once the answer is old, the guard gets that back.
 */
export function retirementByRunCommand(
  base: string,
  args: RetirementByRunCommandArgs,
  parent: pulumi.Resource,
): RetirementByRunCommand {
  const { structure, block, exception, since, vmId, remembered, now } = args;
  const nothing = pulumi.output<ToldFinding[]>([]);
  if (exception === undefined && !args.holds(runCommandName)) return { members: [], findings: nothing };
  const run = machineRunCommand(
    base,
    {
      ...args,
      asked: exception !== undefined,
      runCommandName,
      script: vmId.apply((id) => retirementText(structure, block, id, exception, since)),
      timeoutInSeconds: retirementSeconds,
      dependsOn: args.after,
    },
    parent,
  );
  if (exception === undefined) return { members: [run], findings: nothing };
  const { machine } = generationNames(structure.name, block.generation);
  const kept = remembered?.retirement;
  const preview = pulumi.runtime.isDryRun();
  const answer = preview
    ? // Unknown where it is still to be asked.
      run.id.apply(() => kept ?? "")
    : outputOf(run, { ...args, runCommandName }, parent).apply((output) => {
        const last = output.trim().split(/\r?\n/).at(-1) ?? "";
        return last === "" ? (kept ?? "") : last;
      });
  const checked = pulumi.all([answer, vmId]).apply(([text, id]) => {
    const answered = retirementAnswered(text, {
      name: structure.name,
      generation: block.generation,
      vmId: id,
      now,
      since,
      askedInThisRun: !preview,
    });
    if (!preview && answered.kind === "objection" && answered.old !== true)
      throw new Refusal(retirementRefused(machine, answered.objection));
    const finding = retirementFinding(machine, block.generation, answered);
    if (!preview) tellNow([finding], run);
    return { text, passed: answered.kind === "passed", findings: [finding].map(reported) };
  });
  const stash = new pulumi.Stash(
    `${base}-${retirementPart}`,
    { input: { answer: checked.apply(({ text }) => text) } },
    { parent, dependsOn: [run] },
  );
  return {
    members: [run, stash],
    passed: checked.apply(({ passed }) => passed),
    findings: preview ? nothing : checked.apply(({ findings }) => findings),
  };
}
