import { isJsonObject, type JsonObject } from "../../review/evidence/json";
import { withoutColours } from "../../review/preview/bytes";
import { isInternal, nameIn, numbers, objectOf, text } from "../../review/preview/digest";
import type { Json } from "../../review/verdict";

/** What the engine is doing with a resource; only the operations that a run of ours can meet are named. */
export type Operation = string;

export interface ResourceFacts {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly operation: Operation;
  /** A provider does the work; components and the stack have none. */
  readonly custom: boolean;
}

/** The engine's event lines, reduced to what a rehearsal tells. Everything else is left out when parsing. */
export type EngineEvent =
  | { readonly kind: "started"; readonly resource: ResourceFacts }
  | { readonly kind: "finished"; readonly resource: ResourceFacts; readonly outputs: JsonObject }
  | { readonly kind: "failed"; readonly resource: ResourceFacts }
  | {
      readonly kind: "said";
      readonly severity: "info" | "warning" | "error";
      readonly text: string;
      readonly urn: string;
    }
  /** Somebody asked the engine to stop: on a terminal it reads ^C from the keyboard itself. */
  | { readonly kind: "interrupted" }
  | { readonly kind: "summary"; readonly result: string; readonly changes: Readonly<Record<string, number>> };

/** One line of the event stream; undefined for what is no event or tells nothing (debug lines, the prelude). */
export function parseEvent(line: string): EngineEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  let event: JsonObject;
  try {
    event = record(JSON.parse(line) as Json);
  } catch {
    return undefined;
  }
  if ("resOpFailedEvent" in event) return { kind: "failed", resource: resource(metadataOf(event.resOpFailedEvent)) };
  const metadata = metadataOf(event.resourcePreEvent ?? event.resOutputsEvent);
  if (isInternal(metadata)) return undefined;
  if ("resourcePreEvent" in event) return { kind: "started", resource: resource(metadata) };
  if ("resOutputsEvent" in event) {
    return { kind: "finished", resource: resource(metadata), outputs: record(record(metadata.new).outputs) };
  }
  if ("summaryEvent" in event) {
    const summary = record(event.summaryEvent);
    return { kind: "summary", result: text(summary.result), changes: numbers(summary.resourceChanges) };
  }
  if ("diagnosticEvent" in event) return diagnostic(record(event.diagnosticEvent));
  if ("stdoutEvent" in event && /(\^C|SIGTERM) received/.test(text(record(event.stdoutEvent).message)))
    return { kind: "interrupted" };
  return undefined;
}

function diagnostic(event: JsonObject): EngineEvent | undefined {
  // Exceptions keep their colours even with --color never (measured).
  const said = withoutColours(text(event.message)).trimEnd();
  const severity = text(event.severity);
  if (!said || severity === "debug") return undefined;
  return {
    kind: "said",
    severity: severity === "error" || severity === "warning" ? severity : "info",
    text: said,
    urn: text(event.urn),
  };
}

function resource(metadata: JsonObject): ResourceFacts {
  const urn = text(metadata.urn);
  return {
    urn,
    type: text(metadata.type),
    name: nameIn(urn),
    operation: text(metadata.op),
    custom: text(metadata.provider) !== "",
  };
}

const secretMark = "4dabf18193072939515e22adb298388d";
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value of the event stream as people may see it: secrets and what is not known yet are words. */
export function shown(value: Json): Json {
  if (value === unknownMark) return "[known after up]";
  if (Array.isArray(value)) return value.map(shown);
  if (!isJsonObject(value)) return value;
  return secretMark in value ? "[secret]" : shownMembers(value);
}

export function shownMembers(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}

/**
 * An error's own words: without the frames of its stack, what Node shows of its members behind them, the runner's
 * introduction, and the resources through whose inputs it came (the engine's SDK names one for each that waited for the one
 * before).
 */
export function withoutStack(message: string): string {
  return message
    .replace(/(?:error serializing property "[^"]*":\s*(?:Error:\s*)?)+/g, "")
    .replace(/^(\s+at .+) \{\n(?:\s+.*\n)*?\s*\}$/gm, "$1")
    .split("\n")
    .filter((line) => !/^\s+at .+(:\d+:\d+\)?|\(<anonymous>\))$/.test(line))
    .filter((line) => !/^(error: )?Running program .* failed with an unhandled exception:$/.test(line.trim()))
    .join("\n")
    .replace(/^\s*(?:error: )?(?:<ref \*\d+> )?Error: /, "");
}

const metadataOf = (event: Json | undefined): JsonObject => record(record(event).metadata);

const record = (value: Json | undefined): JsonObject => objectOf(value) ?? {};
