import { isJsonObject, type JsonObject } from "../evidence/json";
import { pathText } from "../posture/resource";
import type { Json } from "../verdict";
import { type Noise, noiseOf } from "./noise";
import type { RawStep } from "./rawPreview";
import { canonical, plain, secretWord, signature } from "./values";

/** One property that differs. */
export interface PropertyChange {
  /** As the engine writes it: `a.b[0]["c.d"]`. */
  readonly path: string;
  /** null where there is none. */
  readonly old: Json;
  readonly new: Json;
  /** Set where the difference means nothing. */
  readonly noise?: Noise;
}

type Path = readonly (string | number)[];

/**
 * What differs between the inputs of a step: compared here, since the engine tells nothing about components and of a
 * secret's content only that it differs; and what the provider says on top of it.
 */
export function changesOf(step: RawStep): readonly PropertyChange[] {
  if (step.oldState === undefined || step.newState === undefined) return [];
  const found: PropertyChange[] = [];
  compare(step.oldState.inputs ?? null, step.newState.inputs ?? null, [], (path, old, next) => {
    const noise = noiseOf({ type: step.type, path, old, new: next });
    found.push({ path: pathText(path), old, new: next, ...(noise === undefined ? {} : { noise }) });
  });
  for (const path of toldPaths(step)) {
    if (found.some((each) => covers(each.path, path) || covers(path, each.path))) continue;
    const [old, next] = [lookUp(step.oldState, path), lookUp(step.newState, path)];
    // An output that the provider calculates anew with nothing to show for it is told all the same: it is the reason.
    const noise = noiseOf({ type: step.type, path: namesIn(path), old, new: next });
    found.push({ path, old, new: next, ...(noise === undefined || noise === "order" ? {} : { noise }) });
  }
  return found;
}

function toldPaths(step: RawStep): readonly string[] {
  const detailed = Object.keys(step.detailedDiff);
  return detailed.length > 0 ? detailed : [...new Set([...step.diffReasons, ...step.replaceReasons])];
}

const covers = (outer: string, inner: string): boolean =>
  inner === outer || (inner.startsWith(outer) && /^[.[]/u.test(inner.slice(outer.length)));

/** Names and indices of a path as the engine writes it. */
export function namesIn(path: string): readonly (string | number)[] {
  const names: (string | number)[] = [];
  for (const [, quoted, index, name] of path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/gu)) {
    if (quoted !== undefined) names.push(quoted.replaceAll('\\"', '"'));
    else if (index !== undefined) names.push(Number(index));
    else if (name !== undefined) names.push(name);
  }
  return names;
}

/** In the inputs, else in what the provider answered. */
function lookUp(state: JsonObject, path: string): Json {
  const names = namesIn(path);
  return at(state.inputs, names) ?? at(state.outputs, names) ?? null;
}

function at(value: Json | undefined, names: Path): Json | undefined {
  let here: Json | undefined = value;
  for (const name of names) {
    if (Array.isArray(here)) here = here[Number(name)] as Json | undefined;
    else if (isJsonObject(here)) here = here[String(name)];
    else return here === secretWord ? secretWord : undefined;
  }
  return here === undefined ? undefined : plain(here);
}

type Tell = (path: Path, old: Json, next: Json) => void;

/** Only what differs is made plain: most of a preview is the same on both sides. */
function compare(left: Json, right: Json, path: Path, tell: Tell): void {
  if (left === right) return;
  if (isOpen(left) && isOpen(right)) {
    const [old, next] = [left as JsonObject, right as JsonObject];
    for (const name of new Set([...Object.keys(old), ...Object.keys(next)]))
      compare(old[name] ?? null, next[name] ?? null, [...path, name], tell);
    return;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    compareLists(
      left.map((item: Json) => plain(item)),
      right.map((item: Json) => plain(item)),
      path,
      tell,
    );
    return;
  }
  const [old, next] = [plain(left), plain(right)];
  if (canonical(old) !== canonical(next)) tell(path, old, next);
}

/** An object that is no marked value of the engine (a secret, an asset). */
const isOpen = (value: Json): boolean => isJsonObject(value) && !(signature in value);

function compareLists(old: readonly Json[], next: readonly Json[], path: Path, tell: Tell): void {
  const [left, right] = [old.map(canonical), next.map(canonical)];
  if (left.length === right.length && left.every((text, index) => text === right[index])) return;
  if (left.length === right.length && [...left].sort().join() === [...right].sort().join()) {
    tell(path, [...old], [...next]);
    return;
  }
  const named = pairByName(old, next);
  if (named === undefined) {
    for (let index = 0; index < Math.max(old.length, next.length); index++)
      compare(old[index] ?? null, next[index] ?? null, [...path, index], tell);
    return;
  }
  for (const { index, before, after } of named) compare(before, after, [...path, index], tell);
}

/** Objects of a list that each have a name of their own are compared by it: a rule put in front is one rule, not all. */
function pairByName(
  old: readonly Json[],
  next: readonly Json[],
): readonly { readonly index: number; readonly before: Json; readonly after: Json }[] | undefined {
  const nameOf = (item: Json): string | undefined =>
    isJsonObject(item) && typeof item.name === "string" ? item.name : undefined;
  const names = [...old, ...next].map(nameOf);
  if (names.length === 0 || names.some((name) => name === undefined)) return undefined;
  const [left, right] = [
    new Map(old.map((item) => [nameOf(item), item])),
    new Map(next.map((item) => [nameOf(item), item])),
  ];
  if (left.size !== old.length || right.size !== next.length) return undefined;
  const pairs = next.map((after, index) => ({ index, before: left.get(nameOf(after)) ?? null, after }));
  const gone = old.flatMap((before, index) => (right.has(nameOf(before)) ? [] : [{ index, before, after: null }]));
  return [...pairs, ...gone];
}
