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

export interface Recovered {
  readonly plan: RecoverPlan;
  /** What was done; undefined where nothing was asked for or to be done. */
  readonly done: readonly Step["kind"][] | undefined;
}

/** Shows what an interrupted run left, and with `--yes` sets right what can be set right here; never runs `up`, never asks. */
export async function recoverStack(asked: Recovering): Promise<ExitCode> {
  const { plan, done } = await recovered(asked);
  await report(plan, asked.command, done, asked);
  return exitCodeOf(plan.verdict);
}

export async function recovered({
  call,
  command,
  yes,
  up = `pulumi up --stack ${call.stack}`,
  log,
}: Omit<Recovering, "format" | "output">): Promise<Recovered> {
  const here = thisMachine();
  const look = async () => planRecovery(await readStackFacts(call), here, { command, up }, log);
  let plan = await look();
  if (!yes) return { plan, done: undefined };
  const done: Step["kind"][] = [];
  // Each step may show what the next one is: a state that is put back has entries of its own.
  for (let step = plan.steps[0]; step !== undefined; step = plan.steps.find(({ kind }) => !done.includes(kind))) {
    await doStep(call, step);
    done.push(step.kind);
    plan = await look();
  }
  return { plan, done: done.length === 0 ? undefined : done };
}

async function report(
  plan: RecoverPlan,
  command: string,
  done: readonly Step["kind"][] | undefined,
  { format, output }: Pick<Recovering, "format" | "output">,
): Promise<void> {
  const { writeReport } = await import("../review/render/index.js");
  const { verdict, findings, summary } = plan;
  await writeReport({
    page: recoverPage(plan, command, done),
    report: { verdict, findings, summary: { ...summary, done: done ?? [] } },
    format,
    output,
  });
}
