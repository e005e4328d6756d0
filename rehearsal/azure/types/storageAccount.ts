import { ArmError, changeNotAllowed } from "../arm/errors";
import { parseId } from "../arm/ids";
import { lacksZones } from "../arm/values";
import { hasStorageEndpoint } from "../blobs/firewall";
import { at, type JsonObject, numberAt, objectAt, objectsAt, put, putDefault, same, textAt } from "../properties/json";
import { topLevelEnvelope } from "../properties/shape";
import { range } from "./addresses";
import { define, inGroup } from "./define";
import { networkTypes } from "./networkUse";
import type { PutRequest, Subscription } from "./resourceType";

export const storageAccountType = "Microsoft.Storage/storageAccounts";
export const storageAccountPath = `${inGroup}/${storageAccountType}/{accountName}`;
export const blobServiceType = `${storageAccountType}/blobServices`;
export const containerType = `${blobServiceType}/containers`;

const immutability = "properties.immutableStorageWithVersioning";
const policy = `${immutability}.immutabilityPolicy`;

export const storageAccount = define("storage", "StorageAccount", {
  type: storageAccountType,
  path: storageAccountPath,
  shape: {
    envelope: topLevelEnvelope,
    renamed: { networkRuleSet: "networkAcls", enableHttpsTrafficOnly: "supportsHttpsTrafficOnly" },
    nested: {
      "networkRuleSet.virtualNetworkRules": () => ({ renamed: { virtualNetworkResourceId: "id" } }),
      "networkRuleSet.ipRules": () => ({ renamed: { iPAddressOrRange: "value" } }),
    },
  },
  filledByAzure: ["identity.principalId", "identity.tenantId"],
  exclusive: (id) => id,
  seconds: { create: 25, update: 6, delete: 6 },
  rules: {
    put(request, subscription) {
      const { name, body, existing } = request;
      if (!/^[a-z0-9]{3,24}$/.test(name))
        throw new ArmError(
          400,
          "AccountNameInvalid",
          `${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`,
        );
      if (!existing) judgeName(request, subscription);
      judgeFixed(request);
      judgeImmutability(request);
      judgeNetwork(body, subscription);
      judgeZones(name, body, subscription);
      putDefault(body, "properties.supportsHttpsTrafficOnly", true);
      putDefault(body, "properties.networkAcls", {
        bypass: "AzureServices",
        defaultAction: "Allow",
        ipRules: [],
        virtualNetworkRules: [],
      });
      for (const list of ["ipRules", "virtualNetworkRules"]) putDefault(body, `properties.networkAcls.${list}`, []);
      putDefault(body, "properties.encryption.keySource", "Microsoft.Storage");
      if (at(body, "sku.tier") === undefined) put(body, "sku.tier", "Standard");
      put(body, "properties.provisioningState", "Succeeded");
      put(
        body,
        "properties.creationTime",
        textAt(existing?.body, "properties.creationTime") ?? subscription.now().toISOString(),
      );
      put(body, "properties.primaryLocation", textAt(body, "location"));
      put(body, "properties.statusOfPrimary", "available");
      put(body, "properties.primaryEndpoints", { blob: `https://${name}.blob.core.windows.net/` });
    },
    async operate(account, { existing }, subscription) {
      if (existing) return;
      const id = `${account.id}/blobServices/default`;
      subscription.save({
        id,
        type: blobServiceType,
        name: "default",
        apiVersion: account.apiVersion,
        body: {
          id,
          name: "default",
          type: blobServiceType,
          properties: { cors: { corsRules: [] }, deleteRetentionPolicy: { enabled: false } },
        },
        hidden: { inline: true },
      });
    },
    refuseDelete(account, subscription) {
      const containers = subscription.inside(account.id).filter((inner) => same(inner.type, containerType));
      const held = containers.filter((container) => subscription.holdsBlobs(account.name, container.name));
      if (at(account.body, `${immutability}.enabled`) === true && held.length > 0)
        // The rule is documented (immutable-storage-overview); no source gives its code.
        throw new ArmError(
          409,
          "StorageAccountImmutabilityPolicyConflict",
          `The storage account ${account.name} cannot be deleted: it has version-level immutability, and its container ${held[0]?.name} holds blobs.`,
        );
    },
  },
});

/** Names are one space in the whole cloud (azure-docs, error-storage-account-name). */
function judgeName({ id, name }: PutRequest, subscription: Subscription): void {
  const other = subscription.ofType(storageAccountType).find((account) => same(account.name, name));
  if (!other) return;
  if (same(parseId(other.id)?.subscriptionId, parseId(id)?.subscriptionId))
    throw new ArmError(
      409,
      "StorageAccountInAnotherResourceGroup",
      `The account ${name} is already in another resource group in this subscription.`,
    );
  throw new ArmError(409, "StorageAccountAlreadyTaken", `The storage account named ${name} is already taken.`);
}

function judgeFixed({ body, existing }: PutRequest): void {
  if (!existing) return;
  for (const property of ["kind", "properties.isHnsEnabled", "properties.encryption.requireInfrastructureEncryption"]) {
    const [before, sent] = [at(existing.body, property), at(body, property)];
    if (sent === undefined) put(body, property, before);
    else if ((before ?? false) !== sent) throw changeNotAllowed(property);
  }
  // Azure converts between zones and none on request only.
  const [before, sent] = [textAt(existing.body, "sku.name"), textAt(body, "sku.name")];
  if (before !== undefined && sent !== undefined && isZonal(before) !== isZonal(sent))
    throw changeNotAllowed("sku.name");
}

