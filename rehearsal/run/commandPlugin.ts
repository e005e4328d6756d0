import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { rcompare, valid } from "semver";
import { LineCutter } from "../../engine/languageHost/engineLog";
import { programOnPath } from "../../engine/programOnPath";
import { CouldNotRun } from "../../review/verdict";
import type { RunningProvider } from "../world/contract";

const program = "pulumi-resource-command";
const executable = process.platform === "win32" ? `${program}.exe` : program;
const startSeconds = 20;

/** The genuine command plugin: on PATH, else the newest in $PULUMI_HOME/plugins (default ~/.pulumi/plugins). */
export function findGenuineCommandPlugin(environment: NodeJS.ProcessEnv = process.env): string {
  const onPath = programOnPath(program, environment);
  if (onPath) return onPath;
  const plugins = join(environment.PULUMI_HOME || join(homedir(), ".pulumi"), "plugins");
  const versions = existsSync(plugins)
    ? readdirSync(plugins).flatMap((name) => {
        const version = valid(/^resource-command-v(.+)$/.exec(name)?.[1] ?? null);
        return version && existsSync(join(plugins, name, executable)) ? [version] : [];
      })
    : [];
  const newest = versions.sort(rcompare)[0];
  if (newest) return join(plugins, `resource-command-v${newest}`, executable);
  throw new CouldNotRun(
    `the genuine command plugin is not installed: there is no ${program} on PATH and none in ${plugins}. ` +
      'Install it with "pulumi plugin install resource command 1.2.1", or leave --command-plugin out: the stand-in does the same work.',
  );
}

/** Starts a genuine plugin for attaching: it prints its port first and waits for the engine to introduce itself. */
export async function startGenuineCommandPlugin(
  path: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningProvider> {
  const child = spawn(path, [], { env: { ...environment }, stdio: ["ignore", "pipe", "inherit"], windowsHide: true });
  const stop = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", stop);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    const refuse = (why: string): void => reject(new CouldNotRun(`the command plugin ${path} did not start: ${why}`));
    const timer = setTimeout(() => refuse(`no port within ${startSeconds} s`), startSeconds * 1000);
    const lines = new LineCutter((line) => {
      clearTimeout(timer);
      const told = Number.parseInt(line, 10);
      if (Number.isInteger(told) && told > 0) resolve(told);
      else refuse(`it printed "${line}" instead of a port`);
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => lines.push(text));
    child.once("error", (error) => refuse(error.message));
    child.once("close", (code) => refuse(`it ended with exit code ${code}`));
  }).catch((error: unknown) => {
    stop();
    throw error;
  });
  return {
    port,
    async stop() {
      process.removeListener("exit", stop);
      stop();
      await ended;
    },
  };
}
