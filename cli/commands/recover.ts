import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import type { Format } from "../../review/render/write";
import { BadInput, type ExitCode } from "../../review/verdict";
import { addReportOptions, reportOptions } from "../reportOptions";
import { runCommand } from "../run";

interface Options {
  readonly stack: string;
  readonly cwd?: string;
  readonly log?: string;
  readonly yes?: boolean;
  readonly format?: Format;
  readonly output?: string;
}

export function recoverCommand(): Command {
  const command = new Command("recover")
    .description(
      "After a run that was cut off: who holds the stack, what was in flight, whether its state can be read, and what the next up does",
    )
    .requiredOption("--stack <name>", "the stack, as pulumi up --stack takes it")
    .option("--cwd <folder>", "folder of the project (default: this one)")
    .option(
      "--log <file>",
      "what the failed run printed: causes and next steps of what is known in it are told too; - for standard input",
    )
    .option(
      "--yes",
      "do it: take away the lock of an engine of this machine that is dead, put back a state that was cut, take out entries of creates that were cut off. Without it nothing is changed",
    )
    .addHelpText(
      "after",
      "\nIt asks nothing and never runs up. A lock of a running engine, or of another machine, is never taken away.\nExit codes: 0 nothing in the way (any more), 1 something is to be done (--yes), 2 blocked: read what it says, 3 bad input, 4 Pulumi could not be run.\ndocs/after-an-interruption.md",
    );
  return addReportOptions(command).action((options: Options) => runCommand(() => run(options)));
}

async function run(options: Options): Promise<ExitCode> {
  const report = reportOptions(options);
  const folder = resolve(options.cwd ?? ".");
  const project = await projectIn(folder);
  const { findPulumi } = await import("../../engine/findPulumi.js");
  const { progressTo } = await import("../../engine/progress.js");
  const { recoverStack } = await import("../recovering.js");
  const { path } = await findPulumi({ progress: progressTo() });
  return recoverStack({
    call: { pulumi: path, environment: process.env, folder, project, stack: options.stack },
    command: `entra-connect recover --stack ${options.stack}${options.cwd === undefined ? "" : ` --cwd ${options.cwd}`}`,
    ...(options.log === undefined ? {} : { log: textOf(options.log) }),
    yes: options.yes ?? false,
    ...report,
  });
}

function textOf(log: string): string {
  try {
    return readFileSync(log === "-" ? 0 : log, "utf8");
  } catch (error) {
    throw new BadInput(`--log ${log}: cannot be read: ${(error as Error).message}`);
  }
}

async function projectIn(folder: string): Promise<string> {
  const path = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find(existsSync);
  if (path === undefined)
    throw new BadInput(
      `there is no Pulumi.yaml in ${folder}. Run it in the folder of the project, or name that with --cwd.`,
    );
  const { parse } = await import("yaml");
  let name: unknown;
  try {
    ({ name } = parse(readFileSync(path, "utf8")) as { readonly name?: unknown });
  } catch (error) {
    throw new BadInput(`${path} cannot be read: ${(error as Error).message}`);
  }
  if (typeof name !== "string" || name === "") throw new BadInput(`${path} has no name.`);
  return name;
}
