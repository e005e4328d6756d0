import { Command } from "commander";
import type { ExportsGiven } from "../../review/pair/readyFindings";
import type { Format } from "../../review/render/write";
import { BadInput, exitCodeOf } from "../../review/verdict";
import { doing } from "../doing";
import { addAcceptOption, addReportOptions, refuseOverwriting, reportOptions } from "../reportOptions";
import { runCommand } from "../run";
import { deleteThreshold } from "./exports";
import { positive } from "./statistics";

interface Options {
  readonly exports?: readonly string[];
  readonly thresholds?: string;
  readonly threshold?: readonly string[];
  readonly tenantDeleteThreshold?: number | "off";
  readonly restoredDatabase?: boolean;
  readonly evidenceHours: number;
  readonly accept?: string;
  readonly format?: Format;
  readonly output?: string;
}

export function readyCommand(): Command {
  const command = new Command("ready")
    .description("May the passive server be promoted? Configuration, statistics and every connector's exports in one.")
    .argument("<active>", "the active server: archive of scripts/collect.ps1 (a configuration folder says less)")
    .argument("<staging>", "the staging server, likewise")
    .option(
      "--exports <connector...>",
      "CONNECTOR:active=FILES,staging=FILES: csexport files of one connector, several snapshots of a side by comma, oldest first; repeat it for every connector",
    )
    .option("--thresholds <file>", "JSON or YAML file, as for entra-connect exports")
    .option("--threshold <setting...>", "one of them, for example deletes.block=50")
    .option(
      "--tenant-delete-threshold <number>",
      "more deletes than this stop an export to Entra ID, or off (Microsoft's default: 500)",
      deleteThreshold,
    )
    .option("--restored-database", "the staging server's database was restored from the active one's")
    .option("--evidence-hours <number>", "evidence and exports may be this old now", positive, 24)
    .addHelpText(
      "after",
      '\nFor example: --exports "contoso.onmicrosoft.com - AAD:active=a1.xml,a2.xml,staging=s1.xml,s2.xml"\nWhat is missing or old is at best a review.',
    )
    .action((active: string, staging: string, options: Options) => runCommand(() => run(active, staging, options)));
  return addReportOptions(addAcceptOption(command));
}

async function run(active: string, staging: string, options: Options) {
  const exports = readExportsOptions(options.exports);
  const settings = [options.accept, options.thresholds].filter((path) => path !== undefined);
  const files = exports.flatMap((given) => [...given.active, ...given.staging]);
  refuseOverwriting(options.output, [active, staging, ...files, ...settings]);
  const { judgeReady, readyPage } = await import("../../review/pair/index.js");
  const { readThresholds } = await import("../../review/exports/judging/thresholdSettings.js");
  const { readAcceptances } = await import("../../review/accepted.js");
  const { writeReport } = await import("../../review/render/index.js");
  const result = await judgeReady({
    active,
    staging,
    exports,
    thresholds: await readThresholds(options.thresholds, options.threshold ?? []),
    tenantDeleteThreshold: options.tenantDeleteThreshold,
    restoredDatabase: options.restoredDatabase,
    evidenceHours: options.evidenceHours,
    acceptances: options.accept === undefined ? [] : await readAcceptances(options.accept),
    progress: doing(),
  });
  await writeReport({ page: readyPage(result), report: result.report, ...reportOptions(options) });
  return exitCodeOf(result.report.verdict);
}

/** Every `--exports`; throws `BadInput` where a connector is given twice. */
export function readExportsOptions(texts: readonly string[] = []): readonly ExportsGiven[] {
  const exports = texts.map(readExportsOption);
  const twice = exports.find(({ connector }, index) =>
    exports.slice(0, index).some((other) => other.connector.toLowerCase() === connector.toLowerCase()),
  );
  if (twice !== undefined)
    throw new BadInput(`--exports ${twice.connector}: this connector is given twice. Write all its files in one.`);
  return exports;
}

/** `CONNECTOR:active=a1.xml,a2.xml,staging=s1.xml`; the name may hold colons and commas. */
export function readExportsOption(text: string): ExportsGiven {
  const refuse = (what: string): never => {
    throw new BadInput(`--exports ${text}: ${what}. Write it as CONNECTOR:active=FILES,staging=FILES.`);
  };
  const found = /^(.+?):((?:active|staging)=.*)$/s.exec(text);
  if (found === null) return refuse("there is no :active= or :staging= behind the connector's name");
  const [, connector = "", rest = ""] = found;
  const sides = new Map<string, string[]>();
  for (const part of rest.split(/,(?=(?:active|staging)=)/)) {
    const [side = "", ...value] = part.split("=");
    if (sides.has(side)) return refuse(`${side}= is given twice`);
    const files = value
      .join("=")
      .split(",")
      .map((file) => file.trim());
    if (files.some((file) => file === "")) return refuse(`${side}= has an empty file name`);
    sides.set(side, files);
  }
  const staging = sides.get("staging");
  if (staging === undefined) return refuse("there is no staging=");
  return { connector: connector.trim(), active: sides.get("active") ?? [], staging };
}
