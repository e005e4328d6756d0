import type { EngineEvent, ResourceFacts } from "./events";

export interface SeenResource extends ResourceFacts {
  readonly state: "running" | "done" | "failed";
}

/** The resources of one run, as its events tell them. A replacement's parts are one resource, told as replaced. */
export function resourcesIn(events: readonly EngineEvent[]): readonly SeenResource[] {
  const seen = new Map<string, SeenResource>();
  for (const event of events) {
    if (event.kind !== "started" && event.kind !== "finished" && event.kind !== "failed") continue;
    const { resource } = event;
    const operation = worded(resource.operation, seen.get(resource.urn)?.operation);
    const state = event.kind === "started" ? "running" : event.kind === "finished" ? "done" : "failed";
    seen.set(resource.urn, { ...resource, operation, state });
  }
  return [...seen.values()];
}

/** By operation, for a run that ended without the engine's own summary. */
export function countsOf(resources: readonly SeenResource[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { operation, state } of resources) if (state === "done") counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

function worded(operation: string, before: string | undefined): string {
  switch (operation) {
    case "create-replacement":
    case "delete-replaced":
    case "replace":
    case "discard-replaced":
      return "replace";
    default:
      return before === "replace" && operation === "same" ? "replace" : operation;
  }
}
