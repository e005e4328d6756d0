import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableText } from "../../support/publishedTypes";
import { azureTypesFolder, repositoryRoot } from "../../support/repository";

/** Makes rehearsal/azure/published/types.json from the published types: `npm run record-azure-types [FOLDER]`. */
const folder = process.argv[2] ?? azureTypesFolder;
if (!existsSync(folder)) {
  console.error(
    `There are no published types in ${folder}. Give the folder with <namespace>@<API version>.json of Azure/bicep-types-az.`,
  );
  process.exit(1);
}
writeFileSync(join(repositoryRoot, "rehearsal", "azure", "published", "types.json"), tableText(folder));
