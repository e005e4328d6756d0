import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Version of this release. Run by ts-node this module lies one floor below package.json, compiled two. */
export const libraryVersion: string = (() => {
  const file = [join(__dirname, ".."), join(__dirname, "..", "..")]
    .map((folder) => join(folder, "package.json"))
    .find((path) => existsSync(path));
  const described: unknown = file === undefined ? {} : JSON.parse(readFileSync(file, "utf8"));
  const version =
    typeof described === "object" && described !== null && "version" in described ? described.version : "";
  return String(version);
})();
