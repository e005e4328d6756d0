import type { Severity } from "../verdict";
import { hazardTable } from "./hazardTable";
import { noiseTable } from "./noise";

const words: Readonly<Record<Severity, string>> = { blocking: "blocks", warning: "look", info: "told" };

/** The tables of docs/preview.md, from the tables of the code. */
export function hazardDocument(): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  return [
    "| code | severity | looks at | what to do |",
    "| --- | --- | --- | --- |",
    ...hazardTable.map(
      ({ code, severity, looksAt, remedy }) =>
        `| \`${code}\` | ${words[severity]} | ${cell(looksAt)} | ${cell(remedy)} |`,
    ),
  ].join("\n");
}

export function noiseDocument(): string {
  return [
    "| noise | looks at |",
    "| --- | --- |",
    ...noiseTable.map(({ kind, looksAt }) => `| \`${kind}\` | ${looksAt} |`),
  ].join("\n");
}
