/**
 * Writes the golden pages of the recorded previews anew: `npm run update-previews [NAME…]`. What is expected of hazards
 * (NAME.expected.json) is written by hand; only for a recording that has none yet a first one is proposed.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { judgePreview, type PreviewReport, previewPage, readPreview } from "../../../review/preview";
import { renderMarkdown, renderText } from "../../../review/render";
import { repositoryRoot } from "../../support/repository";

export const recordedFolder = join(repositoryRoot, "test", "review", "preview", "recorded");

export const recordedNames = (): readonly string[] =>
  readdirSync(recordedFolder)
    .filter((file) => file.endsWith(".json") && !file.endsWith(".expected.json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();

export const recordedFile = (name: string, ending: string): string => join(recordedFolder, `${name}.${ending}`);

/** What a recorded preview has to come to. */
export interface Expected {
  readonly verdict: string;
  /** `code subject`, each hazard, information included, in any order. */
  readonly hazards: readonly string[];
  /** `server: what happens`. */
  readonly servers: readonly string[];
}

export function judgedRecording(name: string): PreviewReport {
  return judgePreview(readPreview(readFileSync(recordedFile(name, "json")), `${name}.json`));
}

export const found = ({ verdict, findings, summary }: PreviewReport): Expected => ({
  verdict,
  hazards: findings.map(({ code, subject }) => `${code} ${subject}`).sort(),
  servers: summary.servers.map(({ server, happening }) => `${server}: ${happening}`),
});

export const pagesOf = (report: PreviewReport): Readonly<Record<"txt" | "md", string>> => ({
  txt: renderText(previewPage(report), { colour: false, width: 120 }),
  md: renderMarkdown(previewPage(report)),
});

function update(wanted: readonly string[]): void {
  for (const name of recordedNames().filter((each) => wanted.length === 0 || wanted.includes(each))) {
    const report = judgedRecording(name);
    for (const [ending, page] of Object.entries(pagesOf(report))) writeFileSync(recordedFile(name, ending), page);
    const expectation = recordedFile(name, "expected.json");
    if (existsSync(expectation)) continue;
    writeFileSync(expectation, `${JSON.stringify(found(report), null, 2)}\n`);
    console.log(`${name}: proposed ${expectation}; read it before it is committed`);
  }
}

if (require.main === module) update(process.argv.slice(2));
