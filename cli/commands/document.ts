import { Command } from "commander";
import type { Format } from "../../review/render/write";
import { exitCodeOf } from "../../review/verdict";
import { doing } from "../doing";
import { addReportOptions, refuseOverwriting, reportOptions } from "../reportOptions";
import { runCommand } from "../run";

interface Options {
  readonly trail?: boolean;
  readonly format?: Format;
  readonly output?: string;
}

export function documentCommand(): Command {
  const command = new Command("document")
    .description("Document one server completely: settings, connectors, rules, metaverse, attribute flows.")
    .argument("<server>", "folder of Get-ADSyncServerConfiguration, archive, or settings JSON file")
    .option(
      "--trail",
      "say when, by which version and from which evidence it was made; two documents then always differ",
    )
    .action((server: string, options: Options) => runCommand(() => run(server, options)));
  return addReportOptions(command);
}

async function run(server: string, options: Options) {
  refuseOverwriting(options.output, [server]);
  const { documentServer } = await import("../../review/documentation/index.js");
  const { writeReport } = await import("../../review/render/index.js");
  const { report, page, made } = await documentServer(server, doing());
  const trail = options.trail ? { made } : {};
  await writeReport({
    page: { ...page, ...trail },
    report: { ...report, summary: { ...report.summary, ...trail } },
    ...reportOptions(options),
  });
  return exitCodeOf(report.verdict);
}
