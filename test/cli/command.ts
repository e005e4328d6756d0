import { spawn } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "../support/repository";

export const commandLine = join(repositoryRoot, "dist", "cli", "main.js");

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program in a process of its own, and this one goes on: servers of the test answer meanwhile. */
export function program(
  file: string,
  words: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(file, words, { cwd, env: { ...process.env, ...environment } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (part) => {
      stdout += String(part);
    });
    child.stderr.on("data", (part) => {
      stderr += String(part);
    });
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

/** The genuine command. */
export const command = (
  words: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> => program(process.execPath, [commandLine, ...words], cwd, environment);
