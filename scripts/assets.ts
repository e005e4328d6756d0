import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The folder of the .ps1 and schema files. Run by ts-node this module lies in it; compiled it lies in
 * `dist/scripts`, in the repository as in the installed package, with the files in `scripts` two floors up.
 */
export const scriptsFolder: string = (() => {
  const candidates = [__dirname, join(__dirname, "..", "..", "scripts")];
  for (const folder of candidates) if (existsSync(join(folder, "fragments", "prologue.ps1"))) return folder;
  throw new Error(
    `The PowerShell scripts of pulumi-entra-connect were not found in ${candidates.join(" or ")}. ` +
      "The package is incomplete: install it again.",
  );
})();

/** Text of one file below the scripts folder, with line feeds only. */
export function readAsset(...path: string[]): string {
  return readFileSync(join(scriptsFolder, ...path), "utf8").replace(/\r\n/g, "\n");
}
