import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { JudgingContext } from "../../review/readiness/judge";
import type { SettingsFileDigest } from "../../review/settingsFile";
import { selfContained } from "../../scripts/assemble";
import type { RemoteAccess } from "../access/access";
import { isJoinStep, type JoinQuestion } from "../domain/plan";
import { afterRestart, sameMachine } from "../domain/restart";
import { reported, type ToldFinding } from "../findings";
import { knownOr } from "../inputs";
import type { RememberedGeneration } from "../memory/remembered";
import { memberOptions, type OfGeneration } from "../server/members";
import { generationNames } from "../server/names";
import { tellNow } from "../tellNow";
import { announceGate, withdrawInstructions } from "./announcement";
import { askedWith, membershipOpen } from "./asking";
import { type DeliveredFiles, fileCopy, onceHeard } from "./files";
import { judged, readAnswer } from "./judgement";
import { type Step, stepArguments, stepsOf } from "./plan";
import { proofOf } from "./proof";

export interface InstallationArgs extends OfGeneration {
  /** When the generation was declared passive after it had been something else. */
  readonly passiveSince?: string;
  readonly access: RemoteAccess;
  readonly guard: pulumi.Resource;
  readonly vmId: pulumi.Output<string>;
  readonly remembered?: RememberedGeneration;
  /** Whether the state holds the step that sets prerequisites. */
  readonly remedied: boolean;
  readonly join: JoinQuestion;
  /** What generations are joined to their domain with, by number. */
  readonly joinSecrets: pulumi.Output<Readonly<Record<string, string>>>;
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

const provingSteps: readonly Step[] = ["reinstate", "verify-staging"];

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
  const openSince = membershipOpen(args.remembered?.membership, machine, args.context);
  let staged = pulumi.output("");
  let restart: pulumi.Output<string> | undefined;
  for (const step of stepsOf(block, { remedy, treatment, remedied: args.remedied, join: args.join })) {
    // Of an unproven one nothing is asked but whether it is staging, for which one that was stopped is started.
    const asked = treatment === "acting" || (treatment === "unproven" && provingSteps.includes(step));
    const delivery = step in deliveries ? deliveries[step as keyof typeof deliveries] : undefined;
    const file = delivery === undefined ? undefined : fileCopy(base, delivery, args, { step: before, heard }, parent);
    if (asked && step === "await-wizard") heard = announced(args, findings, parent);
    const again = step === "prove-membership" && openSince !== undefined;
    const joined = isJoinStep(step) && args.join.member !== undefined && !again;
    if (step === "join-domain" && args.join.member !== undefined && asked)
      heard = sameMachine(args.join.member, machine, vmId, heard);
    if (step === "prove-membership" && asked && !joined && restart !== undefined)
      heard = afterRestart(
        heard,
        restart.apply((answer) => readAnswer("restart-after-join", machine, answer)),
      );
    // A secret makes secret whatever it is put together with: only the one step that needs it is given it.
    const joinSecret = step === "join-domain" ? args.joinSecrets.apply((all) => all[block.generation]) : undefined;
    const text = pulumi.all([settings, vmId, joinSecret, staged]).apply(([known, id, secret, answer]) =>
      selfContained(
        step,
        stepArguments(known, block, {
          vmId: id,
          passiveSince,
          asked: question,
          digest,
          joinSecret: secret,
          staged: answer,
          openSince,
        })[step],
      ),
    );
    const run = new remote.Command(
      `${base}-${step}`,
      {
        // Whoever is asked again has started long ago.
        connection:
          step === "reach" || (step === "prove-membership" && !again) ? access.bootConnection : access.connection,
        create: asked ? text.commandLine : undefined,
        stdin: onceHeard(text.stdin, heard),
        // Another machine of the same name has none of the work.
        triggers: [vmId],
        logging: tellingSteps.includes(step) ? remote.Logging.Stderr : remote.Logging.None,
        addPreviousOutputInEnv: false,
      },
      pulumi.mergeOptions(
        {
          // Whoever is a member is not joined again, whatever becomes of its secret.
          ...memberOptions(asked && !joined ? "acting" : "lost", parent),
          ...(step === "join-domain" ? { additionalSecretOutputs: ["stdin"] } : {}),
        },
        { dependsOn: file === undefined ? [before] : [before, file] },
      ),
    );
    // Its answer holds no secret, although its question does.
    const answer = step === "join-domain" ? pulumi.unsecret(run.stdout) : run.stdout;
    if (step === "join-domain") staged = knownOr(answer, "");
    if (step === "restart-after-join") restart = answer;
    if (step === "verify-staging") {
      proof = answer;
      verification = answer;
    }
    // Once the wizard is done, what was found at the join is of long ago: every step since has met the domain and signed in.
    if (asked && !(joined && args.context.wizardDone)) {
      const judgement = judgedIn(step, machine, answer, args.context, verification);
      findings.push(judgement);
      heard = judgement;
      // What a policy does to the sign-in keeps everything after this from being asked at all.
      if (step === "prove-membership" && !joined && !pulumi.runtime.isDryRun())
        judgement.apply((found) => tellNow(found, run));
      if (step === "await-wizard" && !pulumi.runtime.isDryRun())
        answer.apply(() => withdrawInstructions(structure, block));
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
