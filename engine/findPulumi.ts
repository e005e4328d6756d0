import { existsSync, realpathSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gt, lt, major } from "semver";
import { answerOf } from "./answerOf";
import { buildPulumi } from "./buildPulumi";
import { cached } from "./cached";
import { cacheFolder } from "./cacheFolder";
import { runToEnd } from "./childProcess";
import { downloadPulumi } from "./downloadPulumi";
import { programOnPath } from "./programOnPath";
import type { Progress } from "./progress";
import { oldestPulumi, testedPulumi, versionIn } from "./version";

const executable = process.platform === "win32" ? ".exe" : "";

export interface PulumiCli {
  /** Full path of the program. */
  readonly path: string;
  readonly version: string;
  readonly origin: "path" | "cache" | "download" | "build";
  /** The genuine Node language host beside the CLI; where there is none, ours is attached. */
  readonly languageHost: string | undefined;
}

/** One way to get a CLI into an empty folder (as `bin/pulumi`): true where it did, a reason where it is not possible here. */
export interface Source {
  readonly origin: "download" | "build";
  readonly obtain: (folder: string, progress: Progress) => Promise<true | { readonly reason: string }>;
}

const usualSources: readonly Source[] = [
  {
    origin: "download",
    obtain: async (folder, progress) => {
      const result = await downloadPulumi(folder, progress);
      return result.done || { reason: result.reason };
    },
  },
  {
    origin: "build",
    obtain: async (folder, progress) => {
      await buildPulumi(folder, { progress });
      return true;
    },
  },
];

export interface FindPulumiOptions {
  readonly progress: Progress;
  readonly environment?: NodeJS.ProcessEnv;
  /** For tests; otherwise the download and then the build. */
  readonly sources?: readonly Source[];
  readonly pollMilliseconds?: number;
}

/**
 * The Pulumi CLI: a good enough one on PATH, else our cache, else the usual download, else a build from Go modules
 * (both into the cache). Throws CouldNotRun, with what to install, where none of them works.
 */
export async function findPulumi(options: FindPulumiOptions): Promise<PulumiCli> {
  const environment = options.environment ?? process.env;
  const { progress } = options;
  const installed = await onPath(environment, progress);
  if (installed) return installed;

  let origin: PulumiCli["origin"] = "cache";
  const { folder } = await cached({
    cache: cacheFolder(environment),
    name: `pulumi-${testedPulumi}`,
    progress,
    ...(options.pollMilliseconds === undefined ? {} : { pollMilliseconds: options.pollMilliseconds }),
    verify: async (candidate) => (await versionOf(binaryIn(candidate), environment)) === testedPulumi,
    make: async (part) => {
      for (const source of options.sources ?? usualSources) {
        await rm(part, { recursive: true, force: true });
        await mkdir(part, { recursive: true });
        const result = await source.obtain(part, progress);
        if (result === true) {
          origin = source.origin;
          return;
        }
        progress.line(`no ${source.origin} of the Pulumi engine: ${result.reason}.`);
      }
    },
  });
  const path = binaryIn(folder);
  return { path, version: testedPulumi, origin, languageHost: languageHostBeside(path) };
}

function binaryIn(folder: string): string {
  return join(folder, "bin", `pulumi${executable}`);
}

async function onPath(environment: NodeJS.ProcessEnv, progress: Progress): Promise<PulumiCli | undefined> {
  const path = programOnPath("pulumi", environment);
  if (!path) return undefined;
  const version = await versionOf(path, environment);
  if (version === undefined) {
    progress.line(`${path} does not tell its version; another Pulumi is used.`);
    return undefined;
  }
  const fit = judgeVersion(version);
  if (fit.note) progress.line(`${path}: ${fit.note}`);
  return fit.usable ? { path, version, origin: "path", languageHost: languageHostBeside(path) } : undefined;
}

/** What an installed version is good for. The newest tested is `testedPulumi`; newer ones of the same major are used and named. */
export function judgeVersion(version: string): { readonly usable: boolean; readonly note?: string } {
  if (lt(version, oldestPulumi)) {
    return {
      usable: false,
      note: `version ${version} is older than ${oldestPulumi}, the oldest tested (deletion order and guards were measured on it); another Pulumi is used.`,
    };
  }
  if (major(version) !== major(testedPulumi)) {
    return {
      usable: false,
      note: `version ${version} is another major version than ${testedPulumi}; another Pulumi is used.`,
    };
  }
  if (gt(version, testedPulumi)) {
    return { usable: true, note: `version ${version} is newer than ${testedPulumi}, the newest tested; it is used.` };
  }
  return { usable: true };
}

/** `pulumi version`, or undefined where it does not answer as one. */
async function versionOf(path: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  return existsSync(path) ? answerOf(path, () => askVersion(path, environment)) : undefined;
}

async function askVersion(path: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const told = await runToEnd(path, ["version"], {
    environment: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true" },
    timeout: 20_000,
  });
  return told.code === 0 ? versionIn(told.stdout)?.version : undefined;
}

function languageHostBeside(path: string): string | undefined {
  const candidates = [dirname(path), dirname(realpathSync(path))].map((folder) =>
    join(folder, `pulumi-language-nodejs${executable}`),
  );
  return candidates.find(existsSync);
}
