import { Command } from "commander";
import type { Format } from "../../review/render";
import { addReportOptions, reportOptions } from "../reportOptions";

interface CompareOptions {
  readonly format?: Format;
  readonly output?: string;
  readonly onlyDifferences?: boolean;
  readonly hideStandardRules?: boolean;
}

/** How long the command may be silent. */
const quietMilliseconds = 1000;

export function compareCommand(): Command {
  const command = new Command("compare")
    .description("Is the staging server configured as the active one, and why not?")
    .argument("<active>", "the active server: folder of Get-ADSyncServerConfiguration, archive, or settings JSON file")
    .argument("<staging>", "the staging server, likewise")
    .option("--only-differences", "leave out what is the same on both servers")
    .option("--hide-standard-rules", "leave out standard rules that do not differ");
  return addReportOptions(command).action(async (active: string, staging: string, options: CompareOptions) => {
    // Loaded here: other commands need none of it, and start-up counts.
    const { runCommand } = await import("../run.js");
    await runCommand(async () => {
      const { compareServers } = await import("../../review/configuration/compareServers.js");
      const { exitCodeOf } = await import("../../review/verdict.js");
      const started = Date.now();
      const { report, page } = await compareServers(active, staging, (doing) => {
        if (Date.now() - started > quietMilliseconds) process.stderr.write(`entra-connect: ${doing}\n`);
      });
      const { writeReport } = await import("../../review/render/index.js");
      await writeReport({ page: page(options), report, ...reportOptions(options) });
      return exitCodeOf(report.verdict);
    });
  });
}
