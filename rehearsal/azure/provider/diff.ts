import { PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { regionName } from "../../../azure/regions";
import { equal, isObject, type Json, type JsonObject } from "../properties/json";
import { pathParameters } from "../types/define";
import type { ResourceType } from "../types/resourceType";
import { createBeforeDelete } from "./check";

export interface Change {
  readonly path: string;
  readonly kind: PropertyDiff.Kind;
}

export interface Diff {
  readonly changes: readonly Change[];
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/**
 * azure-native compares old inputs with new inputs. Only names in the path and the location replace (azure.md 6.1);
 * create-only properties inside the body are planned as an update, which ARM then refuses (6.2).
 */
export function diffInputs(type: ResourceType, old: JsonObject, now: JsonObject, state: JsonObject): Diff {
  const replacing = new Set(pathParameters(type.path));
  if (type.located) replacing.add("location");
  const before: JsonObject = { ...old };
  if (before.azureApiVersion === undefined && state.azureApiVersion !== undefined)
    before.azureApiVersion = state.azureApiVersion;
  const changes: Change[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (key === createBeforeDelete) continue;
    const replaces = replacing.has(key);
    if (key === "location" && sameLocation(before[key], now[key])) continue;
    for (const change of compare(before[key], now[key], key)) {
      // An input that only says what the output already is does not replace.
      const said = change.kind === PropertyDiff.Kind.ADD && equal(state[key], now[key]);
      changes.push(replaces && !said ? { ...change, kind: replacingKind(change.kind) } : change);
    }
  }
  const replaces = changes.filter(({ kind }) => isReplacing(kind)).map(({ path }) => path);
  return { changes, replaces, deleteBeforeReplace: replaces.length > 0 && old[createBeforeDelete] !== true };
}

export function isReplacing(kind: PropertyDiff.Kind): boolean {
  const { ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE } = PropertyDiff.Kind;
  return kind === ADD_REPLACE || kind === DELETE_REPLACE || kind === UPDATE_REPLACE;
}

function replacingKind(kind: PropertyDiff.Kind): PropertyDiff.Kind {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE_REPLACE } = PropertyDiff.Kind;
  return kind === ADD ? ADD_REPLACE : kind === DELETE ? DELETE_REPLACE : UPDATE_REPLACE;
}

function sameLocation(a: Json | undefined, b: Json | undefined): boolean {
  return typeof a === "string" && typeof b === "string" && regionName(a) === regionName(b);
}

function* compare(old: Json | undefined, now: Json | undefined, path: string): Generator<Change> {
  if (equal(old, now)) return;
  if (old === undefined) yield { path, kind: PropertyDiff.Kind.ADD };
  else if (now === undefined) yield { path, kind: PropertyDiff.Kind.DELETE };
  else if (Array.isArray(old) && Array.isArray(now)) {
    for (let index = 0; index < Math.max(old.length, now.length); index += 1)
      yield* compare(old[index], now[index], `${path}[${index}]`);
  } else if (isObject(old) && isObject(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)]))
      yield* compare(old[key], now[key], `${path}${step(key)}`);
  } else yield { path, kind: PropertyDiff.Kind.UPDATE };
}

/** Property paths quote keys that are not plain names, such as tags with dots. */
function step(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `["${key.replaceAll('"', '\\"')}"]`;
}