/** The words are the rehearsal's own. */
function judgeZones(name: string, body: JsonObject, subscription: Subscription): void {
  const [sku, location] = [textAt(body, "sku.name") ?? "", textAt(body, "location") ?? ""];
  if (isZonal(sku) && lacksZones(location, subscription))
    throw new ArmError(
      400,
      "InvalidAccountType",
      `The storage account ${name} cannot have the sku ${sku} in ${location}, which has no availability zones.`,
    );
}

const isZonal = (sku: string): boolean => /ZRS$/i.test(sku);

/**
 * Enabled at creation or never; created Disabled or Unlocked; locked only from Unlocked, and then only extended (the REST
 * reference's own words). The code is the one people met: azure-rest-api-specs pull request 15627.
 */
function judgeImmutability({ body, existing }: PutRequest): void {
  const refuse = (message: string) => new ArmError(400, "InvalidStorageAccountImmutabilityPolicy", message);
  const sent = objectAt(body, immutability);
  const before = existing && objectAt(existing.body, immutability);
  if (sent === undefined) {
    put(body, immutability, before);
    return;
  }
  const enabled = at(body, `${immutability}.enabled`) === true;
  if (existing && enabled !== (at(existing.body, `${immutability}.enabled`) === true))
    throw refuse("Account level immutability can only be enabled when the storage account is created.");
  // azure-docs, immutable-version-level-worm-policies.md.
  if (enabled && at(body, "properties.isHnsEnabled") === true)
    throw refuse("Account level immutability is not supported with a hierarchical namespace.");
  const state = textAt(body, `${policy}.state`);
  const days = numberAt(body, `${policy}.immutabilityPeriodSinceCreationInDays`);
  if (state === undefined && days === undefined) {
    put(body, policy, existing && objectAt(existing.body, policy));
    return;
  }
  if (!enabled)
    throw refuse("Storage account level default immutability policy cannot be set as account level WORM is disabled");
  if (days === undefined || days < 1 || days > 146_000)
    throw refuse("The immutability period must be between 1 and 146000 days.");
  const earlier = existing && textAt(existing.body, `${policy}.state`);
  const period = existing && numberAt(existing.body, `${policy}.immutabilityPeriodSinceCreationInDays`);
  if (state === "Locked" && earlier !== "Unlocked" && earlier !== "Locked")
    throw refuse("Only a policy in an Unlocked state can transition to a Locked state.");
  if (earlier !== "Locked") return;
  if (state !== "Locked") throw refuse("The state of a Locked policy cannot be reverted.");
  if (period !== undefined && days < period)
    throw refuse("A Locked policy only allows the increase of the immutability retention time.");
  if (
    (at(body, `${policy}.allowProtectedAppendWrites`) ?? false) !==
    (at(existing?.body, `${policy}.allowProtectedAppendWrites`) ?? false)
  )
    throw refuse("allowProtectedAppendWrites can only be changed for disabled and unlocked policies.");
}

const networkFailure = (message: string) =>
  new ArmError(400, "NetworkAclsValidationFailure", `Validation of network acls failure: ${message}`);

function isAddressOrPrefix(text: string): boolean {
  try {
    range(text.includes("/") ? text : `${text}/32`, text);
    return true;
  } catch {
    return false;
  }
}

function judgeNetwork(body: JsonObject, subscription: Subscription): void {
  for (const rule of objectsAt(body, "properties.networkAcls.virtualNetworkRules")) {
    const subnet = subscription.get(textAt(rule, "id") ?? "");
    if (!subnet || !same(subnet.type, networkTypes.subnet))
      throw networkFailure(`SubnetNotFound:Subnet ${textAt(rule, "id")} was not found.`);
    if (!hasStorageEndpoint(subnet.body))
      throw networkFailure(
        `SubnetsHaveNoServiceEndpointsConfigured:Subnets ${subnet.name} of virtual network ${subnet.id.split("/").slice(0, -2).join("/")} do not have ServiceEndpoints for Microsoft.Storage resources configured. Add Microsoft.Storage to subnet's ServiceEndpoints collection before trying to ACL Microsoft.Storage resources to these subnets.`,
      );
    putDefault(rule, "action", "Allow");
    put(rule, "state", "Succeeded");
  }
  const ipRules = objectsAt(body, "properties.networkAcls.ipRules");
  // azure-docs, storage-network-security.md.
  if (ipRules.length > 400)
    throw networkFailure(`TooManyIpRules:An account has at most 400 IP rules, not ${ipRules.length}.`);
  for (const rule of ipRules) {
    const value = textAt(rule, "value") ?? "";
    if (!isAddressOrPrefix(value)) throw networkFailure(`InvalidIpRule:The IP rule ${value} is no address or range.`);
    if (/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(value) || /\/3[12]$/.test(value))
      throw networkFailure(`InvalidIpRule:The IP rule ${value} is not a public address or range of addresses.`);
    putDefault(rule, "action", "Allow");
  }
}
