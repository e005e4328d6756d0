import { ArmError } from "../arm/errors";
import type { StoredResource } from "../arm/store";
import { at, numberAt, objectAt, objectsAt, put, putDefault, textAt } from "../properties/json";
import { define } from "./define";
import type { Subscription } from "./resourceType";
import { blobServiceType, containerType, storageAccountPath, storageAccountType } from "./storageAccount";

const accountOf = (id: string): string => id.split("/").slice(0, 9).join("/");
const invalid = (message: string) => new ArmError(400, "InvalidRequestPropertyValue", message);

/** Every account has the one called `default`; a PUT changes it. */
export const blobService = define("storage", "BlobServiceProperties", {
  answersAtOnce: ["PUT", "DELETE"],
  type: blobServiceType,
  path: `${storageAccountPath}/blobServices/{blobServicesName}`,
  comesWithParent: true,
  parent: accountOf,
  seconds: { create: 2, update: 2, delete: 1 },
  rules: {
    put({ id, name, body, existing, hidden }, subscription) {
      if (name !== "default") throw invalid(`The blob service is called default, not ${name}.`);
      for (const kind of ["deleteRetentionPolicy", "containerDeleteRetentionPolicy"]) {
        const days = numberAt(body, `properties.${kind}.days`);
        if (at(body, `properties.${kind}.enabled`) === true && (days === undefined || days < 1 || days > 365))
          throw invalid(`${kind}.days must be between 1 and 365.`);
      }
      const immutable = at(subscription.get(accountOf(id))?.body, "properties.immutableStorageWithVersioning.enabled");
      if (immutable === true && at(body, "properties.isVersioningEnabled") === false)
        throw new ArmError(
          409,
          "VersioningCannotBeDisabled",
          "Blob versioning cannot be disabled on an account with version-level immutability.",
        );
      if (at(body, "properties.isVersioningEnabled") === undefined)
        put(
          body,
          "properties.isVersioningEnabled",
          immutable === true || at(existing?.body, "properties.isVersioningEnabled") === true,
        );
      putDefault(body, "properties.cors.corsRules", []);
      hidden.inline = false;
    },
    refuseDelete() {
      throw new ArmError(405, "MethodNotAllowed", "The blob service of an account cannot be deleted.");
    },
  },
});

export const container = define("storage", "BlobContainer", {
  answersAtOnce: ["PUT", "DELETE"],
  type: containerType,
  path: `${storageAccountPath}/blobServices/default/containers/{containerName}`,
  seconds: { create: 2, update: 2, delete: 2 },
  parent: accountOf,
  rules: {
    put({ id, name, body, existing }, subscription) {
      if (!/^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name))
        throw new ArmError(
          400,
          "InvalidResourceName",
          `The specified resource name ${name} contains invalid characters.`,
        );
      const account = subscription.get(accountOf(id));
      const sent = textAt(body, "properties.publicAccess") ?? "None";
      if (sent !== "None" && at(account?.body, "properties.allowBlobPublicAccess") !== true)
        throw new ArmError(409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.");
      put(body, "properties.publicAccess", sent);
      const inherited = at(account?.body, "properties.immutableStorageWithVersioning.enabled") === true;
      if (objectAt(body, "properties.immutableStorageWithVersioning") === undefined && inherited)
        put(body, "properties.immutableStorageWithVersioning", { enabled: true });
      put(body, "properties.hasImmutabilityPolicy", false);
      put(body, "properties.hasLegalHold", false);
      put(body, "properties.leaseState", "Available");
      put(body, "properties.leaseStatus", "Unlocked");
      put(body, "properties.defaultEncryptionScope", "$account-encryption-key");
      put(body, "properties.denyEncryptionScopeOverride", at(body, "properties.denyEncryptionScopeOverride") ?? false);
      put(body, "properties.lastModifiedTime", subscription.now().toISOString());
      put(body, "properties.version", undefined);
      body.etag = textAt(existing?.body, "etag") ?? `"0x${subscription.uuid().slice(0, 15).replaceAll("-", "")}"`;
    },
    refuseDelete(resource, subscription) {
      const account = subscription.get(accountOf(resource.id));
      if (account && isImmutable(account) && subscription.holdsBlobs(account.name, resource.name))
        // The rule is documented (immutable-version-level-worm-policies); no source gives its code.
        throw new ArmError(
          409,
          "ContainerImmutableStorageWithVersioningConflict",
          `The container ${resource.name} has version-level immutability and holds blobs, so it cannot be deleted.`,
        );
    },
  },
});

const isImmutable = ({ body }: StoredResource): boolean =>
  at(body, "properties.immutableStorageWithVersioning.enabled") === true;

const daysIn = /^daysAfter(Creation|Modification|LastAccessTime|LastTierChange)GreaterThan$/;

/** Lifecycle of an account's blobs: one policy, called `default`. */
export const managementPolicy = define("storage", "ManagementPolicy", {
  answersAtOnce: ["PUT", "DELETE"],
  type: `${storageAccountType}/managementPolicies`,
  path: `${storageAccountPath}/managementPolicies/{managementPolicyName}`,
  seconds: { create: 2, update: 2, delete: 2 },
  rules: {
    put({ id, name, body }, subscription) {
      if (name !== "default") throw invalid(`A lifecycle policy is called default, not ${name}.`);
      const rules = objectsAt(body, "properties.policy.rules");
      if (rules.length === 0) throw invalid("A lifecycle policy needs at least one rule.");
      const names = rules.map((rule) => textAt(rule, "name"));
      if (new Set(names).size !== names.length) throw invalid("Rules of a lifecycle policy have names of their own.");
      for (const rule of rules) judgeRule(rule, id, subscription);
      put(body, "properties.lastModifiedTime", subscription.now().toISOString());
    },
  },
});

function judgeRule(rule: Parameters<typeof textAt>[0], id: string, subscription: Subscription): void {
  const actions = objectAt(rule, "definition.actions");
  const name = textAt(rule, "name") ?? "";
  if (textAt(rule, "type") !== "Lifecycle" || actions === undefined || Object.keys(actions).length === 0)
    throw invalid(`The rule '${name}' is of type Lifecycle and has at least one action.`);
  const redundancy = textAt(subscription.get(accountOf(id))?.body, "sku.name") ?? "";
  for (const part of ["baseBlob", "version", "snapshot"])
    for (const [action, when] of Object.entries(objectAt(actions, part) ?? {})) {
      if (action === "tierToArchive" && /ZRS$/i.test(redundancy))
        throw invalid(`The rule '${name}': the archive tier does not exist in an account with ${redundancy}.`);
      const days = Object.entries(objectAt({ when }, "when") ?? {}).filter(([key]) => daysIn.test(key));
      if (action !== "enableAutoTierToHotFromCool" && days.length === 0)
        throw invalid(`The rule '${name}': ${part}.${action} does not say after how many days.`);
    }
}
