import { copyFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderMarkdown } from "../../../review/render";
import { runBookPage } from "../../../review/switch";
import { repositoryRoot } from "../../support/repository";
import { Contoso } from "../configuration/contoso";
import { dnOf, Folder } from "../exports/exportXml";
import { cloud, SwitchPair } from "./pair";

export const exampleFile = join(repositoryRoot, "docs", "examples", "switch-run-book.md");

/** Two servers that are configured as the Contoso sample. */
function configuration(staging: boolean): Record<string, string> {
  const copy = (staging ? Contoso.staging() : new Contoso()).version("2.6.92.0");
  copy.edit("GlobalSettings/MV.xml", /server='[^']*'|server="[^"]*"/, `server='${staging ? "AADC2" : "AADC1"}'`);
  return Object.fromEntries([...copy.files].map(([path, text]) => [`configuration/${path}`, text]));
}

/** The run book in the middle of a switch: the active server has been demoted, the promotion is allowed. */
export async function exampleRunBook(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "example-"));
  const before = process.cwd();
  const files = new Folder();
  try {
    // Names of files are part of the page.
    process.chdir(folder);
    const world = new SwitchPair(".", configuration);
    const change = (file: string, name: string, connector?: string): string => {
      const written = files.export({
        dn: connector === undefined ? dnOf(name) : `CN=${name},OU=People,DC=contoso,DC=com`,
        ...(connector !== undefined && { connector }),
        attributes: [{ name: "title", operation: "replace", values: ["x"] }],
      });
      copyFileSync(written, file);
      const made = new Date(world.now - 20 * 60_000);
      utimesSync(file, made, made);
      return file;
    };
    const pair = (file: string, connector?: string) => ({
      active: [change(`active-${file}.xml`, "a", connector)],
      staging: [change(`staging-${file}.xml`, "a", connector)],
    });
    const exports = [
      { connector: cloud, ...pair("entra") },
      { connector: "contoso.com", ...pair("directory", "contoso.com") },
    ];
    const statement = { overrides: ["change-not-stated"], by: "Ada Lovelace", reason: "CHG-4711, backups of 02:00" };
    await world.look({ exports });
    world.pass(4);
    await world.look({ exports, ...statement, graph: [world.lastExporter("AADC1")] });
    world.setActive("AADC1", false);
    world.pass(12);
    const look = await world.look({
      exports,
      graph: [world.lastExporter("AADC1"), world.audits(["AADC1", world.at(40)])],
    });
    return renderMarkdown(runBookPage(look));
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
    files.remove();
  }
}

/** What differs from run to run: hashes, and the version of the library. */
export function masked(page: string): string {
  return page.replace(/\b[0-9a-f]{16,64}\b/gu, "#").replace(/pulumi-entra-connect \d[\w.-]*/gu, "pulumi-entra-connect");
}

if (require.main === module) void exampleRunBook().then((page) => writeFileSync(exampleFile, masked(page)));
