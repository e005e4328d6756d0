import type { AzureMethod, CallLogEntry } from "../../rehearsal/world/contract";
import {
  azureMethods,
  type EffectWord,
  effectsOf,
  type FaultRoom,
  faultEffects,
} from "../../rehearsal/world/faultEffects";

/** One thing that an undisturbed run did: the same place may be visited several times. */
export interface Visit {
  readonly room: FaultRoom;
  readonly method?: AzureMethod;
  /** As `--fault` writes it, without effect: `azure:PUT:Microsoft.Network/virtualNetworks:aadc-stg-vnet`, `ssh:reach`. */
  readonly place: string;
  /** Counted from 1 in the run. */
  readonly visit: number;
}

/** One visit, and what is done to it. */
export interface Strike {
  readonly place: string;
  readonly visit: number;
  readonly effect: EffectWord;
}

export interface Point extends Strike {
  readonly scenario: string;
  /** Struck in the run that is to heal the first one. */
  readonly second?: Strike;
}

export const faultText = ({ place, effect, visit }: Strike): string => `${place}=${effect}@${visit}`;

export const strikesText = (point: Point): string =>
  [point, ...(point.second ? [point.second] : [])].map(faultText).join(" then ");

/** The other way round; undefined where it is no such text. */
export function strikeOf(text: string): Strike | undefined {
  const [, place, word, visit] = /^(\S+)=([a-z-]+)@([1-9][0-9]*)$/.exec(text) ?? [];
  const effect = faultEffects.map((each) => each.effect).find((each) => each === word);
  return place === undefined || effect === undefined ? undefined : { place, effect, visit: Number(visit) };
}

/** Tells one point of a whole sweep from every other. */
export const keyOf = (point: Point): string => `${point.scenario} ${strikesText(point)}`;

/** Every call to Azure, every script and every copied file of a run, in its order. */
export function visitsIn(calls: readonly CallLogEntry[]): readonly Visit[] {
  const seen = new Map<string, number>();
  const places = calls.map(placeOf);
  // Another world has other ones: there the type and its visit say which call is meant.
  const unnamed = new Set(places.flatMap((at) => (at && worldsOwnName.test(at.place) ? [withoutName(at.place)] : [])));
  return places.flatMap((named) => {
    if (named === undefined) return [];
    const pattern = withoutName(named.place);
    const at = unnamed.has(pattern) ? { ...named, place: pattern } : named;
    const visit = (seen.get(at.place) ?? 0) + 1;
    seen.set(at.place, visit);
    return [{ ...at, visit }];
  });
}

/** A role assignment is named after the identity that gets the role. */
const worldsOwnName = /^azure:.*:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const withoutName = (place: string): string => place.replace(/:[^:]*$/, ":*");

function placeOf({ room, action }: CallLogEntry): Omit<Visit, "visit"> | undefined {
  if (room === "azure") {
    const [, word, type, name] = /^([A-Z]+) (\S+\/\S+) (.+)$/.exec(action) ?? [];
    const method = azureMethods.find((known) => known === word);
    return method && { room, method, place: `azure:${method}:${type}:${name}` };
  }
  if (room === "ssh") {
    // Not whatever else is run there: a fault knows a script by its name, and our names have no dots.
    const script = /^exec ([a-z][a-z0-9-]*)$/.exec(action)?.[1];
    if (script !== undefined) return { room, place: `ssh:${script}` };
    const file = /^sftp write .*\/([^/]+)$/.exec(action)?.[1];
    return file === undefined ? undefined : { room: "sftp", place: `sftp:${file}` };
  }
  const data = room === "data" ? /^(token|put) /.exec(action)?.[1] : undefined;
  return data === undefined ? undefined : { room: "data", place: `data:${data}` };
}

/** Every visit times every effect that its room takes. */
export function pointsOf(scenario: string, visits: readonly Visit[]): readonly Point[] {
  return visits.flatMap(({ room, method, place, visit }) =>
    effectsOf(room, method).map((effect) => ({ scenario, place, visit, effect })),
  );
}

/**
 * Without what the scenario that it extends has too: the same call, with the same name at the same visit, from the same
 * start. What is left is what only this scenario does.
 */
export function withoutShared(visits: readonly Visit[], shared: readonly Visit[]): readonly Visit[] {
  const known = new Set(shared.map(({ place, visit }) => `${place}@${visit}`));
  return visits.filter(({ place, visit }) => !known.has(`${place}@${visit}`));
}

export interface Selection {
  /** Empty: all. */
  readonly effects: readonly string[];
  /** Text with `*` for any text, held against the place, or the fault as a whole. Empty: all. */
  readonly patterns: readonly string[];
}

export function selected(points: readonly Point[], { effects, patterns }: Selection): readonly Point[] {
  const expressions = patterns.map((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "i");
  });
  return points.filter(
    (point) =>
      (effects.length === 0 || effects.includes(point.effect)) &&
      (expressions.length === 0 || expressions.some((each) => each.test(point.place) || each.test(faultText(point)))),
  );
}

/** So many of them, spread over all; the same seed gives the same ones. In the order they came. */
export function sample<T>(all: readonly T[], count: number, seed: number): readonly T[] {
  const random = generator(seed);
  const indices = all.map((_, index) => index);
  for (let last = indices.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [indices[last], indices[other]] = [indices[other] as number, indices[last] as number];
  }
  const kept = new Set(indices.slice(0, count));
  return all.filter((_, index) => kept.has(index));
}

/** What ends a run as a rule; anything else heals inside it, and there is no next one to be struck. */
const endings: readonly EffectWord[] = ["fail", "hang", "lost", "half", "kill-before", "kill"];

/**
 * So many pairs of points of one scenario: the second one comes later in an undisturbed run, so that the run after the
 * first will get there too. The same seed gives the same ones.
 */
export function pairs(all: readonly Point[], count: number, seed: number): readonly Point[] {
  const random = generator(seed);
  const ending = all.filter(({ effect }) => endings.includes(effect));
  const found = new Map<string, Point>();
  // What is drawn twice counts once; of few points there are not so many pairs.
  for (let drawn = 0; found.size < count && drawn < count * 20; drawn += 1) {
    const [one, other] = [0, 0].map(() => Math.floor(random() * ending.length)).sort((a, b) => a - b);
    const [point, later] = [ending[one as number], ending[other as number]];
    if (point === undefined || later === undefined || point.scenario !== later.scenario) continue;
    const { place, visit, effect } = later;
    const pair = { ...point, second: { place, visit, effect } };
    found.set(keyOf(pair), pair);
  }
  return [...found.values()];
}

/** mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
