import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

let known: string | undefined;

/** Name and version of this package, for reports: a change record has to say what judged. */
export function madeBy(): string {
  if (known !== undefined) return known;
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  const { name = "entra-connect", version = "unknown" } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as { name?: string; version?: string };
  known = `${name} ${version}`;
  return known;
}
