import { createHash } from "node:crypto";
import { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import { at, isObject, type Json, type JsonObject, textAt } from "../properties/json";
import { containsUnknown, isUnknown, unknownValue } from "../properties/wire";
import { pathParameters } from "../types/define";
import type { ResourceType } from "../types/resourceType";

/** Set by azure-native on what it named itself: such a resource is created before its predecessor is deleted. */
export const createBeforeDelete = "__createBeforeDelete";

export interface CheckContext {
  readonly urn: string;
  readonly randomSeed: Uint8Array;
  readonly autonaming: CheckRequest.AutonamingOptions | undefined;
  readonly old: JsonObject;
  readonly configuredLocation: string | undefined;
  locationOfGroup(name: string): string | undefined;
}

/** Fills in what azure-native fills in; the inputs are changed in place. */
export function applyDefaults(type: ResourceType, inputs: JsonObject, context: CheckContext): void {
  const naming = type.autonaming;
  if (naming && inputs[naming.input] === undefined) {
    const made = defaultName(naming, context);
    if (made) {
      inputs[naming.input] = made.name;
      if (made.random) inputs[createBeforeDelete] = true;
    }
  }
  if (type.located && inputs.location === undefined) {
    const location = defaultLocation(inputs, context);
    if (location !== undefined) inputs.location = location;
  }
  if (inputs.azureApiVersion === undefined && type.apiVersion !== "") inputs.azureApiVersion = type.apiVersion;
}

/** Reasons without values: a value in a check failure would be printed in plain text, a secret one too. */
export function checkFailures(type: ResourceType, inputs: JsonObject): string[] {
  const parameters = pathParameters(type.path).filter((name) => inputs[name] === undefined);
  const missing = new Set([...parameters, ...type.required.flatMap((path) => missingAt(inputs, path.split("."), ""))]);
  if (type.located && inputs.location === undefined && type.inputs.includes("location")) missing.add("location");
  const notText = pathParameters(type.path).filter(
    (name) => inputs[name] !== undefined && typeof inputs[name] !== "string",
  );
  return [
    ...[...missing].map((name) =>
      name === "location"
        ? `missing required property '${name}'. Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'.`
        : `missing required property '${name}'`,
    ),
    ...notText.map((name) => `'${name}' should be of type 'string'`),
  ];
}

function missingAt(value: Json | undefined, path: readonly string[], context: string): string[] {
  const [key, ...rest] = path;
  if (key === undefined || !isObject(value)) return [];
  const here = context === "" ? key : `${context}.${key}`;
  const found = value[key];
  if (rest.length === 0) return found === undefined ? [here] : [];
  if (Array.isArray(found)) return found.flatMap((item, index) => missingAt(item, rest, `${here}[${index}]`));
  return missingAt(found, rest, here);
}

function defaultName(
  naming: NonNullable<ResourceType["autonaming"]>,
  { urn, randomSeed, autonaming, old }: CheckContext,
): { name: string; random: boolean } | undefined {
  const before = old[naming.input];
  if (typeof before === "string") return { name: before, random: old[createBeforeDelete] === true };
  const { Mode } = CheckRequest.AutonamingOptions;
  const mode = autonaming?.getMode();
  if (autonaming && mode === Mode.DISABLE) return undefined;
  const proposed = autonaming?.getProposedName() ?? "";
  if (mode === Mode.ENFORCE || (mode === Mode.PROPOSE && proposed !== "" && naming.kind !== "uuid"))
    return { name: proposed, random: true };
  const logical = urn.split("::").at(-1) ?? "";
  if (naming.kind === "copy") return { name: logical, random: false };
  const hex = createHash("sha256").update(randomSeed).update(naming.kind).digest("hex");
  if (naming.kind === "uuid")
    return { name: hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"), random: true };
  return { name: logical + hex.slice(0, 8), random: true };
}

/** The old location first, then the provider's, then the resource group's. */
function defaultLocation(inputs: JsonObject, context: CheckContext): string | undefined {
  const before = textAt(context.old, "location");
  if (before !== undefined) return before;
  if (context.configuredLocation !== undefined) return context.configuredLocation;
  const group = at(inputs, "resourceGroupName");
  if (containsUnknown(group) || isUnknown(group)) return unknownValue;
  return typeof group === "string" ? context.locationOfGroup(group) : undefined;
}
