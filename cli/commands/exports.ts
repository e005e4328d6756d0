import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { Format } from "../../review/render/write";
import { BadInput, exitCodeOf } from "../../review/verdict";
import { byteProgress } from "../byteProgress";
import { accepting, addAcceptOption, addReportOptions, reportOptions } from "../reportOptions";
import { runCommand } from "../run";

interface Options {
  readonly active?: readonly string[];
  readonly staging: readonly string[];
  readonly thresholds?: string;
  readonly threshold?: readonly string[];
  readonly csv?: string;
  readonly examples: number;
  readonly tenantDeleteThreshold?: number | "off";
  readonly restoredDatabase?: boolean;
  readonly accept?: string;
  readonly format?: Format;
  readonly output?: string;
}

export function exportsCommand(): Command {
  const command = new Command("exports")
    .description(
      "Say what the passive server would export if it were promoted now, by risk, against the active server.",
    )
    .requiredOption(
      "-s, --staging <files...>",
      "csexport files of the staging server, one or more snapshots, oldest first",
    )
    .option("-a, --active <files...>", "csexport files of the active server; without them staging is judged alone")
    .option("--thresholds <file>", "JSON or YAML file: from how many on a class of change is review or blocked")
    .option("--threshold <setting...>", "one of them, for example deletes.block=50 or updates.review=never")
    .option("--csv <file>", "also write every change as a row for a spreadsheet")
    .option("--examples <number>", "objects named in each finding", wholeNumber, 10)
    .option(
      "--tenant-delete-threshold <number>",
      "more deletes than this stop an export to Entra ID, or off (Microsoft's default: 500)",
      deleteThreshold,
    )
    .option("--restored-database", "the staging server's database was restored from the active one's")
    .addHelpText(
      "after",
      '\nMake the files on each server with: csexport "<connector name>" <file.xml> /f:x\nOne connector a call; two snapshots about an hour apart leave out what is only on its way.',
    )
    .action((options: Options) => runCommand(() => run(options)));
  return addReportOptions(addAcceptOption(command));
}

async function run(options: Options) {
  const { analyseExports } = await import("../../review/exports/analyse.js");
  const { exportsPage } = await import("../../review/exports/judging/page.js");
  const { writeReport } = await import("../../review/render/index.js");
  refuseOverwriting(options);
  const thresholds = await thresholdsOf(options);
  const progress = byteProgress("reading exports");
  const judged = await analyseExports({ ...options, thresholds, onProgress: progress.update }).finally(progress.end);
  const report = await accepting(judged, options.accept);
  await writeReport({ page: exportsPage(report), report, ...reportOptions(options) });
  return exitCodeOf(report.verdict);
}

/** Loads what checks settings only where there are some. */
async function thresholdsOf({ thresholds, threshold = [] }: Options) {
  if (thresholds === undefined && threshold.length === 0) return undefined;
  const { readThresholds } = await import("../../review/exports/judging/thresholdSettings.js");
  return readThresholds(thresholds, threshold);
}

function refuseOverwriting({ active = [], staging, csv, output, accept, thresholds }: Options): void {
  const settings = [accept, thresholds].filter((path) => path !== undefined);
  const inputs = new Set([...active, ...staging, ...settings].map((path) => resolve(path)));
  for (const path of [csv, output]) {
    if (path !== undefined && inputs.has(resolve(path)))
      throw new BadInput(`${path}: this would overwrite a file given as input.`);
  }
  if (csv !== undefined && output !== undefined && resolve(csv) === resolve(output)) {
    throw new BadInput(`${csv}: --csv and --output name the same file.`);
  }
}

export function deleteThreshold(text: string): number | "off" {
  if (text === "off") return text;
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Write a number, or off.");
  return Number(text);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError("Write a number from 0 to 9999.");
  return Number(text);
}
