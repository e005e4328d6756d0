import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestPowershell } from "../../rehearsal/windows/testPowershell";
import { repositoryRoot } from "../support/repository";

export const collectorFile = join(repositoryRoot, "scripts", "collect.ps1");

export const collectorText = (): string => readFileSync(collectorFile, "utf8");
const stub = join(repositoryRoot, "test", "scripts", "stub");

/** What the make-believe server answers; see stub/ADSync/ADSync.psm1. */
export interface Plan {
  readonly configuration: string;
  readonly failing?: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
  readonly asking?: readonly string[];
  /** Path of the engine as its service names it; absent: Windows does not say. */
  readonly engine?: string;
  /** Of the source Directory Synchronization; absent: the event log cannot be read. */
  readonly events?: readonly { readonly id: number; readonly at: string }[];
}

export interface CollectRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The `C:` drive of the make-believe server. */
  readonly drive: string;
  readonly archives: readonly string[];
  /** Names in the output folder, hidden ones too. */
  readonly left: readonly string[];
  /** Cmdlets that were called, in order. */
  readonly calls: readonly string[];
}

export interface Surroundings {
  /** Folder in which PowerShell looks for modules. */
  readonly modules?: string;
  /** No file can become larger than this many blocks of 512 bytes: a disk that is full in the middle. */
  readonly fileBlocks?: string;
}

/** Runs scripts/collect.ps1 in the test PowerShell with nothing on standard input. */
export async function collect(
  powershell: TestPowershell,
  folder: string,
  plan: Plan,
  parameters: Readonly<Record<string, string | boolean>> = { OutputFolder: "C:\\Evidence" },
  { modules = stub, fileBlocks = "unlimited" }: Surroundings = {},
): Promise<CollectRun> {
  const drive = join(folder, "C");
  mkdirSync(drive, { recursive: true });
  const planFile = join(folder, "plan.json");
  writeFileSync(planFile, JSON.stringify({ failing: {}, absent: [], asking: [], ...plan }));
  const limited = `trap "" XFSZ; ulimit -f ${fileBlocks}; exec "$@"`;
  const words = [powershell.path, "-NoProfile", "-NonInteractive", "-File", join(stub, "start.ps1")];
  const child = spawn("sh", ["-c", limited, "sh", ...words], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...{ PATH: "/usr/bin:/bin", HOME: powershell.home, TZ: "UTC", NO_COLOR: "1", COMPUTERNAME: "AADC-STG-G1" },
      ...{ PSModulePath: modules, COLLECT_STUB: planFile, COLLECT_DRIVE: drive, COLLECT_SCRIPT: collectorFile },
      // The runtime's own memory files fall under the limit too, unless it does without them.
      DOTNET_EnableWriteXorExecute: "0",
      COLLECT_PARAMETERS: JSON.stringify(parameters),
    },
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    said.stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said.stderr += chunk.toString();
  });
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
  const output = join(drive, "Evidence");
  const left = namesIn(output);
  const archives = left.filter((name) => name.endsWith(".zip")).map((name) => join(output, name));
  const calls = namesIn(folder).includes("calls.txt")
    ? readFileSync(join(folder, "calls.txt"), "utf8").split("\n")
    : [];
  return { exitCode, ...said, drive, archives, left, calls: calls.filter((line) => line !== "") };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
