import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { JudgingContext } from "../../review/readiness/judge";
import type { SettingsFileDigest } from "../../review/settingsFile";
import { selfContained } from "../../scripts/assemble";
import type { RemoteAccess } from "../access/access";
import { reported, type ToldFinding } from "../findings";
import { knownOr } from "../inputs";
import type { RememberedGeneration } from "../memory/remembered";
import { memberOptions, type Treatment } from "../server/members";
import { generationNames } from "../server/names";
import type { GenerationSettings, Settings } from "../settings/settings";
import { announceGate, withdrawInstructions } from "./announcement";
import { askedWith } from "./asking";
import { type DeliveredFiles, fileCopy, onceHeard } from "./files";
import { judged } from "./judgement";
import { type Step, stepArguments, stepsOf } from "./plan";
import { proofOf } from "./proof";

export interface InstallationArgs {
  readonly structure: Settings;
  readonly settings: pulumi.Output<Settings>;
  readonly block: GenerationSettings;
  readonly treatment: Treatment;
  /** When the generation was declared passive after it had been something else. */
  readonly passiveSince?: string;
  readonly access: RemoteAccess;
  readonly guard: pulumi.Resource;
  readonly vmId: pulumi.Output<string>;
  readonly remembered?: RememberedGeneration;
  /** Whether the state holds the step that sets prerequisites. */
  readonly remedied: boolean;
  readonly files: DeliveredFiles;
  /** What is known of its settings file. */
  readonly digest?: SettingsFileDigest;
  /** What was found of it before anything was made. */
  readonly before: readonly ToldFinding[];
  readonly context: JudgingContext;
}

export interface Installation {
  /** Of every step; empty for a generation that is not asked. */
  readonly findings: pulumi.Output<ToldFinding[]>;
  /** What the last verification said, as its command keeps it. */
  readonly proof: pulumi.Output<string>;
  readonly last: pulumi.Resource;
}

/** Those that can take hours, and print a line while they do. */
const tellingSteps: readonly Step[] = ["await-wizard", "first-synchronization"];

/** Steps right before which a file is delivered. */
const deliveries = { "install-package": "installer", "receive-settings-file": "settings-file" } as const;

/**
 * Entra Connect on one machine. Each step is one remote command whose whole text arrives on standard input, waits for
 * the judgement of the one before, and has no delete action. Of a generation that does not act nothing runs: what the
 * state holds stays as it is, and a step that a newer release has added is registered without an action.
 */
export function installation(base: string, args: InstallationArgs, parent: pulumi.Resource): Installation {
  const { structure, settings, block, access, vmId, treatment, passiveSince, digest } = args;
  const machine = generationNames(structure.name, block.generation).machine;
  const findings: pulumi.Output<ToldFinding[]>[] = [];
  let before: pulumi.Resource = args.guard;
  // Why SSH does not get in is told before anything tries to.
  let heard: pulumi.Output<unknown> = access.findings;
  let proof = pulumi.output("");
  let verification: pulumi.Output<string> | undefined;
  const { remedy } = structure.prerequisites;
  const question = askedWith(args.remembered?.prerequisites, machine, args.context);
  for (const step of stepsOf(block, { remedy, treatment, remedied: args.remedied })) {
    // Of an unproven one nothing is asked but whether it is staging.
    const asked = treatment === "acting" || (treatment === "unproven" && step === "verify-staging");
    const delivery = step in deliveries ? deliveries[step as keyof typeof deliveries] : undefined;
    const file = delivery === undefined ? undefined : fileCopy(base, delivery, args, { step: before, heard }, parent);
    if (asked && step === "await-wizard") heard = announced(args, findings, parent);
    const text = pulumi
      .all([settings, vmId])
      .apply(([known, id]) =>
        selfContained(step, stepArguments(known, block, { vmId: id, passiveSince, asked: question, digest })[step]),
      );
    const run = new remote.Command(
      `${base}-${step}`,
      {
        connection: step === "reach" ? access.bootConnection : access.connection,
        create: asked ? text.commandLine : undefined,
        stdin: onceHeard(text.stdin, heard),
        // Another machine of the same name has none of the work.
        triggers: [vmId],
        logging: tellingSteps.includes(step) ? remote.Logging.StdoutAndStderr : remote.Logging.None,
        addPreviousOutputInEnv: false,
      },
      pulumi.mergeOptions(
        { ...memberOptions(asked ? "acting" : "lost", parent) },
        { dependsOn: file === undefined ? [before] : [before, file] },
      ),
    );
    if (step === "verify-staging") {
      proof = run.stdout;
      verification = run.stdout;
    }
    if (asked) {
      const judgement = judgedIn(step, machine, run.stdout, args.context, verification);
      findings.push(judgement);
      heard = judgement;
      if (step === "await-wizard" && !pulumi.runtime.isDryRun())
        run.stdout.apply(() => withdrawInstructions(structure, block));
    }
    before = run;
  }
  return { findings: pulumi.all(findings).apply((lists) => lists.flat()), proof, last: before };
}

function judgedIn(
  step: Step,
  machine: string,
  answer: pulumi.Output<string>,
  context: JudgingContext,
  verification: pulumi.Output<string> | undefined,
): pulumi.Output<ToldFinding[]> {
  // A preview shows the answer that the state holds, or none: what else is found is told all the same.
  if (pulumi.runtime.isDryRun())
    return knownOr(answer, "").apply((text): ToldFinding[] => {
      // An older one may not be this release's.
      try {
        return text ? judged(step, machine, text, context).map(reported) : [];
      } catch {
        return [];
      }
    });
  return pulumi.all([answer, verification]).apply(([text, verified]): ToldFinding[] => {
    const known = step === "first-synchronization" && verified ? proofOf(verified) : undefined;
    return judged(step, machine, text, known === undefined ? context : { ...context, verification: known }).map(
      reported,
    );
  });
}

/** Says what is to be done at the wizard, unless this machine's gate is behind it for this version. */
function announced(
  { structure, block, context, digest, before }: InstallationArgs,
  findings: readonly pulumi.Output<ToldFinding[]>[],
  parent: pulumi.Resource,
): pulumi.Output<unknown> {
  const told = pulumi.all([...findings]);
  if (pulumi.runtime.isDryRun()) return told;
  if (context.wizardDone) return told;
  return told.apply(async (lists) =>
    announceGate(structure, block, { findings: [...before, ...lists.flat()], digest }, parent),
  );
}
