import { progressTo } from "../../engine/progress";
import { recoverStack } from "../../engine/recovery/recoverStack";
import { type RecoveryReport, recoveryPage } from "../../review/recovery";
import { writeReport } from "../../review/render";
import { type ExitCode, exitCodeOf } from "../../review/verdict";
import { typedCommands } from "./commandWords";
import { noWorld, type RehearsalOptions } from "./options";
import { type OpenWorld, openSession, type Session } from "./session";

/** `rehearse recover`: what an interrupted run left in the simulated world's state, by the very code of `entra-connect recover`. */
export async function rehearseRecover(
  options: RehearsalOptions & { readonly yes: boolean },
  openWorld: OpenWorld,
  hasWorld: boolean,
): Promise<ExitCode> {
  if (!hasWorld) throw noWorld(options);
  const session = await openSession({ rehearsal: options, progress: progressTo(), openWorld, leaveState: true });
  try {
    const report = await recoverRehearsed(session, options.yes);
    await writeReport({ page: recoveryPage(report), report, format: options.json ? "json" : "text" });
    return exitCodeOf(report.verdict);
  } finally {
    await session.close();
  }
}

/** The same within a session that was opened with `leaveState`. */
export function recoverRehearsed(session: Session, yes: boolean): Promise<RecoveryReport> {
  const { project, environment, options } = session;
  return recoverStack(
    {
      project: project.name,
      stack: project.stack,
      backendUrl: environment.PULUMI_BACKEND_URL ?? "",
      folder: project.folder,
      commands: typedCommands(options),
      pulumi: async (args) => {
        const { code, output, errors } = await session.pulumi(args);
        return { code, stdout: output, stderr: errors };
      },
    },
    yes,
  );
}
