import { equal } from "./equality";
import type { Property, PropertyMap } from "./property";
import { hasValue, isOutputValue, nullProperty } from "./property";
import type { ResourceShape } from "./shape";

export type Change = "add" | "update" | "delete";

export interface DetailedChange {
  readonly change: Change;
  readonly replaces: boolean;
}

export interface DiffAnswer {
  /** False where nothing differs, but also where the only difference is a whole unknown secret. */
  readonly changed: boolean;
  /** By property path, for example `environment["a.b-c"]` or `triggers[0]`. */
  readonly detailed: ReadonlyMap<string, DetailedChange>;
  /** Top-level names. */
  readonly diffs: readonly string[];
  readonly replaces: readonly string[];
}

export interface DiffQuestion {
  readonly state: PropertyMap;
  readonly inputs: PropertyMap;
  /** Undefined where the engine did not say that it sends them; then they are taken from the state. */
  readonly oldInputs?: PropertyMap;
  readonly ignoreChanges: readonly string[];
}

type Path = readonly (string | number)[];
type Leaf = { readonly path: Path; readonly change: Change };

/** Diff of one resource (facts: command-provider.md, Diff): old inputs against new inputs, the state does not count. */
export function diff(question: DiffQuestion, shape: ResourceShape): DiffAnswer {
  const inputs = new Map(withIgnored(question.inputs, question.state, question.ignoreChanges));
  for (const key of inputs.keys()) if (key === "version" || key.startsWith("__")) inputs.delete(key);
  const leaves = diffMaps(question.oldInputs ?? inputsInState(question.state, shape), inputs, []);
  const detailed = new Map<string, DetailedChange>();
  for (const { path, change } of leaves) {
    const at = pathText(path);
    detailed.set(at, { change, replaces: replaces(at, shape) });
  }
  const top = (some: readonly Leaf[]): string[] => [...new Set(some.map((leaf) => String(leaf.path[0])))];
  return {
    changed: leaves.length > 0,
    detailed,
    diffs: top(leaves),
    replaces: top(leaves.filter((leaf) => replaces(pathText(leaf.path), shape))),
  };
}

/** ignoreChanges knows whole top-level inputs only, and takes the old value from the state. */
export function withIgnored(inputs: PropertyMap, state: PropertyMap, ignored: readonly string[]): PropertyMap {
  const kept = new Map(inputs);
  for (const name of ignored) {
    const old = state.get(name);
    if (old !== undefined) kept.set(name, old);
  }
  return kept;
}

function inputsInState(state: PropertyMap, shape: ResourceShape): PropertyMap {
  return new Map(shape.inputs.fields.map((field) => [field.name, state.get(field.name) ?? nullProperty]));
}

/** CopyFile cannot be updated, so whatever changes replaces it. */
function replaces(path: string, shape: ResourceShape): boolean {
  if (shape.kind === "remote:CopyFile") return true;
  return shape.inputs.fields.some((field) => field.name === path && field.replaces);
}

function diffMaps(old: PropertyMap, next: PropertyMap, path: Path): Leaf[] {
  const leaves: Leaf[] = [];
  for (const [key, before] of old) {
    const at = [...path, key];
    const after = next.get(key);
    if (after === undefined) {
      if (hasValue(before)) leaves.push({ path: at, change: "delete" });
    } else if (!isOutputValue(after)) {
      const inner = diffValues(before, after, at);
      if (inner.length === 0) continue;
      if (!hasValue(before)) leaves.push({ path: at, change: "add" });
      else if (!hasValue(after)) leaves.push({ path: at, change: "delete" });
      else leaves.push(...inner);
    }
  }
  for (const [key, after] of next) {
    if (!old.has(key) && hasValue(after)) leaves.push({ path: [...path, key], change: "add" });
  }
  return leaves;
}

/** Lists and maps are compared inside only where neither side is secret or an output value. */
function diffValues(before: Property, after: Property, path: Path): Leaf[] {
  const open = !marked(before) && !marked(after);
  if (open && before.kind === "list" && after.kind === "list") return diffLists(before.items, after.items, path);
  if (open && before.kind === "map" && after.kind === "map") return diffMaps(before.entries, after.entries, path);
  if (equal(before, after, { dependencies: true })) return [];
  if (isNull(before)) return [{ path, change: "add" }];
  return [{ path, change: isNull(after) ? "delete" : "update" }];
}

function diffLists(before: readonly Property[], after: readonly Property[], path: Path): Leaf[] {
  const leaves: Leaf[] = [];
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    const at = [...path, index];
    const [one, other] = [before[index], after[index]];
    if (one === undefined) leaves.push({ path: at, change: "add" });
    else if (other === undefined) leaves.push({ path: at, change: "delete" });
    else leaves.push(...diffValues(one, other, at));
  }
  return leaves;
}

const marked = (value: Property): boolean => value.secret || isOutputValue(value);
const isNull = (value: Property): boolean => value.kind === "null" && !marked(value);

/** Pulumi's own notation: dots, `[0]`, and quotes around keys with anything but letters, digits and `_`. */
export function pathText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (/[^A-Za-z0-9_]/.test(part)) return `["${part.replaceAll('"', '\\"')}"]`;
      return index === 0 ? part : `.${part}`;
    })
    .join("");
}
