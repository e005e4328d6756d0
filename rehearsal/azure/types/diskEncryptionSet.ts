import { ArmError, invalidReference } from "../arm/errors";
import { parseId } from "../arm/ids";
import { type Json, put, putDefault, same, textAt } from "../properties/json";
import { define } from "./define";
import type { PutRequest, Subscription } from "./resourceType";

const setType = "Microsoft.Compute/diskEncryptionSets";

/** Encrypts managed disks with a key of the customer's. */
export const diskEncryptionSet = define("compute", "DiskEncryptionSet", {
  type: setType,
  path: `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/${setType}/{diskEncryptionSetName}`,
  required: ["location"],
  filledByAzure: ["identity.principalId", "identity.tenantId"],
  rules: {
    put({ body, existing }, subscription) {
      putDefault(body, "properties.encryptionType", "EncryptionAtRestWithCustomerKey");
      if (/SystemAssigned/.test(textAt(body, "identity.type") ?? "")) {
        put(body, "identity.principalId", textAt(existing?.body, "identity.principalId") ?? subscription.uuid());
        put(body, "identity.tenantId", subscription.tenantId);
      }
      put(body, "properties.provisioningState", "Succeeded");
    },
    refuseDelete(set, subscription) {
      const used = subscription
        .ofType("Microsoft.Compute/disks")
        .filter(({ body }) => same(textAt(body, "properties.encryption.diskEncryptionSetId"), set.id));
      if (used.length > 0)
        throw new ArmError(
          409,
          "OperationNotAllowed",
          `Disk encryption set '${set.name}' cannot be deleted: it encrypts ${used.map(({ name }) => name).join(", ")}.`,
        );
    },
  },
});

const reference = "properties.storageProfile.osDisk.managedDisk.diskEncryptionSet";

/** Set and machine are in one region and subscription; an encrypted disk of a running machine keeps its set. */
export function judgeDiskEncryption(
  { id, name, body, existing, hidden }: PutRequest,
  subscription: Subscription,
): void {
  const wanted = textAt(body, `${reference}.id`);
  const before = textAt(existing?.body, `${reference}.id`);
  // Left out, it stays as it is.
  if (wanted === undefined) return;
  if (existing && !same(wanted, before) && hidden.power !== "deallocated")
    throw new ArmError(
      409,
      "OperationNotAllowed",
      `The disk encryption set of an attached disk can only be changed while the VM '${name}' is stopped (deallocated).`,
    );
  const set = subscription.get(wanted);
  const elsewhere =
    set &&
    (!same(textAt(set.body, "location"), textAt(body, "location")) ||
      !same(parseId(set.id)?.subscriptionId, parseId(id)?.subscriptionId));
  if (!set || !same(set.type, setType) || elsewhere) throw invalidReference(wanted, id);
}

/** What a disk says of it. */
export function diskEncryption(body: Json): { type: string; diskEncryptionSetId?: string } {
  const id = textAt(body, `${reference}.id`);
  return id === undefined
    ? { type: "EncryptionAtRestWithPlatformKey" }
    : { type: "EncryptionAtRestWithCustomerKey", diskEncryptionSetId: id };
}
