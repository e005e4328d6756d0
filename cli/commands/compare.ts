import { Command, InvalidArgumentError, Option } from "commander";
import type { Format } from "../../review/render";
import { doing } from "../doing";
import { addReportOptions, refuseOverwriting, reportOptions } from "../reportOptions";

interface CompareOptions {
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
  return addReportOptions(command).action(async (active: string, staging: string, options: CompareOptions) => {
    // Loaded here: other commands need none of it, and start-up counts.
    const { runCommand } = await import("../run.js");
    await runCommand(async () => {
      refuseOverwriting(options.output, [active, staging]);
      const { compareServers } = await import("../../review/configuration/compareServers.js");
      const { exitCodeOf } = await import("../../review/verdict.js");
      const { programVersion } = await import("../programVersion.js");
      const { report, page } = await compareServers(active, staging, doing(), {
        now: new Date(),
        version: programVersion(),
        oneServer: options.beforeAfter,
        maxAgeDays: options.maxAgeDays,
        maxApartDays: options.maxApartDays,
        versionPolicy: options.versionPolicy,
      });
      const { writeReport } = await import("../../review/render/index.js");
      await writeReport({ page: page(options), report, ...reportOptions(options) });
      return exitCodeOf(report.verdict);
    });
  });
}

function days(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("Give a number of days, for example 7.");
  return value;
}
