import { gapCodes, importGap } from "./catalogue";

/** The catalogue as a Markdown table: what docs/settings-file.md holds between its marks. */
export function importGapsTable(): string {
  return [
    "| Code | Gap | The import | In the file | What to do | Source |",
    "| --- | --- | --- | --- | --- | --- |",
    ...gapCodes.map((code) => {
      const { name, effect, what, inFile, todo, source } = importGap(code);
      return `| \`${code}\` | ${[name, `**${effect}**. ${what}`, inFile, todo, source].map(cell).join(" | ")} |`;
    }),
  ].join("\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
