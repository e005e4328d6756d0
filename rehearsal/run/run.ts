import { homedir, tmpdir } from "node:os";
import type { Progress } from "../../engine/progress";
import { EventReader, judgePreview, type PreviewReport } from "../../review/preview";
import type { Json } from "../../review/verdict";
import type { StandingArchive } from "./archives";
import { typedCommands } from "./commandWords";
import { type EngineEvent, shown } from "./events";
import { commandLine } from "./options";
import { ProgressView } from "./progressView";
import { Resources } from "./resources";
import type { Session } from "./session";
import { type Action, type RunSummary, summarize } from "./summary";

export interface FinishedRun {
  readonly summary: RunSummary;
  /** Of a preview: what `entra-connect preview` says of it. */
  readonly review?: PreviewReport;
  readonly resources: Resources;
  /** Archives as the run left them. */
  readonly archives: readonly StandingArchive[];
}

const words: Record<Action, readonly string[]> = {
  // Without a preview first: the program itself refuses bad settings before its first resource.
  up: ["up", "--yes", "--skip-preview", "--json"],
  preview: ["preview", "--json"],
  destroy: ["destroy", "--yes", "--skip-preview", "--json"],
};

/** Runs one command of the engine to its end and says what came of it. */
export async function run(
  session: Session,
  action: Action,
  progress: Progress,
  options: { readonly brief?: boolean } = {},
): Promise<FinishedRun> {
  const began = Date.now();
  const events: EngineEvent[] = [];
  const resources = new Resources();
  const view = new ProgressView(progress, resources, action === "preview", options.brief ?? false);
  let programOutputs: Readonly<Record<string, unknown>> = {};
  const reader = action === "preview" ? new EventReader() : undefined;
  const { stack } = session.options;
  const end = await session
    .pulumi(
      [...words[action], "--stack", stack],
      (event) => {
        events.push(event);
        view.take(event, resources.take(event));
        if (event.kind === "finished" && event.resource.type === "pulumi:pulumi:Stack") programOutputs = event.outputs;
      },
      reader && ((line) => reader.take(line)),
    )
    .finally(() => view.end());

  const outputs = shown(programOutputs);
  const summary = summarize({
    action,
    stack,
    end,
    events,
    resources: resources.all(),
    counts: resources.counts(),
    outputs: isRecord(outputs) ? outputs : {},
    durationSeconds: Math.round((Date.now() - began) / 100) / 10,
    notRehearsed: session.notRehearsed,
    faultsNotMet: session.world.faultsNotMet().map((fault) => fault.text),
    next: commandLine(action, session.options),
    commands: typedCommands(session.options),
    lockTakenAway: session.lockTakenAway,
  });
  const archives = session.world.archives?.() ?? [];
  if (reader === undefined) return { summary, resources, archives };
  const folders = [session.project.folder, session.world.stateFolder, homedir(), tmpdir()];
  return { summary, resources, archives, review: judgePreview(reader.finish(), { folders }) };
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
