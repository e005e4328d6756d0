import type { JsonObject } from "../evidence/json";
import { isJsonObject } from "../evidence/json";
import type { Json } from "../verdict";
import { withoutColours } from "./bytes";
import { ownWordsOf } from "./ownWords";
import type { RawPreview, RawStep, Said } from "./rawPreview";
import { cutDeep } from "./values";

/** The object that `pulumi preview --json` prints (`pkg/backend/display/json.go` of pulumi 3.259.0). */
export function readDigest(digest: JsonObject): RawPreview {
  const steps = list(digest.steps).flatMap((step) => stepOf(step) ?? []);
  const said = list(digest.diagnostics).flatMap((each) => saidOf(each) ?? []);
  const changeSummary = numbers(digest.changeSummary);
  const errors = said.filter(({ severity }) => severity === "error").map(({ text: words }) => words);
  const empty = steps.length === 0 && digest.changeSummary === undefined && digest.duration === undefined;
  const failure =
    errors.length > 0
      ? errors.join("\n")
      : empty
        ? "the engine printed an object without steps: the preview did not start, and why stands in what it printed on standard error"
        : digest.maybeCorrupt === true
          ? "the engine says that the state may be corrupt"
          : undefined;
  return {
    form: empty && errors.length === 0 ? "none" : "digest",
    steps,
    said,
    policies: [],
    ...(failure === undefined ? {} : { failure }),
    settings: settingsOf(digest.config),
    changeSummary,
    notes: [],
  };
}

function stepOf(value: Json): RawStep | undefined {
  if (!isJsonObject(value)) return undefined;
  const [oldState, newState] = [stateOf(value.oldState), stateOf(value.newState)];
  const state = newState ?? oldState ?? {};
  return {
    op: text(value.op),
    urn: text(value.urn),
    type: text(state.type) || typeIn(text(value.urn)),
    provider: text(value.provider) || text(state.provider),
    oldState,
    newState,
    diffReasons: texts(value.diffReasons),
    replaceReasons: texts(value.replaceReasons),
    detailedDiff: detailedDiff(value.detailedDiff, "kind"),
  };
}

function saidOf(value: Json): Said | undefined {
  if (!isJsonObject(value)) return undefined;
  return said(text(value.severity), text(value.message), text(value.urn));
}

/** A message as a person reads it; undefined for debug lines and empty ones. */
export function said(severity: string, message: string, urn: string): Said | undefined {
  const plain = withoutColours(message)
    .replace(/^(error|warning|info): /u, "")
    .trim();
  const words = severity === "error" ? ownWordsOf(plain) || plain : plain;
  if (words === "" || severity === "debug") return undefined;
  return { severity: severity === "error" || severity === "warning" ? severity : "info", text: words, urn };
}

export function detailedDiff(value: Json | undefined, kind: "kind" | "diffKind"): RawStep["detailedDiff"] {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([path, entry]) => [
      path,
      isJsonObject(entry)
        ? { kind: text(entry[kind]), inputDiff: entry.inputDiff === true }
        : { kind: "", inputDiff: false },
    ]),
  );
}

export function settingsOf(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, text(entry)]));
}

export function numbers(value: Json | undefined): Readonly<Record<string, number>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}

export const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
export const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
export const texts = (value: Json | undefined): readonly string[] =>
  list(value).filter((each): each is string => typeof each === "string");
/** A state of a resource, cut off where it is nested without end. */
export function stateOf(value: Json | undefined): JsonObject | undefined {
  cutDeep(value);
  return objectOf(value);
}

export const objectOf = (value: Json | undefined): JsonObject | undefined => (isJsonObject(value) ? value : undefined);

/**
 * A step that the engine shows nobody, as of its default providers: `--json` leaves it out, `--event-log` does not
 * (`isInternalStep` in pkg/engine/update.go of pulumi 3.259.0).
 */
export function isInternal(metadata: JsonObject): boolean {
  const urn = text(metadata.urn);
  return (
    ["remove-pending-replace", "extend-parameterize"].includes(text(metadata.op)) ||
    (typeIn(urn).startsWith("pulumi:providers:") && nameIn(urn).startsWith("default"))
  );
}

/** The name in a URN. Names may hold "::" themselves, types may not. */
export const nameIn = (urn: string): string => urn.split("::").slice(3).join("::") || urn;

/** The type in a URN: what stands last in the chain of types. */
export function typeIn(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}
