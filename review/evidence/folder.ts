import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { BadInput } from "../verdict";
import { type EvidenceFile, limits } from "./evidence";
import { isLitter } from "./litter";

const folderMarks = ["connectors", "globalsettings", "synchronizationrules"];

/** How many of the three folders that `Get-ADSyncServerConfiguration` writes are directly inside. */
export function configurationMarks(names: readonly string[]): number {
  const lower = new Set(names.map((name) => name.toLowerCase()));
  return folderMarks.filter((mark) => lower.has(mark)).length;
}

/** Every file below a folder, read into memory. Links are refused: evidence is what lies here, not elsewhere. */
export function readFolder(root: string): readonly EvidenceFile[] {
  const files: EvidenceFile[] = [];
  let total = 0;
  const walk = (folder: string, inside: string, depth: number): void => {
    if (depth > limits.folderDepth)
      throw new BadInput(
        `${folder}: folders are nested deeper than ${limits.folderDepth}: this is not such an export.`,
      );
    for (const entry of entriesOf(folder)) {
      const name = join(folder, entry.name);
      const path = inside === "" ? entry.name : `${inside}/${entry.name}`;
      if (isLitter(path)) continue;
      if (entry.isDirectory()) walk(name, path, depth + 1);
      else if (entry.isFile()) {
        const size = statSync(name).size;
        total += size;
        if (size > limits.fileBytes || total > limits.totalBytes || files.length >= limits.files)
          throw new BadInput(
            `${name}: too much for a server's configuration (limits: ${limits.fileBytes} bytes a file, ${limits.totalBytes} bytes and ${limits.files} files in all). Give the folder that Get-ADSyncServerConfiguration wrote, nothing around it.`,
          );
        files.push({ path, name, bytes: read(name) });
      } else
        throw new BadInput(
          `${name}: is neither a file nor a folder (a link?). Give a plain copy of the folder instead.`,
        );
    }
  };
  walk(root, "", 0);
  return files;
}

/** In a stable order, whatever the file system says. */
export function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new BadInput(`${folder}: cannot be read (${(error as Error).message}).`);
  }
}

export function read(name: string): Buffer {
  try {
    return readFileSync(name);
  } catch (error) {
    throw new BadInput(`${name}: cannot be read (${(error as Error).message}).`);
  }
}
