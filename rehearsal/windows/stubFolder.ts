import { existsSync } from "node:fs";
import { join } from "node:path";

/** The stub modules lie beside this file; for the compiled one, in the package's `rehearsal/windows/stub`. */
export const stubFolder: string = (() => {
  const candidates = [join(__dirname, "stub"), join(__dirname, "..", "..", "..", "rehearsal", "windows", "stub")];
  for (const folder of candidates) if (existsSync(join(folder, "run.ps1"))) return folder;
  throw new Error(
    `The stub modules of the rehearsal were not found in ${candidates.join(" or ")}; the package is incomplete.`,
  );
})();
