import { ArmError } from "../arm/errors";
import { idKey, parseId, resourceGroupType } from "../arm/ids";
import { same, textAt } from "../properties/json";
import { asInArm, define, flattened } from "./define";
import type { ResourceType, Subscription } from "./resourceType";

export const resourceGroup = define("resources", "ResourceGroup", {
  answersAtOnce: ["PUT"],
  type: resourceGroupType,
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
  shape: asInArm,
  required: ["location"],
  seconds: { create: 2, update: 1, delete: 15 },
  rules: {
    put({ body }) {
      body.properties = { provisioningState: "Succeeded" };
    },
    /** ARM deletes what is inside, in an order that works, and stops where something refuses. */
    async delete(group, subscription) {
      const refusals = new Map<string, string>();
      for (;;) {
        // Children and extension resources go, or refuse, with the resource they belong to.
        const left = subscription.inside(group.id).filter(({ id }) => same(parseId(id)?.parent, group.id));
        if (left.length === 0) break;
        let removed = 0;
        for (const resource of left) {
          if (!subscription.get(resource.id)) continue; // went with another
          try {
            await subscription.deleteWithRules(resource.id);
            if (!subscription.get(resource.id)) removed += 1;
          } catch (error) {
            if (!(error instanceof ArmError)) throw error;
            refusals.set(resource.id, error.armMessage);
          }
        }
        if (removed === 0)
          throw blocked(
            group.name,
            left.map((resource) => resource.id),
            refusals,
          );
      }
      subscription.remove(group.id);
    },
  },
});

function blocked(group: string, ids: string[], refusals: Map<string, string>): ArmError {
  const reasons = ids.map((id) => refusals.get(id)).filter((reason) => reason !== undefined);
  return new ArmError(
    409,
    "ResourceGroupDeletionBlocked",
    `Deletion of resource group '${group}' failed as resources with identifiers '${ids.join(",")}' could not be deleted. ${reasons.join(" ")}`,
  );
}

const lockType = "Microsoft.Authorization/locks";

function lock(resource: string, path: string, required: readonly string[] = []): ResourceType {
  return define("authorization", resource, {
    answersAtOnce: ["PUT", "DELETE"],
    type: lockType,
    path,
    shape: flattened,
    required: ["level", ...required],
    autonaming: { input: "lockName", kind: "random" },
    seconds: { create: 1, update: 1, delete: 1 },
    rules: {
      put({ body, name }) {
        const level = textAt(body, "properties.level") ?? "";
        if (!["CanNotDelete", "ReadOnly", "NotSpecified"].includes(level))
          throw new ArmError(400, "InvalidLockLevel", `The lock '${name}' has the unknown level '${level}'.`);
        // ARM description of the name.
        if (name.length > 260 || /[<>%&:\\?/]|\p{Cc}/u.test(name))
          throw new ArmError(
            400,
            "InvalidLockName",
            `'${name}' is no name of a lock: at most 260 characters, none of <>%&:\\?/.`,
          );
        // ARM description of notes.
        if ((textAt(body, "properties.notes") ?? "").length > 512)
          throw new ArmError(400, "InvalidLockNotes", `The notes of the lock '${name}' have more than 512 characters.`);
      },
    },
  });
}

export const lockByScope = lock("ManagementLockByScope", `/{scope}/providers/${lockType}/{lockName}`);
export const lockAtResourceGroup = lock(
  "ManagementLockAtResourceGroupLevel",
  `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/${lockType}/{lockName}`,
);
export const lockAtResource = lock(
  "ManagementLockAtResourceLevel",
  `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/{resourceProviderNamespace}/{parentResourcePath}/{resourceType}/{resourceName}/providers/${lockType}/{lockName}`,
);
export const lockAtSubscription = lock(
  "ManagementLockAtSubscriptionLevel",
  `/subscriptions/{subscriptionId}/providers/${lockType}/{lockName}`,
);

/** Refuses what a lock on the resource or on anything around it forbids; locks themselves stay removable. */
export function refuseLocked(id: string, type: string, operation: "write" | "delete", subscription: Subscription) {
  if (type === lockType) return;
  const key = idKey(id);
  const holding = subscription
    .ofType(lockType)
    .filter((found) => {
      const scope = idKey(found.id).split("/providers/microsoft.authorization/locks/")[0] ?? "";
      const level = textAt(found.body, "properties.level");
      const forbids = level === "ReadOnly" || (level === "CanNotDelete" && operation === "delete");
      const below = operation === "delete" && scope.startsWith(`${key}/`);
      return forbids && (key === scope || key.startsWith(`${scope}/`) || below);
    })
    .map((found) => found.id);
  if (holding.length > 0)
    throw new ArmError(
      409,
      "ScopeLocked",
      `The scope '${id}' cannot perform ${operation} operation because following scope(s) are locked: '${holding.join("', '")}'. Please remove the lock and try again.`,
    );
}
