import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../../engine/cached";
import { type Ended, runToEnd } from "../../engine/childProcess";
import { silent } from "../../engine/progress";
import { repositoryRoot } from "./repository";
import { requires } from "./requires";

/** npm as the tests were started with, else the one on PATH. */
export function npm([command = "", ...args]: readonly string[], cwd: string): Promise<Ended> {
  const script = process.env.npm_execpath;
  const all = [command, "--no-audit", "--no-fund", "--loglevel=error", ...args];
  return script && /npm-cli\.c?js$/.test(script)
    ? runToEnd(process.execPath, [script, ...all], { cwd })
    : runToEnd("npm", all, { cwd, shell: process.platform === "win32" });
}

/** Of this work tree; `npm ci` removes it. */
export const packedCache = join(repositoryRoot, "node_modules", ".cache", "entra-connect-packed");

interface Packed {
  readonly tarball: string;
  readonly files: readonly string[];
}

/**
 * What `npm publish` would upload. The sources are compiled already: the tests run from there. Packed once for whatever
 * is packed: the other test files of a run take the same tarball.
 */
export async function packed(): Promise<Packed> {
  const cache = packedCache;
  const listing = "files.json";
  const of = (folder: string): Packed => JSON.parse(readFileSync(join(folder, listing), "utf8"));
  const { folder } = await cached({
    cache,
    name: packedDigest(),
    progress: silent,
    verify: async (folder) => existsSync(join(folder, listing)),
    make: async (folder) => {
      for (const name of readdirSync(cache)) {
        const old = join(cache, name);
        if (!name.startsWith("modules-") && Date.now() - statSync(old).mtimeMs > 3_600_000)
          rmSync(old, { recursive: true, force: true });
      }
      const pack = await npm(["pack", "--ignore-scripts", "--json", "--pack-destination", folder], repositoryRoot);
      assert.equal(pack.code, 0, pack.stderr);
      const [{ filename, files }] = JSON.parse(pack.stdout) as [{ filename: string; files: { path: string }[] }];
      const told: Packed = { tarball: filename, files: files.map(({ path }) => path) };
      writeFileSync(join(folder, listing), JSON.stringify(told));
    },
  });
  const { tarball, files } = of(folder);
  return { tarball: join(folder, tarball), files };
}

/** Of every file that could be packed: path, time and size. */
function packedDigest(): string {
  const digest = createHash("sha256").update(repositoryRoot);
  const add = (path: string): void => {
    const { mtimeMs, size } = statSync(join(repositoryRoot, path));
    digest.update(`\0${path} ${mtimeMs} ${size}`);
  };
  for (const entry of readdirSync(repositoryRoot, { withFileTypes: true })) {
    if (entry.isFile()) add(entry.name);
    else if (["dist", "docs", "engine", "rehearsal", "scripts"].includes(entry.name))
      // What the tests write while they run is never packed.
      for (const path of readdirSync(join(repositoryRoot, entry.name), { recursive: true, encoding: "utf8" }).sort())
        if (!path.startsWith("test")) add(join(entry.name, path));
  }
  return digest.digest("hex").slice(0, 32);
}

/** `npm install` in a folder that has a package.json (an empty one is written); skips by name without a registry. */
export async function install(context: Mocha.Context, folder: string, packages: readonly string[]): Promise<void> {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest))
    writeFileSync(manifest, JSON.stringify({ name: "consumer", version: "1.0.0", private: true }));
  const ended = await npm(["install", "--prefer-offline", "--ignore-scripts", ...packages], folder);
  const unreachable = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTCACHED/.test(ended.stderr);
  if (ended.code !== 0 && unreachable) requires(context, "the npm registry", false);
  assert.equal(ended.code, 0, ended.stderr || ended.stdout);
}

export function installedPackages(folder: string): readonly string[] {
  const modules = join(folder, "node_modules");
  return readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}
