import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { isColorSupported } from "picocolors";
import { CouldNotRun, type Outcome, type Report } from "../verdict";
import { renderHtml } from "./html";
import { renderMarkdown } from "./markdown";
import type { Page } from "./page";
import { htmlWithoutCommands, jsonWithoutCommands, withoutCommands } from "./pipelineLog";
import { renderText } from "./text";
import { verdictWords, visible } from "./visible";

export const formats = ["text", "json", "markdown", "html"] as const;
export type Format = (typeof formats)[number];

/** Lines of at most this many columns where there is no terminal to ask; in a terminal never wider than the maximum. */
const defaultWidth = 100;
const maximumWidth = 160;

/** The whole report, indented, keys in the order in which the report was made. */
export function renderJson(report: Report<unknown, Outcome>): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

export interface Writing {
  readonly page: Page;
  readonly report: Report<unknown, Outcome>;
  readonly format: Format;
  /** Most characters of Markdown; default 60,000, which a comment on GitHub holds. */
  readonly budget?: number;
  /** A file; without it standard output. Replaced as a whole or not at all. */
  readonly output?: string;
}

/**
 * Prints a report, or writes it to a file and then says so in one line on standard error.
 * Throws `CouldNotRun` where the file cannot be written.
 */
export async function writeReport(writing: Writing): Promise<void> {
  const { page, output } = writing;
  const content = render(writing);
  if (output === undefined) return printContent(content);
  await replaceFile(output, content);
  process.stderr.write(
    `${verdictWords[writing.report.verdict]}: ${withoutCommands(visible(page.headline ?? page.title))} -> ${output}\n`,
  );
}

function render({ page, report, format, output, budget }: Writing): string {
  const printed = output === undefined;
  switch (format) {
    case "json":
      return jsonWithoutCommands(renderJson(report));
    case "markdown":
      return withoutCommands(renderMarkdown(page, budget));
    case "html":
      return htmlWithoutCommands(renderHtml(page));
    case "text": {
      const terminal = printed && process.stdout.isTTY === true;
      return withoutCommands(
        renderText(page, {
          colour: isColorSupported && (terminal || (printed && Boolean(process.env.FORCE_COLOR))),
          width: terminal ? Math.min(process.stdout.columns, maximumWidth) : defaultWidth,
        }),
      );
    }
  }
}

/** Waits until everything is handed over; a reader that closes early (`| head`) is no error. */
export function printContent(content: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      if (error.code === "EPIPE") resolve();
      else reject(new CouldNotRun(`could not print the report: ${error.message}`));
    };
    process.stdout.once("error", fail);
    process.stdout.write(content, (error) => {
      if (error) return fail(error);
      process.stdout.off("error", fail);
      resolve();
    });
  });
}

/** The whole content or, where it fails, what was there before; throws `CouldNotRun`. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const partial = `${path}.${randomBytes(6).toString("hex")}.partial`;
  try {
    const file = await open(partial, "wx");
    try {
      await file.writeFile(content, "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new CouldNotRun(
      `could not write the report to ${path}: ${reason}\nNothing was written. Choose a file in an existing folder that you may write to (--output).`,
    );
  }
}
