import type { Format } from "../review/render/write";
import { BadInput } from "../review/verdict";

/** Formats of what is a table and not a report: CSV beside the others. */
export const tableFormats = ["text", "markdown", "csv", "json", "html"] as const;

/** By the file's name; text where it is printed. */
export function formatOfTable(output: string | undefined): Format | "csv" {
  if (output === undefined) return "text";
  const [, ending = ""] = /\.([^./\\]+)$/.exec(output) ?? [];
  const known: Readonly<Record<string, Format | "csv">> = {
    csv: "csv",
    html: "html",
    htm: "html",
    json: "json",
    md: "markdown",
    markdown: "markdown",
    txt: "text",
  };
  const format = known[ending.toLowerCase()];
  if (format === undefined)
    throw new BadInput(
      `--output ${output}: its name does not say how to write it. Add --format ${tableFormats.join("|")}.`,
    );
  return format;
}
