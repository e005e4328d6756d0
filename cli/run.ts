import { withoutCommands } from "../review/render/pipelineLog";
import { BadInput, CouldNotRun, type ExitCode, exitCodes } from "../review/verdict";

/** Runs a command's work and turns its end into an exit code. Unexpected errors keep their stack: they are ours to mend. */
export async function runCommand(work: () => Promise<ExitCode>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (error instanceof BadInput) {
      process.stderr.write(withoutCommands(`entra-connect: ${error.message}\n`));
      process.exitCode = exitCodes.badInput;
    } else if (error instanceof CouldNotRun) {
      process.stderr.write(withoutCommands(`entra-connect: ${error.message}\n`));
      process.exitCode = exitCodes.couldNotRun;
    } else {
      process.stderr.write(
        `entra-connect: unexpected error, please report it\n${(error as Error)?.stack ?? String(error)}\n`,
      );
      process.exitCode = exitCodes.couldNotRun;
    }
  }
}
