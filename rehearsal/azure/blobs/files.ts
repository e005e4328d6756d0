import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { BlobProperties, StoredBlob } from "../../world/contract";

/** Blobs in the world folder: `archive/<account>/<container>/<blob name>`, and beside each its properties as JSON. */
export class BlobFiles {
  readonly #root: string;

  constructor(world: string) {
    this.#root = join(world, "archive");
  }

  has(account: string, container: string, name: string): boolean {
    return existsSync(this.#path(account, container, name));
  }

  /** The content first: properties without a content would be a blob that nobody can read. */
  store(account: string, container: string, content: Buffer, properties: BlobProperties): void {
    const path = this.#path(account, container, properties.name);
    mkdirSync(dirname(path), { recursive: true });
    replaceWith(path, content);
    replaceWith(`${path}.json`, `${JSON.stringify(properties, null, 2)}\n`);
  }

  list(account: string, container: string): readonly StoredBlob[] {
    const folder = join(this.#root, account, container);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => existsSync(path.slice(0, -".json".length)))
      .map((path) => {
        const properties: BlobProperties = JSON.parse(readFileSync(path, "utf8"));
        return { ...properties, path: path.slice(0, -".json".length) };
      })
      .sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
  }

  #path(account: string, container: string, name: string): string {
    const folder = join(this.#root, account, container);
    const path = join(folder, ...name.split("/"));
    if (relative(folder, path).startsWith("..")) throw new Error(`a blob's name leads out of its container: ${name}`);
    return path;
  }
}

function replaceWith(path: string, content: Buffer | string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, path);
}
