import { Command, Option } from "commander";
import type { Format } from "../../review/render/write";
import { type ExitCode, exitCodes } from "../../review/verdict";
import { refuseOverwriting } from "../reportOptions";
import { runCommand } from "../run";
import { formatOfTable, tableFormats } from "../tableFormats";

interface Options {
  readonly stack?: string;
  readonly config?: readonly string[];
  readonly format?: Format | "csv";
  readonly output?: string;
}

export function alertsCommand(): Command {
  return new Command("alerts")
    .description(
      "Which alerts the servers of a stack have by their roles, from the settings alone, and which are not made and why. No Azure, no engine, no secret is needed.",
    )
    .option("--stack <name>", "whose Pulumi.<name>.yaml is read, of the project here")
    .option("--config <file...>", "settings files of any place (Pulumi.<stack>.yaml), in place of --stack")
    .addOption(
      new Option("-f, --format <format>", "how to print (default: by the name of --output, else text)").choices(
        tableFormats,
      ),
    )
    .option("-o, --output <file>", "write to this file instead of printing")
    .addHelpText(
      "after",
      "\nFor example: entra-connect alerts --stack prod --format csv --output alerts.csv\nExit codes: 0 printed, 3 settings that cannot be read or are wrong, 4 could not write.",
    )
    .action((options: Options) => runCommand(() => run(options)));
}

async function run(options: Options): Promise<ExitCode> {
  const { readStacks } = await import("../stackSettings.js");
  const { alertRows, alertsCsv, alertsPage } = await import("../../components/monitoring/alertsPage.js");
  const { printContent, replaceFile, writeReport } = await import("../../review/render/write.js");
  const stacks = readStacks(options, "alert");
  refuseOverwriting(
    options.output,
    stacks.map(({ file }) => file),
  );
  const settings = stacks.map((stack) => stack.settings);
  const format = options.format ?? formatOfTable(options.output);
  if (format === "csv") {
    const content = alertsCsv(settings);
    await (options.output === undefined ? printContent(content) : replaceFile(options.output, content));
    return exitCodes.ok;
  }
  await writeReport({
    page: alertsPage(settings),
    report: { verdict: "ok", findings: [], summary: settings.flatMap((each) => alertRows(each)) },
    format,
    output: options.output,
    budget: Number.MAX_SAFE_INTEGER,
  });
  return exitCodes.ok;
}
