import { Command, Option } from "commander";
import { type Audience, audiences } from "../../components/network/audiences";
import { type ExitCode, exitCodes } from "../../review/verdict";
import { refuseOverwriting } from "../reportOptions";
import { runCommand } from "../run";
import { formatOfTable, tableFormats } from "../tableFormats";

interface Options {
  readonly stack?: string;
  readonly config?: readonly string[];
  readonly for: Audience;
  readonly format?: (typeof tableFormats)[number];
  readonly output?: string;
}

export function portsCommand(): Command {
  return new Command("ports")
    .description(
      "What the servers of a stack have to reach: the port table for whoever runs the firewall, from the settings alone. No Azure, no engine, no secret is needed.",
    )
    .option("--stack <name>", "whose Pulumi.<name>.yaml is read, of the project here")
    .option("--config <file...>", "settings files of any place (Pulumi.<stack>.yaml), in place of --stack")
    .addOption(
      new Option(
        "--for <whom>",
        "firewall: every way, with names for a firewall that filters by name; rules: the security group's; probes: what is tried from inside",
      )
        .choices(audiences)
        .default("firewall"),
    )
    .addOption(
      new Option("-f, --format <format>", "how to print (default: by the name of --output, else text)").choices(
        tableFormats,
      ),
    )
    .option("-o, --output <file>", "write to this file instead of printing")
    .addHelpText(
      "after",
      "\nFor example: entra-connect ports --stack prod --format csv --output ports.csv\nExit codes: 0 printed, 3 settings that cannot be read or are wrong, 4 could not write.",
    )
    .action((options: Options) => runCommand(() => run(options)));
}

async function run(options: Options): Promise<ExitCode> {
  const { readTables } = await import("../stackSettings.js");
  const { portsCsv, portsPage, portsSummary } = await import("../../components/network/firewallPage.js");
  const { printContent, replaceFile, writeReport } = await import("../../review/render/write.js");
  const { files, tables } = await readTables(options);
  refuseOverwriting(options.output, files);
  const format = options.format ?? formatOfTable(options.output);
  if (format === "csv") {
    const content = portsCsv(tables, options.for);
    await (options.output === undefined ? printContent(content) : replaceFile(options.output, content));
    return exitCodes.ok;
  }
  await writeReport({
    page: portsPage(tables, options.for),
    report: { verdict: "ok", findings: [], summary: portsSummary(tables, options.for) },
    format,
    output: options.output,
    // The whole table: it goes into a file or a ticket, not into a comment.
    budget: Number.MAX_SAFE_INTEGER,
  });
  return exitCodes.ok;
}
