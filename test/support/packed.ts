import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Ended, runToEnd } from "../../engine/childProcess";
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

/** What `npm publish` would upload. The sources are compiled already: the tests run from there. */
export async function packInto(
  folder: string,
): Promise<{ readonly tarball: string; readonly files: readonly string[] }> {
  const pack = await npm(["pack", "--ignore-scripts", "--json", "--pack-destination", folder], repositoryRoot);
  assert.equal(pack.code, 0, pack.stderr);
  const [{ filename, files }] = JSON.parse(pack.stdout) as [{ filename: string; files: { path: string }[] }];
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
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

/** The peers at the ranges that package.json asks for. */
export function peers(): readonly string[] {
  const { peerDependencies } = createRequire(__filename)(join(repositoryRoot, "package.json")) as {
    peerDependencies: Record<string, string>;
  };
  return Object.entries(peerDependencies).map(([name, range]) => `${name}@${range}`);
}

export function installedPackages(folder: string): readonly string[] {
  const modules = join(folder, "node_modules");
  return readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}
