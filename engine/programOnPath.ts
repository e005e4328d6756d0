import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The full path of a program on PATH, or undefined. On Windows only a real .exe counts: command files need a shell. */
export function programOnPath(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const windows = process.platform === "win32";
  const path = environment.PATH ?? environment.Path ?? "";
  for (const folder of path.split(delimiter)) {
    if (!folder) continue;
    const candidate = join(folder, windows ? `${name}.exe` : name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // not here
    }
  }
  return undefined;
}
