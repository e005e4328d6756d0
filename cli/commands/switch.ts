import { hostname, userInfo } from "node:os";
import { Command } from "commander";
import type { Format } from "../../review/render/write";
import { BadInput, exitCodeOf } from "../../review/verdict";
import { doing } from "../doing";
import { addAcceptOption, addReportOptions, refuseOverwriting, reportOptions } from "../reportOptions";
import { runCommand } from "../run";
import { deleteThreshold } from "./exports";
import { readExportsOptions } from "./ready";
import { positive } from "./statistics";

interface Options {
  readonly record?: string;
  readonly active?: string;
  readonly staging?: string;
  readonly unreachable?: string;
  readonly exports?: readonly string[];
  readonly graph?: readonly string[];
  readonly power?: readonly string[];
  readonly rollback?: boolean;
  readonly cloudSync?: string;
  readonly cloudSyncEnded?: boolean;
  readonly outboundCut?: readonly string[];
  readonly override?: readonly string[];
  readonly by?: string;
  readonly reason?: string;
  readonly maxAgeMinutes: number;
  readonly evidenceHours: number;
  readonly thresholds?: string;
  readonly threshold?: readonly string[];
  readonly tenantDeleteThreshold?: number | "off";
  readonly restoredDatabase?: boolean;
  readonly accept?: string;
  readonly format?: Format;
  readonly output?: string;
}

const help = `
Call it before each step and after it, with new archives of both servers: it says where the switch stands, and the one next
step. It changes nothing on any server; what it allows is done by a person, in the wizard, before the time it says.
Who is demoted stays --active, and who is promoted --staging, until the end of the switch.

For example: entra-connect switch --record ./switch-2026-12 --active a.zip --staging s.zip --graph audits.json sync.json \\
               --exports "contoso.onmicrosoft.com - AAD:active=a1.xml,staging=s1.xml" --output run-book.html
The active server is dead: --unreachable AADC1 --power power.json in place of --active.`;

export function switchCommand(): Command {
  const command = new Command("switch")
    .description("A role switch in the only safe order, from evidence: where it stands, the one next step, the record.")
    .option("--record <folder>", "folder of the record, one for a pair, where everybody who may switch finds it")
    .option("--active <archive>", "the server to be demoted: archive of scripts/collect.ps1")
    .option("--staging <archive>", "the server to be promoted, likewise")
    .option("--unreachable <name>", "computer name of the server to be demoted, where it cannot be reached")
    .option(
      "--exports <connector...>",
      "CONNECTOR:active=FILES,staging=FILES, as for ready; repeat it for every connector",
    )
    .option("--graph <file...>", "recorded answers of Microsoft Graph (docs/switch.md has the requests)")
    .option("--power <file...>", "answers of az vm get-instance-view, for the proof that a machine is deallocated")
    .option(
      "--outbound-cut <name=time...>",
      "since when a machine's outbound connections are cut; needs --by and --reason, and a proof by --graph",
    )
    .option("--rollback", "the two servers change places: back, or the next switch; needs --by and --reason")
    .option(
      "--cloud-sync <day>",
      "Cloud Sync provisions and all these servers are passive, looked at again on that day",
    )
    .option("--cloud-sync-ended", "and no longer")
    .option("--override <code...>", "go past these findings; needs --by and --reason; some nobody goes past")
    .option("--by <name>", "who says so")
    .option("--reason <text>", "why")
    .option(
      "--max-age-minutes <number>",
      "roles and fences may be this old, and a step is allowed no longer",
      positive,
      60,
    )
    .option("--evidence-hours <number>", "exports may be this old", positive, 24)
    .option("--thresholds <file>", "JSON or YAML file, as for entra-connect exports")
    .option("--threshold <setting...>", "one of them, for example deletes.block=50")
    .option(
      "--tenant-delete-threshold <number>",
      "more deletes than this stop an export to Entra ID, or off (default: the tenant's own where Graph says it, else 500)",
      deleteThreshold,
    )
    .option("--restored-database", "the staging server's database was restored from the active one's")
    .addHelpText("after", help)
    .action((options: Options) => runCommand(() => run(options)));
  return addReportOptions(addAcceptOption(command)).addCommand(verifyCommand());
}

async function run(options: Options) {
  const { record, staging, active, cloudSync, cloudSyncEnded } = options;
  if (record === undefined)
    throw new BadInput("--record FOLDER: where the record of this switch is kept; a new folder begins one.");
  if (staging === undefined)
    throw new BadInput("--staging ARCHIVE: the archive of the server to be promoted is always needed.");
  if (cloudSync !== undefined && cloudSyncEnded)
    throw new BadInput("Give --cloud-sync or --cloud-sync-ended, not both.");
  const exports = readExportsOptions(options.exports);
  const files = [
    ...exports.flatMap((given) => [...given.active, ...given.staging]),
    ...[active, staging, options.accept, options.thresholds].filter((path) => path !== undefined),
    ...(options.graph ?? []),
    ...(options.power ?? []),
  ];
  refuseOverwriting(options.output, files);
  const { look, runBookPage } = await import("../../review/switch/index.js");
  const { readThresholds } = await import("../../review/exports/judging/thresholdSettings.js");
  const { readAcceptances } = await import("../../review/accepted.js");
  const { writeReport } = await import("../../review/render/index.js");
  const result = await look({
    record,
    active,
    staging,
    unreachable: options.unreachable,
    exports,
    graph: options.graph,
    power: options.power,
    rollback: options.rollback,
    cloudSync: cloudSyncEnded ? "ended" : cloudSync,
    outboundCut: options.outboundCut,
    overrides: options.override,
    by: options.by,
    reason: options.reason,
    maxAgeMinutes: options.maxAgeMinutes,
    evidenceHours: options.evidenceHours,
    thresholds: await readThresholds(options.thresholds, options.threshold ?? []),
    tenantDeleteThreshold: options.tenantDeleteThreshold,
    restoredDatabase: options.restoredDatabase,
    acceptances: options.accept === undefined ? [] : await readAcceptances(options.accept),
    caller: { account: accountName(), host: hostname() },
    progress: doing(),
  });
  await writeReport({ page: runBookPage(result), report: result.report, ...reportOptions(options) });
  process.stderr.write(`entra-connect: entry ${result.entry.number} of ${record}, hash ${result.entry.hash}\n`);
  return exitCodeOf(result.report.verdict);
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without a name, as in some containers.
    return process.env.USER ?? "unknown";
  }
}

function verifyCommand(): Command {
  const command = new Command("verify")
    .description("Prove a record: every entry whole, hashed, chained, in order, and concluded as the rules conclude.")
    .argument("<folder>", "the folder of the record")
    .option("--expect <hash>", "a hash that a call printed (16 characters or more): that entry has to be in it")
    .action((folder: string, _options: object, command: Command) =>
      runCommand(async () => {
        // Format and output are options of `switch` too, which takes them first.
        const options: { expect?: string; format?: Format; output?: string } = command.optsWithGlobals();
        const { verifyRecord } = await import("../../review/switch/index.js");
        const { writeReport } = await import("../../review/render/index.js");
        const { report, page } = verifyRecord(folder, options.expect);
        await writeReport({ page, report, ...reportOptions(options) });
        return exitCodeOf(report.verdict);
      }),
    );
  return addReportOptions(command);
}
