import { clone, equal, isObject, type Json, type JsonObject } from "../properties/json";
import { toSdk } from "../properties/shape";
import { unknownValue } from "../properties/wire";
import { parametersOf } from "../types/registry";
import type { ResourceType } from "../types/resourceType";

/** The outputs of a resource for the body of a GET. */
export function outputsOf(type: ResourceType, body: JsonObject): JsonObject {
  const outputs = toSdk(body, type.shape);
  return type.apiVersion === "" ? outputs : { ...outputs, azureApiVersion: type.apiVersion };
}

/**
 * A preview's outputs: the inputs where the response has a property of that name, everything else unknown. In an
 * update only `name` and `location` are taken from the old state (azure.md 11.4).
 */
export function previewOutputs(type: ResourceType, inputs: JsonObject, old: JsonObject | undefined): JsonObject {
  const outputs: JsonObject = {};
  for (const name of type.outputs) {
    const value = inputs[name];
    outputs[name] = value === undefined ? unknownValue : clone(value);
  }
  for (const path of type.filledByAzure ?? []) markUnknown(outputs, path.split("."));
  for (const path of type.secrets ?? []) drop(outputs, sdkPath(type, path).split("."));
  if (old) for (const name of ["name", "location"]) if (old[name] !== undefined) outputs[name] = old[name];
  return outputs;
}

/** The inputs of a resource that is imported: the path's names and every writable property. */
export function inputsFrom(type: ResourceType, id: string, outputs: JsonObject): JsonObject {
  const names = new Set(type.inputs);
  const inputs: JsonObject = {};
  for (const [name, value] of Object.entries(outputs))
    if (names.has(name) && !["id", "name", "type", "etag", "eTag"].includes(name)) inputs[name] = writable(value);
  if (type.apiVersion !== "") inputs.azureApiVersion = type.apiVersion;
  return { ...inputs, ...parametersOf(type, id) };
}

/**
 * A refresh: what changed in Azure since the outputs were stored is carried over into the inputs, everything else
 * stays as the program gave it.
 */
export function refreshedInputs(
  type: ResourceType,
  inputs: JsonObject,
  before: JsonObject,
  now: JsonObject,
): JsonObject {
  const ignored = new Set(
    (type.maintained ?? []).map((path) => sdkPath(type, path)).filter((name) => inputs[name] === undefined),
  );
  const names = type.inputs.filter(
    (name) => !["id", "name", "type", "etag", "eTag"].includes(name) && !ignored.has(name),
  );
  const result = clone(inputs);
  for (const name of names) {
    const old = writable(before[name] ?? null);
    const fresh = writable(now[name] ?? null);
    if (equal(old, fresh)) continue;
    const carried = carry(inputs[name], old, fresh);
    if (carried === undefined || carried === null) delete result[name];
    else result[name] = carried;
  }
  return result;
}

/** The SDK name of an ARM body path of this type. */
export function sdkPath(type: ResourceType, armPath: string): string {
  return type.shape.envelope ? armPath.replace(/^properties\./, "") : armPath;
}

function carry(base: Json | undefined, old: Json | undefined, fresh: Json | undefined): Json | undefined {
  if (equal(old, fresh)) return base;
  if (isObject(base) && isObject(old) && isObject(fresh)) {
    const result: JsonObject = {};
    for (const key of new Set([...Object.keys(base), ...Object.keys(fresh)])) {
      const value = carry(base[key], old[key], fresh[key]);
      if (value !== undefined) result[key] = value;
    }
    return result;
  }
  if (Array.isArray(base) && Array.isArray(old) && Array.isArray(fresh))
    return fresh.map((item, index) =>
      index < base.length && index < old.length ? (carry(base[index], old[index], item) ?? null) : item,
    );
  return fresh;
}

const neverWritten = new Set([
  "etag",
  "eTag",
  "provisioningState",
  "resourceGuid",
  "exactVersion",
  "principalId",
  "tenantId",
]);

function writable(value: Json): Json {
  if (Array.isArray(value)) return value.map(writable);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !neverWritten.has(key))
      .map(([key, item]) => [
        key,
        key === "userAssignedIdentities" && isObject(item) ? Object.keys(item) : writable(item),
      ]),
  );
}

function markUnknown(value: Json | undefined, path: readonly string[]): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (Array.isArray(value)) for (const item of value) markUnknown(item, path);
  else if (isObject(value)) {
    if (rest.length > 0) markUnknown(value[key], rest);
    else if (value[key] === undefined) value[key] = unknownValue;
  }
}

function drop(value: Json | undefined, path: readonly string[]): void {
  const [key, ...rest] = path;
  if (key === undefined || !isObject(value)) return;
  if (rest.length > 0) drop(value[key], rest);
  else delete value[key];
}
