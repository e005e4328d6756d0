import { Command, InvalidArgumentError, Option } from "commander";
import type { Format } from "../../review/render";
import { doing } from "../doing";
import { accepting, addAcceptOption, addReportOptions, refuseOverwriting, reportOptions } from "../reportOptions";

interface CompareOptions {
  readonly accept?: string;
  readonly format?: Format;
  readonly output?: string;
  readonly onlyDifferences?: boolean;
  readonly hideStandardRules?: boolean;
  readonly beforeAfter?: boolean;
  readonly maxAgeDays?: number;
  readonly maxApartDays?: number;
  readonly versionPolicy?: "latest" | "previous";
}

export function compareCommand(): Command {
  const command = new Command("compare")
    .description("Is the staging server configured as the active one, and why not?")
    .argument("<active>", "the active server: folder of Get-ADSyncServerConfiguration, archive, or settings JSON file")
    .argument("<staging>", "the staging server, likewise")
    .option("--only-differences", "leave out what is the same on both servers")
    .option("--hide-standard-rules", "leave out standard rules that do not differ")
    .option("--before-after", "both are of one server, before and after something (an upgrade): judge no roles")
    .option("--max-age-days <days>", "warn of evidence that is older", days)
    .option("--max-apart-days <days>", "warn of evidence made further apart (default: 7)", days)
    .addOption(
      new Option("--version-policy <policy>", "warn of a version behind the newest (or the one before it)").choices([
        "latest",
        "previous",
      ]),
    );
  return addReportOptions(addAcceptOption(command)).action(
    async (active: string, staging: string, options: CompareOptions) => {
      // Loaded here: other commands need none of it, and start-up counts.
      const { runCommand } = await import("../run.js");
      await runCommand(async () => {
        refuseOverwriting(options.output, [active, staging, ...(options.accept === undefined ? [] : [options.accept])]);
        const { compareServers } = await import("../../review/configuration/compareServers.js");
        const { exitCodeOf } = await import("../../review/verdict.js");
        const comparison = await compareServers(active, staging, doing(), {
          oneServer: options.beforeAfter,
          maxAgeHours: hours(options.maxAgeDays),
          maxApartHours: hours(options.maxApartDays),
          versionPolicy: options.versionPolicy,
        });
        const { writeReport } = await import("../../review/render/index.js");
        const report = await accepting(comparison.report, options.accept);
        await writeReport({ page: comparison.page(options, report), report, ...reportOptions(options) });
        return exitCodeOf(report.verdict);
      });
    },
  );
}

const hours = (given: number | undefined): number | undefined => (given === undefined ? undefined : given * 24);

function days(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("Give a number of days, for example 7.");
  return value;
}
