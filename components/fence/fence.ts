import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { selfContained, validateAnswer } from "../../scripts/assemble";
import type { RemoteAccess } from "../access/access";
import { readiness, reported, type ToldFinding } from "../findings";
import { memberOptions, type OfGeneration } from "../server/members";
import { generationNames } from "../server/names";
import { fenceArguments, fencingNote, mayAnswer, type Power, stopsService } from "./plan";

export interface FenceArgs extends OfGeneration {
  readonly access: RemoteAccess;
  readonly guard: pulumi.Resource;
  readonly vmId: pulumi.Output<string>;
  /** Since when it is declared fenced; another instant asks it again. */
  readonly since: string | undefined;
  readonly power: Power;
  readonly holds: (part: string) => boolean;
}

/**
 * Stops and disables the synchronization service of a fenced generation over SSH, once. It stays in the stack until the
 * generation is passive again and proven; taken out, it runs nothing.
 */
export function fence(base: string, args: FenceArgs, parent: pulumi.Resource): pulumi.Output<ToldFinding[]> {
  const { structure, block, treatment, power, vmId, since } = args;
  const held = args.holds("fence");
  const stops = treatment === "fenced" && stopsService({ block, power, held });
  const nothing = pulumi.output<ToldFinding[]>([]);
  if (!stops && (!held || treatment === "acting")) return nothing;
  const text = vmId.apply((id) =>
    selfContained("fence", fenceArguments(structure, block, { vmId: id, since: since ?? "" })),
  );
  // Nobody answers on a machine that does not run: what it was told, it stays told.
  const asks = stops && mayAnswer(power);
  const run = new remote.Command(
    `${base}-fence`,
    {
      connection: args.access.connection,
      create: stops ? text.commandLine : undefined,
      stdin: text.stdin,
      triggers: [vmId],
      logging: remote.Logging.None,
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(memberOptions(asks ? "acting" : "lost", parent), { dependsOn: [args.guard] }),
  );
  if (!asks || pulumi.runtime.isDryRun()) return nothing;
  if (!held) void pulumi.log.info(fencingNote(structure, block), run);
  const { machine } = generationNames(structure.name, block.generation);
  return run.stdout.apply((answer): ToldFinding[] =>
    validateAnswer("fence", answer).warnings.map((warning) =>
      reported(
        readiness("fence-warning", "warning", machine, {
          title: `${machine} was fenced, and ${warning}`,
          cause: `generations.${block.generation}.fence`,
          next: "put right what it says; up asks it again after another fencing only",
        }),
      ),
    ),
  );
}
