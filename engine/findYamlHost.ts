import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CouldNotRun } from "../review/verdict";
import { cached } from "./cached";
import { cacheFolder } from "./cacheFolder";
import { runToEnd } from "./childProcess";
import { packageRoot } from "./packageRoot";
import { programOnPath } from "./programOnPath";
import type { Progress } from "./progress";

const program = "pulumi-language-yaml";
const version = "1.25.0";
const inFolder = (folder: string): string =>
  join(folder, "bin", process.platform === "win32" ? `${program}.exe` : program);

/**
 * Pulumi's language host for YAML, which only the plugin's test needs: on PATH, else in the cache, else built with Go
 * where `build` says so. Throws CouldNotRun where there is none.
 */
export async function findYamlHost(options: { readonly progress: Progress; readonly build: boolean }): Promise<string> {
  const installed = programOnPath(program, process.env);
  if (installed) return installed;
  const { folder } = await cached({
    cache: cacheFolder(process.env),
    name: `${program}-${version}`,
    progress: options.progress,
    verify: async (candidate) => (await runToEnd(inFolder(candidate), ["-h"], { timeout: 20_000 })).code !== null,
    make: async (part) => {
      if (!options.build) throw new CouldNotRun(`there is no ${program}, neither on PATH nor in the cache`);
      await mkdir(join(part, "bin"), { recursive: true });
      options.progress.line(`building ${program} ${version} with Go, some minutes, once on this machine…`);
      const built = await runToEnd(
        "go",
        [
          "build",
          "-mod=readonly",
          "-trimpath",
          "-buildvcs=false",
          "-ldflags",
          "-s -w",
          "-o",
          inFolder(part),
          `github.com/pulumi/pulumi-yaml/cmd/${program}`,
        ],
        { cwd: join(packageRoot, "engine", program), environment: { ...process.env, GOWORK: "off" } },
      );
      if (built.code !== 0) throw new CouldNotRun(`${program} could not be built: ${built.stderr.trim()}`);
    },
  });
  return inFolder(folder);
}
