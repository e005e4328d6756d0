import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Of this program, for the header of reports. */
export function programVersion(): string {
  const file = join(__dirname, "..", "..", "package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version: string };
  return version;
}
