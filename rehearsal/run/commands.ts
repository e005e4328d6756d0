import { progressTo } from "../../engine/progress";
import { type ExitCode, exitCodes } from "../../review/verdict";
import type { RehearsalOptions } from "./options";
import { run } from "./run";
import { type OpenWorld, openSession } from "./session";
import { type Action, exitCodeFor } from "./summary";
import { runJson, runText } from "./text";

/** `rehearse up`, `preview`, `destroy`: one run of the engine in the kept world. */
export async function rehearseOnce(action: Action, options: RehearsalOptions, openWorld: OpenWorld): Promise<ExitCode> {
  // The set-up may take minutes and is always told; the run itself only to people.
  const session = await openSession({ rehearsal: options, progress: progressTo(), openWorld });
  try {
    const finished = await run(session, action, options.json ? "unread" : "shown");
    process.stdout.write(options.json ? runJson(finished) : runText(finished));
    return exitCodeFor(finished.summary);
  } finally {
    await session.close();
  }
}

/** `rehearse serve`: the world for other shells and other programs, until interrupted or standard input closes. */
export async function serve(options: RehearsalOptions, openWorld: OpenWorld): Promise<ExitCode> {
  const session = await openSession({ rehearsal: options, progress: progressTo(), openWorld });
  try {
    const { additions, cli, project, world } = session;
    const providers = Object.fromEntries(
      Object.entries(session.providers).map(([name, port]) => [name, `127.0.0.1:${port}`]),
    );
    if (options.json) {
      const told = {
        environment: additions,
        pulumi: cli.path,
        providers,
        project: project.folder,
        stack: project.stack,
        ...(world.jumpHost ? { jumpHost: `${world.jumpHost.host}:${world.jumpHost.port}` } : {}),
      };
      process.stdout.write(`${JSON.stringify(told)}\n`);
    } else {
      process.stdout.write(servedText(session.additions, cli.path, project.folder, project.stack));
    }
    await untilToldToEnd();
    return exitCodes.ok;
  } finally {
    await session.close();
  }
}

function servedText(
  environment: Readonly<Record<string, string>>,
  pulumi: string,
  folder: string,
  stack: string,
): string {
  const windows = process.platform === "win32";
  const quoted = (value: string): string => `'${value.replaceAll("'", windows ? "''" : "'\\''")}'`;
  const lines = Object.entries(environment).map(([name, value]) =>
    windows ? `$env:${name} = ${quoted(value)}` : `export ${name}=${quoted(value)}`,
  );
  const call = windows ? `& ${quoted(pulumi)}` : quoted(pulumi);
  return [
    "The simulated world is running. Put these lines into another shell:",
    "",
    ...lines,
    "",
    "then, for the rehearsed project:",
    "",
    `  ${call} up --stack ${stack} --cwd ${quoted(folder)}`,
    "",
    "or, in the folder of a Pulumi program of your own (Node 22 or later on PATH):",
    "",
    `  ${call} up`,
    "",
    "Ctrl-C here ends it; the world is kept.",
    "",
  ].join("\n");
}

function untilToldToEnd(): Promise<void> {
  return new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
    // A closed pipe ends it, so that a script that started it and died leaves nothing behind.
    process.stdin.once("end", () => resolve());
    process.stdin.once("close", () => resolve());
    process.stdin.resume();
  }).finally(() => {
    process.stdin.pause();
  });
}
