import { resolve } from "node:path";
import { Command } from "commander";
import type { Format } from "../../review/render/write";
import { BadInput, type ExitCode } from "../../review/verdict";
import { addReportOptions, reportOptions } from "../reportOptions";
import { runCommand } from "../run";

interface Options {
  readonly stack?: string;
  readonly cwd?: string;
  readonly yes?: boolean;
  readonly format?: Format;
  readonly output?: string;
}

export function recoverCommand(): Command {
  const command = new Command("recover")
    .description(
      "What an interrupted run left of a stack: a dead lock, a cut state, operations in flight. Shows it; --yes settles it. Never runs up, never asks.",
    )
    .option("--stack <name>", "the stack")
    .option("--cwd <folder>", "folder of the project (default: this one)")
    .option("--yes", "do what is shown under what comes next")
    .addHelpText(
      "after",
      "\nExit codes: 0 nothing is left, go on with pulumi up; 1 something is left that --yes settles; 2 somebody holds the stack, or its state and every older one cannot be read; 3 bad input; 4 pulumi did not do it.\nRehearsed stacks: entra-connect rehearse recover.",
    );
  return addReportOptions(command).action((options: Options) => runCommand(() => run(options)));
}

async function run(options: Options): Promise<ExitCode> {
  const report = reportOptions(options);
  if (options.stack === undefined || options.stack === "")
    throw new BadInput("say which stack: --stack NAME (pulumi stack ls lists them).");
  const { recoverPlainStack } = await import("../../engine/recovery/plainStack.js");
  const { progressTo } = await import("../../engine/progress.js");
  const { recoveryPage } = await import("../../review/recovery/index.js");
  const { writeReport } = await import("../../review/render/index.js");
  const { exitCodeOf } = await import("../../review/verdict.js");
  const progress = progressTo();
  const judged = await recoverPlainStack({
    stack: options.stack,
    folder: resolve(options.cwd ?? "."),
    yes: options.yes ?? false,
    progress,
  });
  progress.clear();
  await writeReport({ page: recoveryPage(judged), report: judged, ...report });
  return exitCodeOf(judged.verdict);
}
