import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as zlib from "node:zlib";
import { CouldNotRun } from "../review/verdict";

/** Where Pulumi's file backend keeps one stack (backend/diy/store.go, read at 3.206 to 3.274). */
export interface StackPlaces {
  /** The state; "" where there is none. */
  readonly state: string;
  readonly locks: string;
  /** Copies, in no order. */
  readonly copies: readonly string[];
  /** Files beside the state that say nothing about it and must not be empty. */
  readonly sideFiles: readonly string[];
}

/** The folder of a file backend's address; undefined for any other backend. */
export function folderOfBackend(url: string): string | undefined {
  const scheme = "file://";
  if (!url.startsWith(scheme)) return undefined;
  const path = url.slice(scheme.length).replace(/\?.*$/, "");
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(1));
  if (!path.startsWith("/")) return resolve(path);
  try {
    return fileURLToPath(`${scheme}${path}`);
  } catch {
    return isAbsolute(path) ? path : undefined;
  }
}

const compressed = ["", ".gz", ".zst"];

export function placesOf(folder: string, project: string, stack: string): StackPlaces {
  const root = join(folder, ".pulumi");
  const name = stack.split("/").pop() ?? stack;
  // Backends of before 3.61 know no projects.
  const placed = [`${project}/${name}`, name].find((each) => stateIn(root, each) !== undefined) ?? `${project}/${name}`;
  const state = stateIn(root, placed) ?? "";
  const backups = join(root, "backups", placed);
  const history = join(root, "history", placed);
  return {
    state,
    locks: join(root, "locks", placed === name ? name : join("organization", placed)),
    copies: [
      ...(state === "" ? [] : [`${state}.bak`].filter(existsSync)),
      ...filesIn(backups, /\.json(\.gz|\.zst)?$/),
      ...filesIn(history, /\.checkpoint\.json(\.gz|\.zst)?$/),
    ],
    sideFiles: state === "" ? [] : [`${state}.attrs`].filter(existsSync),
  };
}

const stateIn = (root: string, placed: string): string | undefined =>
  compressed.map((end) => join(root, "stacks", `${placed}.json${end}`)).find(existsSync);

export function filesIn(folder: string, names: RegExp): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => names.test(name))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

const zstdStart = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Its text, unpacked; what cannot be unpacked is damaged, and comes back as it is. Throws where this Node cannot unpack it. */
export function textOfState(path: string): string {
  const bytes = readFileSync(path);
  const isZstd = bytes.subarray(0, 4).equals(zstdStart);
  if (isZstd && typeof zlib.zstdDecompressSync !== "function")
    throw new CouldNotRun(
      `${path} is packed with zstd, which Node ${process.version} cannot read; use Node 22.15 or later.`,
    );
  try {
    if (isZstd) return zlib.zstdDecompressSync(bytes).toString("utf8");
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return zlib.gunzipSync(bytes).toString("utf8");
  } catch {
    return bytes.toString("latin1");
  }
  return bytes.toString("utf8");
}
