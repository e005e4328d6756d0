import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Format } from "../../review/render/write";
import { BadInput, type ExitCode } from "../../review/verdict";
import { accepting, addAcceptOption, addReportOptions, refuseOverwriting, reportOptions } from "../reportOptions";
import { runCommand } from "../run";

interface Options {
  readonly stack?: string;
  readonly cwd?: string;
  readonly budget?: number;
  readonly annotations?: "github" | "azure-pipelines";
  readonly sarif?: string;
  readonly accept?: string;
  readonly format?: Format;
  readonly output?: string;
}

export function previewCommand(): Command {
  const command = new Command("preview")
    .description("What does this change of infrastructure do to the servers, their network and their backup?")
    .argument(
      "[file]",
      "what `pulumi preview --json --show-sames --show-replacement-steps` printed, or the event stream; - for standard input",
    )
    .option("--stack <name>", "run pulumi preview of this stack instead of reading one")
    .option("--cwd <folder>", "folder of the project for --stack (default: this one)")
    .option("--budget <characters>", "most characters of Markdown (default: 60000, a comment on GitHub)", budget)
    .addOption(
      new Option(
        "--annotations <where>",
        "print a line for each hazard that the pipeline shows beside the code",
      ).choices(["github", "azure-pipelines"]),
    )
    .option("--sarif <file>", "write the hazards whose place in the program is known as SARIF 2.1.0")
    .addHelpText(
      "after",
      "\nFor example: pulumi preview --json --show-sames --show-replacement-steps | entra-connect preview -\nExit codes: 0 ok, 1 review, 2 blocked, 3 no preview in it, 4 the preview failed or did not run.",
    );
  return addReportOptions(
    addAcceptOption(command, "hazards that somebody lives with: code, resource, reason, until"),
  ).action((file: string | undefined, options: Options) => runCommand(() => run(file, options)));
}

async function run(file: string | undefined, options: Options): Promise<ExitCode> {
  const report = reportOptions(options);
  check(file, options, report);
  const { gather } = await import("../previewInput.js");
  const { judgePreview, previewPage } = await import("../../review/preview/index.js");
  const { writeReport } = await import("../../review/render/index.js");
  const { exitCodeOf } = await import("../../review/verdict.js");
  const { preview, folders } = await gather(file, options);
  const judged = await accepting(judgePreview(preview, { folders }), options.accept, { nameNeeded: false });
  if (options.sarif !== undefined) {
    const { sarifOf } = await import("../../review/preview/sarif.js");
    const { replaceFile } = await import("../../review/render/write.js");
    await replaceFile(options.sarif, sarifOf(judged));
  }
  await writeReport({ page: previewPage(judged), report: judged, ...report, budget: options.budget });
  if (options.annotations !== undefined) {
    const { annotationsOf } = await import("../../review/preview/annotations.js");
    process.stdout.write(annotationsOf(judged, options.annotations));
  }
  return exitCodeOf(judged.verdict);
}

function check(
  file: string | undefined,
  options: Options,
  report: { readonly format: Format; readonly output?: string },
): void {
  if (file === undefined && options.stack === undefined && process.stdin.isTTY === true)
    throw new BadInput("give a file, - for standard input, or --stack NAME to run the preview here.");
  if (file !== undefined && options.stack !== undefined)
    throw new BadInput(
      `there is a preview to read (${file}) and one to run (--stack ${options.stack}); give one of them.`,
    );
  if (options.cwd !== undefined && options.stack === undefined) throw new BadInput("--cwd goes with --stack NAME.");
  if (options.annotations !== undefined && report.output === undefined && report.format !== "text")
    throw new BadInput(
      `--annotations prints its lines, and so does --format ${report.format}: write the report to a file (--output).`,
    );
  const inputs = [file, options.accept].filter((path): path is string => path !== undefined && path !== "-");
  refuseOverwriting(report.output, inputs);
  refuseOverwriting(options.sarif, inputs, "--sarif");
  if (options.sarif !== undefined && report.output !== undefined && resolve(options.sarif) === resolve(report.output))
    throw new BadInput(`--sarif and --output both name ${options.sarif}. Give each a file of its own.`);
}

function budget(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1000) throw new InvalidArgumentError("Give a whole number of at least 1000.");
  return value;
}
