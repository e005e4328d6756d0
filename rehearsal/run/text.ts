import { createColors, isColorSupported } from "picocolors";
import { type PreviewReport, previewPage } from "../../review/preview";
import { renderText } from "../../review/render/text";
import type { Json, Verdict } from "../../review/verdict";
import { archiveLines } from "./archives";
import type { FinishedRun } from "./run";
import type { RunSummary } from "./summary";

const colours = createColors(isColorSupported && process.stdout.isTTY === true);

export function heading(text: string): string {
  return `\n${colours.bold(text)}\n`;
}

function verdictText(verdict: Verdict): string {
  const paint = { ok: colours.green, review: colours.yellow, blocked: colours.red }[verdict];
  return paint(verdict);
}

/** The same for programs; of a preview with what `entra-connect preview` says of it. */
export function runJson({ summary, review, archives }: FinishedRun): string {
  const more = { ...(archives.length === 0 ? {} : { archives }), ...(review === undefined ? {} : { review }) };
  return `${JSON.stringify({ ...summary, ...more }, null, 2)}\n`;
}

/** What follows the engine's own display of up, preview or destroy. A preview is judged as `entra-connect preview` judges it. */
export function runText({ summary, review, archives }: FinishedRun): string {
  const preview = summary.action === "preview";
  const lines: string[] = [];
  if (review !== undefined) lines.push(reviewText(review));
  // How long it took the engine has said.
  lines.push(heading(`${summary.action} ${summary.result}`), ...findingsText(summary));
  if (archives.length > 0 && !preview)
    lines.push(heading("Archive"), ...archiveLines(archives).map((line) => `  ${line}`));
  if (summary.notRehearsed.length > 0) {
    lines.push(heading("Not rehearsed"), ...summary.notRehearsed.map((line) => `  ${line}`));
  }
  const outputs = Object.entries(summary.outputs).filter(([name]) => !tellsItself.includes(name));
  if (outputs.length > 0 && summary.result === "succeeded" && !preview) {
    lines.push(heading("Outputs"), ...outputs.map(([name, value]) => `  ${name}: ${oneLine(value)}`));
  }
  // Of a preview the page has said it, on its first line.
  if (review === undefined && (summary.action !== "destroy" || summary.result !== "succeeded")) {
    lines.push("", `Verdict: ${verdictText(summary.verdict)}`);
  }
  if (summary.next) lines.push(`To continue: ${summary.next}`);
  return `${lines.join("\n")}\n`;
}

function reviewText(review: PreviewReport): string {
  const terminal = process.stdout.isTTY === true;
  return renderText(previewPage(review), {
    colour: isColorSupported && terminal,
    width: terminal ? Math.min(process.stdout.columns, 160) : 100,
  });
}

const tellsItself: readonly string[] = ["verdict", "findings", "instructions"];

function findingsText(summary: RunSummary): string[] {
  return summary.findings.flatMap((finding) => {
    const paint = { info: colours.dim, warning: colours.yellow, blocking: colours.red }[finding.severity];
    const details = finding.cause.split("\n").filter((line) => line.trim() && line.trim() !== finding.title);
    return [
      `  ${paint(finding.severity)} ${finding.subject}: ${finding.title}`,
      ...(details.length === 1 ? [`      why: ${details[0]?.trim()}`] : details.map((line) => `      ${line}`)),
      ...(finding.next && finding.next !== summary.next ? [`      next: ${finding.next}`] : []),
    ];
  });
}

const longestValue = 160;

function oneLine(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const first = text.split("\n")[0] ?? "";
  const shown = first.slice(0, longestValue);
  return shown === text ? shown : `${shown}…`;
}
