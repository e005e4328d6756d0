import { duration, progressTo } from "../../engine/progress";
import { type ExitCode, exitCodes } from "../../review/verdict";
import { alertCountText } from "./alerts";
import { commandLine, type RehearsalOptions } from "./options";
import { run } from "./run";
import { type OpenWorld, openSession } from "./session";
import { exitCodeFor, type RunSummary } from "./summary";
import { heading, runText } from "./text";

/** One thing that the newcomer's run shows to hold. */
export interface Claim {
  readonly holds: boolean;
  readonly text: string;
}

/**
 * `npm run rehearse`: the product's main job on a new world: up, a second up that changes nothing, and what that
 * showed. Exit code 0 only if all of it held.
 */
export async function newcomerRun(options: RehearsalOptions, openWorld: OpenWorld): Promise<ExitCode> {
  const began = Date.now();
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const display = options.json ? "unread" : "shown";
  const session = await openSession({ rehearsal: { ...options, reset: true }, progress: progressTo(), openWorld });
  try {
    if (!options.json) {
      say(
        `Rehearsing stack ${session.options.stack} with Pulumi ${session.cli.version}; simulated world: ${session.world.folder}`,
      );
      say(heading("1  pulumi up: the passive server is built beside the active one"));
      say("What stands below for the operator at the wizard, a simulated one does; you have nothing to do.\n");
    }
    const first = await run(session, "up", display);
    if (!options.json) say(runText(first).trimEnd());
    if (first.summary.result !== "succeeded") {
      if (options.json) say(JSON.stringify({ first: first.summary }, null, 2));
      return exitCodeFor(first.summary);
    }
    if (!options.json) say(heading("2  pulumi up again: nothing may change"));
    const second = await run(session, "up", display);
    const claims = judge(first.summary, second.summary);
    const held = claims.every((claim) => claim.holds);
    if (options.json) {
      say(JSON.stringify({ held, claims, first: first.summary, second: second.summary }, null, 2));
    } else {
      if (second.summary.result !== "succeeded") say(runText(second));
      say(heading(`Summary (${duration(Date.now() - began)})`));
      for (const claim of claims) say(`  ${claim.holds ? "held  " : "FAILED"}  ${claim.text}`);
      for (const each of session.world.alerts?.() ?? []) say(`  watched ${alertCountText(each)}`);
      say(whatNext(session.options));
    }
    if (held) return exitCodes.ok;
    const code = Math.max(exitCodeFor(first.summary), exitCodeFor(second.summary));
    return code === exitCodes.ok ? exitCodes.blocked : exitCodeFor(second.summary);
  } finally {
    await session.close();
  }
}

/** What has to hold for exit code 0. */
export function judge(first: RunSummary, second: RunSummary): readonly Claim[] {
  const { changes } = second;
  const touched = changes.create + changes.import + changes.update + changes.replace + changes.delete;
  return [
    { holds: first.result === "succeeded" && first.changes.create > 0, text: "the first up built the server" },
    {
      holds: first.verdict === "ok" && typeof first.outputs.verdict === "string",
      text: "the server was verified: in staging mode, exporting nothing",
    },
    { holds: second.result === "succeeded" && touched === 0, text: "the second up changed nothing" },
  ];
}

function whatNext(options: RehearsalOptions): string {
  const entry = (why: string, command: string, more = "", stack = options.stack): string =>
    `  ${why}\n      ${commandLine(command, { ...options, stack })}${more}`;
  return [
    heading("What to try next (the simulated world is kept)"),
    entry("The simulated Azure and servers, and every call:", "show"),
    entry("What a changed setting in Pulumi.rehearsal.yaml would do:", "preview"),
    entry(
      'An upgrade of Windows: copy block "1" of its generations to "2", another image in it; beside the first:',
      "up",
    ),
    entry("The operator's worst mistake, and what stops it:", "up", " --reset --operator staging-unticked"),
    entry("A connection lost in the middle; then up again:", "up", " --reset --fault ssh:install-package=lost"),
    entry("Your own settings, nothing real touched:", "up", " --reset", "prod"),
    entry("A role switch, step by step, on two simulated servers:", "switch"),
    entry("The world for plain pulumi and for your own program:", "serve"),
    entry("Retire the server; its guard is asked first:", "destroy"),
  ].join("\n");
}
