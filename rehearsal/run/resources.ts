import type { EngineEvent, ResourceFacts } from "./events";

export type ResourceState = "planned" | "running" | "done" | "failed";

export interface SeenResource extends ResourceFacts {
  state: ResourceState;
  /** Wall-clock milliseconds of the start, for progress. */
  readonly startedAt: number;
}

/** The resources of one run, as its events tell them. A replacement's parts are one resource, shown as replaced. */
export class Resources {
  private readonly seen = new Map<string, SeenResource>();

  take(event: EngineEvent): SeenResource | undefined {
    if (event.kind !== "started" && event.kind !== "finished" && event.kind !== "failed") return undefined;
    const { resource } = event;
    const before = this.seen.get(resource.urn);
    const state = event.kind === "started" ? "running" : event.kind === "finished" ? "done" : "failed";
    const operation = worded(resource.operation, before?.operation);
    const now: SeenResource = {
      ...resource,
      operation,
      state,
      changed: resource.changed.length > 0 ? resource.changed : (before?.changed ?? []),
      startedAt: event.kind === "started" ? Date.now() : (before?.startedAt ?? Date.now()),
    };
    this.seen.set(resource.urn, now);
    return now;
  }

  all(): readonly SeenResource[] {
    return [...this.seen.values()];
  }

  running(): readonly SeenResource[] {
    return this.all().filter((resource) => resource.state === "running");
  }

  /** Counts by operation, for a run that ended without the engine's own summary. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const resource of this.seen.values()) {
      if (resource.state === "done") counts[resource.operation] = (counts[resource.operation] ?? 0) + 1;
    }
    return counts;
  }
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

const past: Readonly<Record<string, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  same: "unchanged",
  import: "imported",
  read: "read",
};

/** `created`, or in a preview `to create`. */
export function outcome(resource: SeenResource, preview: boolean): string {
  if (resource.state === "failed") return "FAILED";
  if (resource.operation === "same") return "unchanged";
  if (preview) return `to ${resource.operation}`;
  return resource.state === "running" ? "not finished" : (past[resource.operation] ?? resource.operation);
}

/** Providers, and the stack's look at its own last outputs: part of every run, and nobody's resource. */
export function isPlumbing(type: string): boolean {
  return type.startsWith("pulumi:providers:") || type === "pulumi:pulumi:StackReference";
}

/** So many of one type and one outcome in one place are one line: each had its own while the run went on. */
const manyAlike = 6;

/** The resources as a tree of lines: type, name, what happened. */
export function tree(resources: readonly SeenResource[], preview: boolean): string[] {
  const shown = resources.filter((resource) => !isPlumbing(resource.type));
  const urns = new Set(shown.map((resource) => resource.urn));
  const children = new Map<string, SeenResource[]>();
  for (const resource of shown) {
    // What lost its place in the program still hangs under its last parent, or at the top.
    const parent = urns.has(resource.parent) && resource.parent !== resource.urn ? resource.parent : "";
    children.set(parent, [...(children.get(parent) ?? []), resource]);
  }
  const lines: { left: string; right: string }[] = [];
  const walk = (parent: string, indent: string): void => {
    const here = [...(children.get(parent) ?? [])].sort(
      (a, b) => a.type.localeCompare(b.type) || a.name.localeCompare(b.name),
    );
    const groups = alike(here, preview, (resource) => children.has(resource.urn));
    groups.forEach(([resource, ...others], index) => {
      const last = index === groups.length - 1;
      const top = parent === "";
      const branch = top ? "" : last ? "└─ " : "├─ ";
      const what =
        others.length === 0
          ? `${shortType(resource.type)} ${resource.name}`
          : `${others.length + 1} ${shortType(resource.type)}`;
      lines.push({ left: `${indent}${branch}${what}`, right: outcome(resource, preview) });
      walk(resource.urn, top ? indent : `${indent}${last ? "   " : "│  "}`);
    });
  };
  walk("", "");
  const width = Math.min(92, Math.max(0, ...lines.map(({ left }) => left.length)));
  return lines.map(({ left, right }) => `${left.padEnd(width)}  ${right}`);
}

type Group = readonly [SeenResource, ...SeenResource[]];

/** Each by itself, but for many that differ in nothing but their name. What failed or was not finished always has its own line. */
function alike(
  sorted: readonly SeenResource[],
  preview: boolean,
  hasChildren: (resource: SeenResource) => boolean,
): readonly Group[] {
  const keyOf = (resource: SeenResource): string =>
    resource.state === "done" && !hasChildren(resource)
      ? `${resource.type} ${outcome(resource, preview)}`
      : resource.urn;
  const groups = new Map<string, SeenResource[]>();
  for (const resource of sorted) groups.set(keyOf(resource), [...(groups.get(keyOf(resource)) ?? []), resource]);
  return [...groups.values()].flatMap((group): readonly Group[] => {
    const [first, ...others] = group;
    if (first === undefined) return [];
    return group.length >= manyAlike ? [[first, ...others]] : group.map((each): Group => [each]);
  });
}

/** `azure-native:compute:VirtualMachine` -> `compute.VirtualMachine`; the stack is called that. */
export function shortType(type: string): string {
  if (type === "pulumi:pulumi:Stack") return "stack";
  const parts = type.split(":");
  const middle = (parts[1] ?? "").split("/")[0] ?? "";
  return parts[0] === "azure-native" || parts[0] === "command" ? `${middle}.${parts[2] ?? ""}` : (parts[2] ?? type);
}
