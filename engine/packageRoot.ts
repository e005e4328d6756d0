import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of this package, from the compiled files as from the sources. */
export const packageRoot: string = (() => {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json above ${__dirname}`);
  }
})();

/** The package's name, as programs import it. */
export const packageName: string = (() => {
  const described: unknown = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  const name = typeof described === "object" && described !== null && "name" in described ? described.name : undefined;
  return typeof name === "string" ? name : "pulumi-entra-connect";
})();
