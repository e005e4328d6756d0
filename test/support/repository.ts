import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The repository's root, from the compiled tests as from the sources. */
export const repositoryRoot = (() => {
  let folder = __dirname;
  while (!existsSync(join(folder, "package-lock.json"))) folder = dirname(folder);
  return folder;
})();

/** The reference data and tools beside the repository; absent for an outside user. */
export const sharedFolder = join(repositoryRoot, "..", "shared");
export const sampleConfiguration = join(sharedFolder, "data", "server-configuration", "contoso", "Production");
export const azureTypesFolder = join(sharedFolder, "data", "azure-types");
