import { Command, InvalidArgumentError } from "commander";
import type { Format } from "../../review/render/write";
import { exitCodeOf } from "../../review/verdict";
import { doing } from "../doing";
import { accepting, addAcceptOption, addReportOptions, refuseOverwriting, reportOptions } from "../reportOptions";
import { runCommand } from "../run";

interface Options {
  readonly tolerancePercent: number;
  readonly toleranceObjects: number;
  readonly ageHours: number;
  readonly apartHours: number;
  readonly accept?: string;
  readonly format?: Format;
  readonly output?: string;
}

export function statisticsCommand(): Command {
  const command = new Command("statistics")
    .description("Do the two servers count alike: objects, pending changes, run results?")
    .argument("<active>", "archive of scripts/collect.ps1 from the active server")
    .argument("<staging>", "the same from the staging server")
    .option("--tolerance-percent <number>", "counts may differ by this many per cent", positive, 1)
    .option("--tolerance-objects <number>", "or by this many, whichever is more", positive, 10)
    .option("--age-hours <number>", "the last synchronization may be this long ago", positive, 24)
    .option("--apart-hours <number>", "the two archives may be made this far apart", positive, 4)
    .action((active: string, staging: string, options: Options) => runCommand(() => run(active, staging, options)));
  return addReportOptions(addAcceptOption(command));
}

async function run(active: string, staging: string, options: Options) {
  refuseOverwriting(options.output, [active, staging, ...(options.accept === undefined ? [] : [options.accept])]);
  const { compareStatisticsOf, statisticsPage } = await import("../../review/statistics/index.js");
  const { writeReport } = await import("../../review/render/index.js");
  const tolerances = {
    percent: options.tolerancePercent,
    objects: options.toleranceObjects,
    ageHours: options.ageHours,
    apartHours: options.apartHours,
  };
  const report = await accepting(await compareStatisticsOf(active, staging, tolerances, doing()), options.accept);
  await writeReport({ page: statisticsPage(report), report, ...reportOptions(options) });
  return exitCodeOf(report.verdict);
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("Give a number that is not negative.");
  return value;
}
