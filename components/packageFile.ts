import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface PackageFile {
  readonly version?: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** This package's own package.json. Run by ts-node this module lies one floor below it, compiled two. */
export const packageFile: PackageFile = (() => {
  const file = [join(__dirname, ".."), join(__dirname, "..", "..")]
    .map((folder) => join(folder, "package.json"))
    .find((path) => existsSync(path));
  return file === undefined ? {} : (JSON.parse(readFileSync(file, "utf8")) as PackageFile);
})();
