import { Command } from "commander";
import type { Format } from "../../review/render/write";
import { exitCodeOf } from "../../review/verdict";
import { doing } from "../doing";
import { addReportOptions, refuseOverwriting, reportOptions } from "../reportOptions";
import { runCommand } from "../run";

interface Options {
  readonly format?: Format;
  readonly output?: string;
}

export function documentCommand(): Command {
  const command = new Command("document")
    .description("Document one server completely: settings, connectors, rules, metaverse, attribute flows.")
    .argument("<server>", "folder of Get-ADSyncServerConfiguration, archive, or settings JSON file")
    .action((server: string, options: Options) => runCommand(() => run(server, options)));
  return addReportOptions(command);
}

async function run(server: string, options: Options) {
  refuseOverwriting(options.output, [server]);
  const { documentServer } = await import("../../review/documentation/index.js");
  const { writeReport } = await import("../../review/render/index.js");
  const { report, page } = await documentServer(server, doing());
  await writeReport({ page, report, ...reportOptions(options) });
  return exitCodeOf(report.verdict);
}
