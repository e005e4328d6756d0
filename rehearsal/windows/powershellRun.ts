import { join } from "node:path";
import type { ServerFolder } from "../world/contract";
import type { GivenWords } from "./commandLine";
import { takeProcess } from "./powershellProcess";
import type { TestPowershell } from "./testPowershell";

export interface PowershellRun {
  /** File of this machine that holds the script's text. */
  readonly scriptFile: string;
  readonly parameters?: GivenWords;
  /** How the run ends where the text does not say, or cannot be read; default 0 and 1. */
  readonly codeAtEnd?: number;
  readonly computerName: string;
  /** Where the machine's own way to Azure ends on loopback; undefined: nobody answers. */
  readonly http?: string;
  readonly stdin: Buffer;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
  readonly signal?: AbortSignal;
  readonly timeoutMilliseconds: number;
}

/** How an ended run that did not end by itself is told from one that did. */
export const killedExitCode = 1;

/**
 * One script over the files of one simulated machine, in a process that has run others before and will again
 * (`stub/worker.ps1` says what keeps them apart). One that is ended from outside ends its process. Resolves with the exit code.
 */
export async function runInPowershell(
  powershell: TestPowershell,
  server: ServerFolder,
  run: PowershellRun,
): Promise<number> {
  if (run.signal?.aborted) return killedExitCode;
  const process = takeProcess(powershell);
  const kill = () => process.kill();
  const timer = setTimeout(kill, run.timeoutMilliseconds);
  run.signal?.addEventListener("abort", kill, { once: true });
  try {
    const code = await process.run({
      environment: {
        TEST_REGISTRY: join(server.path, "registry.json"),
        REHEARSAL_SERVER: server.path,
        COMPUTERNAME: run.computerName,
        REHEARSAL_SCRIPT: run.scriptFile,
        ...(run.http !== undefined && { REHEARSAL_HTTP: run.http }),
        ...(run.codeAtEnd !== undefined && { REHEARSAL_CODE_AT_END: String(run.codeAtEnd) }),
        ...(run.parameters && { REHEARSAL_PARAMETERS: JSON.stringify(run.parameters) }),
      },
      stdin: run.stdin,
      onStdout: run.onStdout,
      onStderr: run.onStderr,
    });
    return code ?? killedExitCode;
  } finally {
    clearTimeout(timer);
    run.signal?.removeEventListener("abort", kill);
  }
}
