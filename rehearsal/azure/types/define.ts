import { type Shape, topLevelEnvelope } from "../properties/shape";
import type { ResourceType } from "./resourceType";
import { sdkResource } from "./sdkResource";

export type Definition = Pick<ResourceType, "type" | "path"> &
  Partial<Omit<ResourceType, "type" | "path" | "inputs" | "outputs" | "generic">>;

/** A type with rules of its own. What the SDK knows (inputs, outputs, API version) comes from the SDK. */
export function define(module: string, resource: string, definition: Definition): ResourceType {
  const sdk = sdkResource(module, resource);
  if (!sdk) throw new Error(`The installed azure-native SDK has no ${module}:${resource}.`);
  return {
    apiVersion: sdk.apiVersion,
    located: sdk.inputs.includes("location"),
    shape: flattened,
    seconds: { create: 4, update: 3, delete: 4 },
    rules: {},
    autonaming: autonamingOf(definition.path, sdk.required),
    ...definition,
    required: [...sdk.required, ...(definition.required ?? [])],
    inputs: sdk.inputs,
    outputs: sdk.outputs,
    generic: false,
  };
}

/** Where a path begins that is in a resource group. */
export const inGroup = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers";

export const flattened: Shape = { envelope: topLevelEnvelope };
/** Types in which the SDK leaves `properties` as it is. */
export const asInArm: Shape = {};

export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").filter((name) => name !== "subscriptionId");
}

/**
 * azure-native makes up the last name of the path: with a random tail where names must be unique in a resource group
 * or wider, as a plain copy of the logical name inside a parent, and as a UUID for role assignments.
 */
export function autonamingOf(path: string, required: readonly string[]): ResourceType["autonaming"] {
  const input = pathParameters(path).at(-1);
  if (input === undefined || required.includes(input)) return undefined;
  if (/roleAssignments|roleDefinitions/i.test(path)) return { input, kind: "uuid" };
  const segments = path.split("/providers/").at(-1)?.split("/").length ?? 0;
  const inParent = path.includes("/providers/") && segments > 3;
  return { input, kind: inParent ? "copy" : "random" };
}
