import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { CouldNotRun } from "../review/verdict";
import { answerOf } from "./answerOf";
import { cached } from "./cached";
import { cacheFolder } from "./cacheFolder";
import { runToEnd } from "./childProcess";
import type { Progress } from "./progress";
import { fetchedNode, oldestProgramNode, versionIn } from "./version";

/**
 * A Node that Pulumi programs run on: this one where it is new enough, else npm's packaged one in the cache (its
 * packages `node-<platform>-<arch>` hold nothing but the official binary). Never in package.json, which would tie the
 * package to one platform.
 */
export async function findNode(options: {
  readonly progress: Progress;
  readonly environment?: NodeJS.ProcessEnv;
}): Promise<string> {
  if (majorOf(process.versions.node) >= oldestProgramNode) return process.execPath;
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const binary = (folder: string): string =>
    join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  const { folder } = await cached({
    cache: cacheFolder(options.environment ?? process.env),
    name: `node-${fetchedNode}`,
    progress: options.progress,
    verify: async (folder) => {
      if (!existsSync(binary(folder))) return false;
      const version = await answerOf(binary(folder), async (path) => {
        const told = await runToEnd(path, ["--version"], { timeout: 20_000 });
        return told.code === 0 ? told.stdout.trim() : undefined;
      });
      return version !== undefined && majorOf(version) >= oldestProgramNode;
    },
    make: async (folder) => {
      options.progress.line(`fetching Node.js ${fetchedNode} for Pulumi programs (npm package ${name})…`);
      const installed = await npmInstall(folder, `${name}@${fetchedNode}`);
      if (installed.ok) return;
      throw new CouldNotRun(
        `Pulumi programs need Node.js ${oldestProgramNode} or later; this is ${process.versions.node}, and npm could not ` +
          `fetch ${name}@${fetchedNode}: ${installed.why}. Install Node.js ${fetchedNode} (https://nodejs.org/) and run the same command again.`,
      );
    },
  });
  return binary(folder);
}

function majorOf(version: string): number {
  return versionIn(version)?.major ?? 0;
}

async function npmInstall(folder: string, what: string): Promise<{ ok: true } | { ok: false; why: string }> {
  const args = [
    "install",
    "--prefix",
    folder,
    "--no-save",
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    what,
  ];
  const script = npmScript();
  const done = script
    ? await runToEnd(process.execPath, [script, ...args], { cwd: folder })
    : await runToEnd("npm", args, { cwd: folder, shell: process.platform === "win32" });
  if (done.code === 0) return { ok: true };
  const words =
    done.problem ?? done.stderr.split("\n").filter((line) => /npm (error|ERR!)/.test(line))[0] ?? "npm failed";
  return { ok: false, why: words.trim() };
}

/** npm's own script: the one that started us, else the one beside this Node. */
function npmScript(): string | undefined {
  const started = process.env.npm_execpath;
  if (started && /npm-cli\.c?js$/.test(started) && existsSync(started)) return started;
  const home = dirname(process.execPath);
  return [
    join(home, "node_modules", "npm", "bin", "npm-cli.js"),
    join(home, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ].find(existsSync);
}
