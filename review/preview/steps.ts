import type { JsonObject } from "../evidence/json";
import { isJsonObject } from "../evidence/json";
import type { Json } from "../verdict";
import { changesOf, type PropertyChange } from "./changes";
import type { RawPreview, RawStep } from "./rawPreview";

/** What is done to one resource, whatever number of steps the engine needs for it. */
export type Action =
  | "nothing"
  | "create"
  | "update"
  | "replace"
  | "delete"
  | "import"
  | "read"
  | "refresh"
  | "forget"
  | "unknown";

export interface ResourceChange {
  readonly urn: string;
  /** Without an API version: `azure-native:compute:VirtualMachine`. */
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly action: Action;
  /** Words of the engine, in its order. */
  readonly ops: readonly string[];
  /** A provider does the work; components and the stack have none. */
  readonly custom: boolean;
  /** What is deleted or replaced stays in the cloud (retainOnDelete). */
  readonly retained: boolean;
  readonly old?: JsonObject;
  readonly new?: JsonObject;
  readonly changes: readonly PropertyChange[];
  readonly diffReasons: readonly string[];
  readonly replaceReasons: readonly string[];
  /** Place of the deletion among all steps; undefined where nothing is deleted or the preview does not tell. */
  readonly deletedAt?: number;
  readonly source?: Source;
}

export interface Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Every operation of the engine 3.259.0 (`pkg/resource/deploy/step.go`) and what it does to a resource. */
const meaning: Readonly<Record<string, Action>> = {
  same: "nothing",
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  import: "import",
  "import-replacement": "replace",
  read: "read",
  "read-replacement": "read",
  refresh: "refresh",
  discard: "forget",
  "discard-replaced": "forget",
  "remove-pending-replace": "nothing",
  diff: "nothing",
  "extend-parameterize": "nothing",
};

/** A word of this reviewer or of the engine it knows: no secret, whatever a secret may be called. */
export const isOwnWord = (word: string): boolean =>
  Object.hasOwn(meaning, word) || (strongest as readonly string[]).includes(word);

/** What a resource's steps come to: the first of these that is among them. */
const strongest: readonly Action[] = [
  "unknown",
  "replace",
  "delete",
  "create",
  "import",
  "update",
  "refresh",
  "forget",
  "read",
  "nothing",
];

/** One entry a resource, by URN: the order of the engine's words is the race of registration, and changes from run to run. */
export function resourceChanges(preview: RawPreview): readonly ResourceChange[] {
  const byUrn = new Map<string, { step: RawStep; at: number }[]>();
  for (const [at, step] of preview.steps.entries()) {
    const key = step.urn === "" ? `step ${at}` : step.urn;
    const known = byUrn.get(key);
    if (known === undefined) byUrn.set(key, [{ step, at }]);
    else known.push({ step, at });
  }
  const order = new Intl.Collator("en", { numeric: true });
  return [...byUrn.entries()].map(([urn, steps]) => changeOf(urn, steps)).sort((a, b) => order.compare(a.urn, b.urn));
}

function changeOf(urn: string, steps: readonly { step: RawStep; at: number }[]): ResourceChange {
  const actions = steps.map(({ step }) => actionOf(step.op));
  const has = (action: Action): boolean => actions.includes(action);
  const index = (...ops: string[]): number | undefined => steps.find(({ step }) => ops.includes(step.op))?.at;
  // Deleted and made again under one name is a replacement, whatever the engine calls its halves.
  const action = has("delete") && has("create") ? "replace" : (strongest.find(has) ?? "unknown");
  const main =
    steps.find(({ step }) => step.op === "replace") ?? steps.find(({ step }) => actionOf(step.op) === action);
  const step = main?.step ?? (steps[0] as { step: RawStep }).step;
  const old = steps.map((each) => each.step.oldState).find((state) => state !== undefined);
  const next = steps.map((each) => each.step.newState).find((state) => state !== undefined);
  const type = withoutApiVersion(step.type);
  const whole: RawStep = { ...step, type, oldState: step.oldState ?? old, newState: step.newState ?? next };
  const deletion = index("delete-replaced", "delete", "discard-replaced");
  const state = whole.newState ?? whole.oldState ?? {};
  const changes = action === "nothing" || action === "read" ? [] : changesOf(whole);
  return {
    urn,
    type,
    name: urn.split("::").slice(3).join("::") || urn,
    parent: typeof state.parent === "string" ? state.parent : "",
    action,
    ops: steps.map((each) => each.step.op),
    custom: state.custom === true || step.provider !== "",
    retained: whole.oldState?.retainOnDelete === true,
    ...(whole.oldState === undefined ? {} : { old: whole.oldState }),
    ...(action === "delete" || whole.newState === undefined ? {} : { new: whole.newState }),
    changes,
    diffReasons: step.diffReasons,
    replaceReasons: unique(steps.flatMap((each) => each.step.replaceReasons)),
    ...(deletion === undefined ? {} : { deletedAt: deletion }),
    ...sourceOf(state),
  };
}

const actionOf = (op: string): Action => (Object.hasOwn(meaning, op) ? (meaning[op] ?? "unknown") : "unknown");
const unique = <Item>(items: readonly Item[]): readonly Item[] => [...new Set(items)];

/**
 * `azure-native:compute/v20241101:VirtualMachine` is the same machine, and so is that of a generated package
 * (`azure-native_compute_v20241101:compute:VirtualMachine`).
 */
export function withoutApiVersion(type: string): string {
  return type
    .replace(/^azure-native_\w+:/u, "azure-native:")
    .replace(/^((?:azure-native|google-native):[^:/]+)\/v\d\w*:/u, "$1:");
}

/** The first place inside the project; every other frame would show where a machine keeps its files. */
function sourceOf(state: JsonObject): { readonly source?: Source } {
  const frames = Array.isArray(state.stackTrace) ? (state.stackTrace as Json[]) : [];
  const positions = [
    state.sourcePosition,
    ...frames.map((frame) => (isJsonObject(frame) ? frame.sourcePosition : null)),
  ];
  for (const position of positions) {
    if (typeof position !== "string") continue;
    const found = /^project:\/\/\/([^#]+)#(\d+)(?:,(\d+))?$/u.exec(position);
    const [, file = "", line = "0", column = "1"] = found ?? [];
    const inside = found !== null && !/(^|\/)(\.\.|node_modules)(\/|$)/u.test(file) && !/^([A-Za-z]:|\/)/u.test(file);
    if (inside) return { source: { file, line: Number(line), column: Number(column) } };
  }
  return {};
}

/** Inputs as they will be; of a deletion as they were. */
export const inputsOf = (change: ResourceChange): JsonObject => {
  const { inputs } = change.new ?? change.old ?? {};
  return isJsonObject(inputs) ? inputs : {};
};
export const oldInputs = ({ old }: ResourceChange): JsonObject => (isJsonObject(old?.inputs) ? old.inputs : {});
export const newInputs = ({ new: next }: ResourceChange): JsonObject => (isJsonObject(next?.inputs) ? next.inputs : {});

/** What differs and means something. */
export const meantChanges = ({ changes }: ResourceChange): readonly PropertyChange[] =>
  changes.filter(({ noise }) => noise === undefined);

/** Whether all that is told about a change means nothing. */
export function isNoise(change: ResourceChange): boolean {
  return change.action === "update" && change.changes.length > 0 && meantChanges(change).length === 0;
}
