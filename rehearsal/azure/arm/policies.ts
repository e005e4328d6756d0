import { BadInput } from "../../../review/verdict";
import { isObject, type Json, type JsonObject, objectAt, put, same, textAt } from "../properties/json";
import type { ResourceType } from "../types/resourceType";
import type { Store } from "./store";

/**
 * What Azure Policy does to resources in the simulated subscription. A tag is added by the effect Modify: to the body of
 * every PUT that lacks it, and by a remediation task to what exists when a policy is given. An identity is added to
 * machines by remediation only, so that a PUT without it takes it away.
 */
export interface Policies {
  readonly tags: Readonly<Record<string, string>>;
  /** Ids of user-assigned identities that every machine is to have. */
  readonly identities: readonly string[];
}

const machineType = "Microsoft.Compute/virtualMachines";

export function policiesOf(stored: Json | undefined): Policies {
  const tags = Object.entries(objectAt(stored, "tags") ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const identities = isObject(stored) && Array.isArray(stored.identities) ? stored.identities : [];
  return { tags: Object.fromEntries(tags), identities: identities.filter((id) => typeof id === "string") };
}

/** Throws BadInput for what is neither `tag:NAME=VALUE` nor `identity:ID`. */
export function withPolicies(before: Policies, given: readonly string[]): Policies {
  const tags = { ...before.tags };
  const identities = new Set(before.identities);
  for (const text of given) {
    const [, name, value] = /^tag:([^=]+)=(.*)$/.exec(text) ?? [];
    const [, id] = /^identity:(\/subscriptions\/.+)$/.exec(text) ?? [];
    if (name !== undefined && value !== undefined) tags[name] = value;
    else if (id !== undefined) identities.add(id);
    else
      throw new BadInput(
        `--azure-policy ${text} is not known. Write tag:NAME=VALUE, for example tag:CostCenter=4711, or identity:<resource id of a user-assigned identity>.`,
      );
  }
  return { tags, identities: [...identities] };
}

/** The body of a PUT as Azure Policy hands it on; names of tags are compared without case. */
export function modified(body: JsonObject, type: ResourceType, { tags }: Policies): JsonObject {
  if (!type.inputs.includes("tags")) return body;
  const worn = objectAt(body, "tags") ?? {};
  const missing = Object.entries(tags).filter(([name]) => !Object.keys(worn).some((each) => same(each, name)));
  return missing.length === 0 ? body : { ...body, tags: { ...worn, ...Object.fromEntries(missing) } };
}

/** A remediation task over everything that exists. */
export function remediate(store: Store, typeOf: (armType: string) => ResourceType): void {
  const { policies } = store;
  for (const resource of store.all()) {
    if (resource.hidden.inline === true) continue;
    const before = JSON.stringify(resource.body);
    const type = typeOf(resource.type);
    resource.body = modified(resource.body, type, policies);
    if (same(resource.type, machineType)) addIdentities(resource.body, policies.identities);
    if (JSON.stringify(resource.body) !== before) store.save(resource);
  }
}

function addIdentities(body: JsonObject, ids: readonly string[]): void {
  const worn = objectAt(body, "identity.userAssignedIdentities") ?? {};
  const missing = ids.filter((id) => !Object.keys(worn).some((each) => same(each, id)));
  if (missing.length === 0) return;
  put(body, "identity.userAssignedIdentities", { ...worn, ...Object.fromEntries(missing.map((id) => [id, {}])) });
  const type = textAt(body, "identity.type") ?? "None";
  if (!/UserAssigned/.test(type.replace("SystemAssigned", "")))
    put(body, "identity.type", type === "None" ? "UserAssigned" : `${type}, UserAssigned`);
}
