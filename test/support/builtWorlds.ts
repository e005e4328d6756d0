import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { RunSummary } from "../../rehearsal/run/summary";

/** A world as a successful `up` left it. */
interface BuiltWorld {
  readonly folder: string;
  readonly summary: RunSummary;
}

/** Worlds by the situation in which their `up` began; the one that was not asked for longest is given up first. */
export class BuiltWorlds {
  readonly #worlds = new Map<string, BuiltWorld>();
  #root: string | undefined;

  /** @param kept how many: worlds are a few MB each, and the tests that begin alike stand close together */
  constructor(private readonly kept = 40) {}

  find(situation: string): BuiltWorld | undefined {
    const found = this.#worlds.get(situation);
    if (found === undefined) return undefined;
    this.#worlds.delete(situation);
    this.#worlds.set(situation, found);
    return found;
  }

  keep(situation: string, world: string, summary: RunSummary): void {
    const folder = mkdtempSync(join(this.#folder(), "world-"));
    cpSync(world, folder, { recursive: true });
    this.#worlds.set(situation, { folder, summary: structuredClone(summary) });
    for (const [oldest, { folder: given }] of this.#worlds) {
      if (this.#worlds.size <= this.kept) break;
      this.#worlds.delete(oldest);
      rmSync(given, { recursive: true, force: true });
    }
  }

  #folder(): string {
    if (this.#root === undefined) {
      const root = mkdtempSync(join(tmpdir(), "entra-connect-built-"));
      process.once("exit", () => rmSync(root, { recursive: true, force: true }));
      this.#root = root;
    }
    return this.#root;
  }
}

/** Everything that decides what an `up` does: the project's files, the world's, and the environment, which programs are given. */
export function situationOf(windows: string, project: string, world: string): string {
  const digest = createHash("sha256").update(windows);
  for (const [name, value] of Object.entries(process.env).sort()) digest.update(`\0${name}=${value}`);
  for (const folder of [project, world]) {
    digest.update("\0\0");
    if (!existsSync(folder)) continue;
    for (const file of filesUnder(folder)) digest.update(`\0${relative(folder, file)}\0`).update(readFileSync(file));
  }
  return digest.digest("hex");
}

/** How many commands have changed the world's stack. */
export function updatesIn(world: string): number {
  const history = join(world, "state", ".pulumi", "history");
  if (!existsSync(history)) return 0;
  const files = readdirSync(history, { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".history.json")).length;
}

/** In one order; without what is linked to (the modules that all projects share). */
function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesUnder(path);
      return entry.isFile() ? [path] : [];
    });
}
