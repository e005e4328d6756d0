import { existsSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { EventReader, judgePreview, type PreviewReport } from "../../review/preview";
import type { Json } from "../../review/verdict";
import type { StandingArchive } from "./archives";
import { typedCommands } from "./commandWords";
import { type EngineEvent, parseEvent, shown } from "./events";
import { commandLine } from "./options";
import type { Session } from "./session";
import { type Action, type RunSummary, summarize } from "./summary";

export interface FinishedRun {
  readonly summary: RunSummary;
  /** Of a preview: what `entra-connect preview` says of it. */
  readonly review?: PreviewReport;
  /** Archives as the run left them. */
  readonly archives: readonly StandingArchive[];
}

const words: Record<Action, readonly string[]> = {
  // Without a preview first: the program itself refuses bad settings before its first resource.
  up: ["up", "--yes", "--skip-preview"],
  preview: ["preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/** Out of its display go the outputs, which the summary tells in one line each, dots and an advertisement. */
const tamed = ["--suppress-outputs", "--suppress-progress", "--suppress-permalink=true"];

/**
 * Runs one command of the engine to its end and says what came of it.
 * @param display `shown`: the engine's own display goes to standard output as it is; `unread` (default): to nobody
 */
export async function run(
  session: Session,
  action: Action,
  display: "shown" | "unread" = "unread",
): Promise<FinishedRun> {
  const began = Date.now();
  const { stack } = session.options;
  const log = join(session.world.stateFolder, "events.jsonl");
  rmSync(log, { force: true });
  const end = await session.pulumi([...words[action], "--stack", stack, ...tamed, "--event-log", log], display);
  // None where the engine refused before it began.
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
  rmSync(log, { force: true });

  const events = lines.map(parseEvent).filter((event): event is EngineEvent => event !== undefined);
  const outputs = shown(outputsIn(events));
  const summary = summarize({
    action,
    stack,
    end,
    events,
    outputs: isRecord(outputs) ? outputs : {},
    durationSeconds: Math.round((Date.now() - began) / 100) / 10,
    notRehearsed: session.notRehearsed,
    faultsNotMet: session.world.faultsNotMet().map((fault) => fault.text),
    next: commandLine(action, session.options),
    commands: typedCommands(session.options),
    lockTakenAway: session.lockTakenAway,
  });
  const archives = session.world.archives?.() ?? [];
  if (action !== "preview") return { summary, archives };
  const reader = new EventReader();
  for (const line of lines) reader.take(line);
  const folders = [session.project.folder, session.world.stateFolder, homedir(), tmpdir()];
  return { summary, archives, review: judgePreview(reader.finish(), { folders }) };
}

function outputsIn(events: readonly EngineEvent[]): Readonly<Record<string, unknown>> {
  const told = events.findLast((event) => event.kind === "finished" && event.resource.type === "pulumi:pulumi:Stack");
  return told?.kind === "finished" ? told.outputs : {};
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
