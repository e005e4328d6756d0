import { doStep, readStackFacts, type StackCall, thisMachine } from "../engine/recoverStack";
import { planRecovery, type RecoverPlan, recoverPage, type Step } from "../review/recover";
import type { Format } from "../review/render/write";
import { type ExitCode, exitCodeOf } from "../review/verdict";

export interface Recovering {
  readonly call: StackCall;
  /** How this command is typed, without `--yes`. */
  readonly command: string;
  /** How the next run is typed; default `pulumi up --stack NAME`. */
  readonly up?: string;
  /** What the failed run printed. */
  readonly log?: string;
  readonly yes: boolean;
  readonly format: Format;
  readonly output?: string;
}

/** Shows what an interrupted run left, and with `--yes` sets right what can be set right here; never runs `up`, never asks. */
export async function recoverStack({ call, command, yes, format, output, ...more }: Recovering): Promise<ExitCode> {
  const here = thisMachine();
  const typed = { command, up: more.up ?? `pulumi up --stack ${call.stack}` };
  let plan = planRecovery(await readStackFacts(call), here, typed, more.log);
  let done: Step["kind"][] | undefined;
  // Each step may show what the next one is: a state that is put back has entries of its own.
  for (
    let step = plan.steps[0];
    yes && step !== undefined;
    step = plan.steps.find(({ kind }) => !done?.includes(kind))
  ) {
    await doStep(call, step);
    done = [...(done ?? []), step.kind];
    plan = planRecovery(await readStackFacts(call), here, typed, more.log);
  }
  await report(plan, command, done, { format, output });
  return exitCodeOf(plan.verdict);
}

async function report(
  plan: RecoverPlan,
  command: string,
  done: readonly Step["kind"][] | undefined,
  where: Pick<Recovering, "format" | "output">,
): Promise<void> {
  const { writeReport } = await import("../review/render/index.js");
  const { verdict, findings, summary } = plan;
  await writeReport({
    page: recoverPage(plan, command, done),
    report: { verdict, findings, summary: { ...summary, done: done ?? [] } },
    ...where,
  });
}
