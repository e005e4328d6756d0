import { type GapCode, importGap } from "../../review/importGaps";
import { itemsText, type SettingsFileDigest, unseenGaps } from "../../review/settingsFile";

/** What the import did not bring, or brought otherwise, as far as this file shows it; then what no file shows. */
export function afterImport(digest: SettingsFileDigest | undefined): readonly string[] {
  const found = (digest?.gaps ?? []).filter(({ code }) => importGap(code).effect !== "entered by hand");
  const unsure = (digest?.unsure ?? []).map(({ code }) => code);
  const arrives = unsure.filter((code) => importGap(code).effect !== "not carried");
  const unseen = unseenGaps.filter((code) => importGap(code).effect !== "entered by hand");
  const names = (codes: readonly GapCode[]): string => codes.map((code) => importGap(code).name).join("; ");
  return [
    ...found.flatMap((gap) => {
      const { name, todo } = importGap(gap.code);
      return [`- ${name}: ${itemsText(gap)}`, `    ${todo}`];
    }),
    ...arrives.map((code) => `- ${importGap(code).name}: the file does not say; look on the active server.`),
    ...(digest === undefined
      ? ["- the settings file was not read when this page was made: custom rules may arrive otherwise than they were."]
      : []),
    `- the file does not show, compare afterwards: ${names([...unsure.filter((code) => !arrives.includes(code)), ...unseen])}.`,
    "`entra-connect compare ACTIVE STAGING` says what is left to do.",
  ];
}

export const afterCustomInstallation: readonly string[] = [
  "- custom synchronization rules: make each again in the Rules Editor, from your own documentation of the server before.",
  "- there is no server to compare this one with, so `entra-connect compare` and `ready` cannot be asked. Instead read everything that it would export, and its documentation:",
  "    entra-connect exports --staging FILE-OF-CSEXPORT",
  "    entra-connect document FOLDER-OF-ITS-CONFIGURATION",
  "  Many additions or deletions mean another source anchor, filter or forest than before: do not promote it.",
];
