import { createHash, randomBytes } from "node:crypto";
import {
  constants,
  copyFileSync,
  type Dirent,
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { mostBytes } from "../../review/archive";
import type { Listing, StoredBlob } from "../../review/archive/listing";
import { readName } from "../../review/archive/name";
import { limits } from "../../review/evidence";
import { makeFolder } from "../../review/render/makeFolder";
import { BadInput, CouldNotRun } from "../../review/verdict";
import { type Beside, readBeside, writeBeside } from "./beside";
import type { Addition, ArchiveStore } from "./store";

const cannotSay: readonly string[] = [
  "Whether the collections are still in the storage account, and protected there: a folder is a copy.",
  "Whether a name was overwritten: a folder keeps no versions.",
];

/** `<chain>/<computer>/<collection>`, and nothing below. */
const depthOfNames = 3;

/** A folder as `archive pull` writes it and a rehearsal keeps it: the names are the paths. */
export class FolderStore implements ArchiveStore {
  constructor(readonly source: string) {}

  async list(): Promise<Listing> {
    const blobs: StoredBlob[] = [];
    this.walk(this.source, "", 1, blobs);
    return { source: this.source, kind: "folder", blobs, cannotSay };
  }

  private walk(folder: string, inside: string, depth: number, blobs: StoredBlob[]): void {
    for (const entry of this.entries(folder, inside === "")) {
      const name = inside === "" ? entry.name : `${inside}/${entry.name}`;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth < depthOfNames) this.walk(path, name, depth + 1, blobs);
      else if (entry.isFile() && !isBeside(name)) blobs.push(this.blob(name, path));
      // A link leads elsewhere: what lies there is not in this folder.
      else if (!entry.isFile()) blobs.push({ ...bare, name: `${name}${entry.isDirectory() ? "/" : ""}` });
      if (blobs.length > limits.files)
        throw new BadInput(`${this.source}: more than ${limits.files} files: this is not the folder of an archive.`);
    }
  }

  private entries(folder: string, top: boolean): readonly Dirent[] {
    try {
      return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const hint =
        code === "ENOENT" && top
          ? " Give the folder that archive pull wrote, or archive/<account>/<container> below the folder of a rehearsal."
          : "";
      throw new BadInput(`--folder ${folder}: cannot be read (${message}).${hint}`);
    }
  }

  private blob(name: string, path: string): StoredBlob {
    const { size } = lstatSync(path);
    return { ...bare, name, size, ...readBeside(`${path}.json`) };
  }

  readonly read = async ({ name }: StoredBlob): Promise<Buffer> => {
    const path = this.path(name);
    try {
      const stats = lstatSync(path);
      if (!stats.isFile())
        throw new BadInput(`${path}: is no plain file (a link?): what it leads to is not in this archive.`);
      if (stats.size > mostBytes) throw new BadInput(`${path}: has ${stats.size} bytes, more than any collection.`);
      return readFileSync(path);
    } catch (error) {
      if (error instanceof BadInput) throw error;
      throw new CouldNotRun(`${path}: cannot be read (${(error as Error).message}).`);
    }
  };

  /** Whole or not at all, and never in place of what is there. `beside`: what another store says of it. */
  async add({ name, bytes, metadata }: Addition, beside?: Omit<Beside, "name">): Promise<"added" | "exists"> {
    const path = this.path(name);
    const partial = `${path}.${randomBytes(6).toString("hex")}.partial`;
    try {
      makeFolder(dirname(path));
      writeFileSync(partial, bytes, { flag: "wx", mode: 0o600 });
      placeNew(partial, path);
      const own = {
        createdAt: new Date(),
        md5: createHash("md5").update(bytes).digest("hex"),
        metadata,
        protection: null,
      };
      writeBeside(`${path}.json`, { name, ...(beside ?? own) });
      return "added";
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return "exists";
      throw new CouldNotRun(`${path}: could not be written (${(error as Error).message}). Nothing was changed there.`);
    } finally {
      rmSync(partial, { force: true });
    }
  }

  /** Undefined where nothing of this name is there. */
  async find(name: string): Promise<Buffer | undefined> {
    return existsSync(this.path(name)) ? this.read({ ...bare, name }) : undefined;
  }

  /** Only names of collections become paths: they have neither dots, nor links, nor anything of Windows in them. */
  private path(name: string): string {
    if (readName(name) === undefined) throw new BadInput(`${this.source}: ${name} is no name of a collection.`);
    return join(this.source, ...name.split("/"));
  }
}

/** A link is refused where the name is taken, as a rename is not; some file systems have none. */
function placeNew(partial: string, path: string): void {
  try {
    linkSync(partial, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    copyFileSync(partial, path, constants.COPYFILE_EXCL);
  }
}

const bare = {
  versionId: null,
  current: true,
  size: 0,
  createdAt: null,
  md5: null,
  metadata: null,
  protection: null,
} as const;

const isBeside = (name: string): boolean => name.endsWith(".zip.json");
