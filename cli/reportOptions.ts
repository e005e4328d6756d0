import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Format } from "../review/render/write";
import { BadInput, type Outcome, type Report, systemClock } from "../review/verdict";

const formats: readonly Format[] = ["text", "json", "markdown", "html"];

export interface ReportOptions {
  readonly format: Format;
  readonly output?: string;
}

/** The two options of every command that reports. The format follows the name of the output file where it is not said. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(
      new Option("-f, --format <format>", "how to report (default: by the name of --output, else text)").choices(
        formats,
      ),
    )
    .option("-o, --output <file>", "write the report to this file instead of printing it");
}

export function reportOptions(options: { format?: Format; output?: string }): ReportOptions {
  return { format: options.format ?? formatOf(options.output), output: options.output };
}

function formatOf(output: string | undefined): Format {
  if (output === undefined) return "text";
  if (/\.html?$/iu.test(output)) return "html";
  if (/\.(md|markdown)$/iu.test(output)) return "markdown";
  return /\.json$/iu.test(output) ? "json" : "text";
}

/** Throws `BadInput` where the report would take the place of what it reports on. */
export function refuseOverwriting(
  output: string | undefined,
  inputs: readonly string[],
  option: "--output" | "--sarif" = "--output",
): void {
  if (output === undefined) return;
  const taken = inputs.find((input) => resolve(input) === resolve(output));
  if (taken !== undefined)
    throw new BadInput(
      `${option} ${output}: this is an input of the command, and it would be overwritten. Choose another file.`,
    );
}

/** `--accept`: differences that somebody lives with until a day. */
export function addAcceptOption(
  command: Command,
  entries = "accepted findings: code, subject, reason, until, and by whom where it blocks",
): Command {
  return command.option("--accept <file>", `JSON or YAML list of ${entries}`);
}

/** The report with what the file accepts; loads what reads it only where there is one. */
export async function accepting<Result extends Report<unknown, Outcome>>(
  report: Result,
  file: string | undefined,
  options: { readonly now?: Date; readonly nameNeeded?: boolean } = {},
): Promise<Result> {
  if (file === undefined) return report;
  const { readAcceptances, withAccepted } = await import("../review/accepted.js");
  return { ...report, ...withAccepted(report, await readAcceptances(file), options.now ?? systemClock(), options) };
}
