import { ArmError } from "../arm/errors";
import type { StoredResource } from "../arm/store";
import { type JsonObject, numberAt, objectAt, objectsAt, put, putDefault, same, textAt } from "../properties/json";
import { define } from "./define";
import { diskEncryption } from "./diskEncryptionSet";
import type { Subscription } from "./resourceType";
import { judgeDiskZone } from "./virtualMachineValues";

const diskType = "Microsoft.Compute/disks";

/** Types with disks larger than 32 TiB. */
const growing = /^(UltraSSD_LRS|PremiumV2_LRS)$/i;

export const disk = define("compute", "Disk", {
  type: diskType,
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/disks/{diskName}",
  required: ["creationData.createOption"],
  rules: {
    put({ body, existing, name }, subscription) {
      const before = numberAt(existing?.body, "properties.diskSizeGB");
      const size = numberAt(body, "properties.diskSizeGB") ?? before;
      if (size === undefined)
        throw new ArmError(400, "InvalidParameter", "Required parameter 'disk.diskSizeGB' is missing (null).");
      // azure-compute-docs, disks-types.md.
      if (size < 1 || size > (growing.test(textAt(body, "sku.name") ?? "") ? 65_536 : 32_767))
        throw new ArmError(
          400,
          "InvalidParameter",
          `The value '${size}' of parameter 'disk.diskSizeGB' is out of range. The value must be between '1' and '32767', inclusive.`,
        );
      if (before !== undefined && size < before)
        throw new ArmError(
          409,
          "OperationNotAllowed",
          `Disk '${name}' cannot shrink from ${before} GB to ${size} GB. Disks only grow.`,
        );
      if (existing && JSON.stringify(existing.body.zones) !== JSON.stringify(body.zones))
        throw new ArmError(409, "PropertyChangeNotAllowed", "Availability zone must not be changed.");
      Object.assign(body, {
        properties: { ...objectAt(existing?.body, "properties"), ...objectAt(body, "properties") },
      });
      fill(body, size, subscription);
      if (existing?.body.managedBy !== undefined) body.managedBy = existing.body.managedBy;
      putDefault(body, "properties.diskState", "Unattached");
    },
    refuseDelete(resource) {
      const holder = textAt(resource.body, "managedBy");
      if (holder !== undefined)
        throw new ArmError(409, "OperationNotAllowed", `Disk ${resource.name} is attached to VM ${holder}.`);
    },
  },
});

/** 30 GiB in the small-disk images, 127 GiB in the others (azure.md 11.1). */
export function imageMinimumGB(sku: string): number {
  return /smalldisk/i.test(sku) ? 30 : 127;
}

interface Machine {
  readonly id: string;
  readonly name: string;
  readonly body: JsonObject;
  readonly existing: StoredResource | undefined;
}

/** The OS disk is a resource of its own that comes with the VM; `deleteOption` says whether it goes with it. */
export function createOperatingSystemDisk({ id, name, body, existing }: Machine, subscription: Subscription): void {
  const osDisk = "properties.storageProfile.osDisk";
  const before = objectAt(existing?.body, osDisk);
  if (before) {
    const now = objectAt(body, osDisk) ?? {};
    const managedDisk = { ...objectAt(before, "managedDisk"), ...objectAt(now, "managedDisk") };
    put(body, osDisk, { ...before, ...now, managedDisk });
    putDefault(body, "properties.storageProfile.dataDisks", []);
    const size = numberAt(body, `${osDisk}.diskSizeGB`);
    const stored = subscription.get(textAt(body, `${osDisk}.managedDisk.id`) ?? "");
    if (stored && size !== undefined) {
      fill(stored.body, size, subscription);
      subscription.save(stored);
    }
    return;
  }
  const sku = textAt(body, "properties.storageProfile.imageReference.sku") ?? "";
  const attached = textAt(body, `${osDisk}.managedDisk.id`);
  if (attached !== undefined) {
    own(attached, id, subscription);
    return;
  }
  const diskName = textAt(body, `${osDisk}.name`) ?? `${name}_OsDisk_1_${subscription.uuid().replaceAll("-", "")}`;
  const diskId = `${id.split("/").slice(0, 5).join("/")}/providers/${diskType}/${diskName}`;
  putDefault(body, `${osDisk}.osType`, "Windows");
  putDefault(body, `${osDisk}.name`, diskName);
  putDefault(body, `${osDisk}.caching`, "ReadWrite");
  putDefault(body, `${osDisk}.deleteOption`, "Detach");
  putDefault(body, `${osDisk}.diskSizeGB`, imageMinimumGB(sku));
  putDefault(body, `${osDisk}.managedDisk.storageAccountType`, "StandardSSD_LRS");
  put(body, `${osDisk}.managedDisk.id`, diskId);
  putDefault(body, "properties.storageProfile.dataDisks", []);
  const diskBody: JsonObject = {
    id: diskId,
    name: diskName,
    type: diskType,
    location: textAt(body, "location") ?? "",
    managedBy: id,
    sku: { name: textAt(body, `${osDisk}.managedDisk.storageAccountType`) ?? "" },
    properties: {
      osType: "Windows",
      hyperVGeneration: "V2",
      creationData: { createOption: "FromImage" },
      diskState: "Attached",
      encryption: diskEncryption(body),
    },
  };
  if (Array.isArray(body.zones)) diskBody.zones = [...body.zones];
  if (same(textAt(body, "properties.securityProfile.securityType"), "TrustedLaunch"))
    put(diskBody, "properties.securityProfile.securityType", "TrustedLaunch");
  fill(diskBody, numberAt(body, `${osDisk}.diskSizeGB`) ?? imageMinimumGB(sku), subscription);
  subscription.save({
    id: diskId,
    type: diskType,
    name: diskName,
    apiVersion: disk.apiVersion,
    body: diskBody,
    hidden: {},
  });
}

/** Judged before anything changes: a refused PUT leaves every disk as it was. */
export function judgeDisks({ id, name, body, existing }: Machine, subscription: Subscription): void {
  const osDisk = "properties.storageProfile.osDisk";
  const wanted = objectsAt(body, "properties.storageProfile.dataDisks");
  const units = wanted.map((entry) => numberAt(entry, "lun"));
  if (new Set(units).size !== units.length)
    throw new ArmError(400, "InvalidParameter", "The value of parameter 'dataDisks.lun' is used more than once.");
  for (const entry of [objectAt(body, osDisk), ...wanted]) {
    const diskId = textAt(entry, "managedDisk.id");
    if (diskId !== undefined) judgeDiskZone(attachable(diskId, id, subscription).body, diskId, body);
  }
  const diskName = textAt(body, `${osDisk}.name`);
  if (existing || diskName === undefined || textAt(body, `${osDisk}.managedDisk.id`) !== undefined) return;
  if (subscription.get(`${id.split("/").slice(0, 5).join("/")}/providers/${diskType}/${diskName}`))
    throw new ArmError(
      409,
      "ConflictingUserInput",
      `Disk '${diskName}' already exists in resource group '${id.split("/")[4] ?? ""}', so '${name}' cannot create it. Only CreateOption.Attach is supported.`,
    );
}

export function takeDataDisks({ id, body, existing }: Omit<Machine, "name">, subscription: Subscription): void {
  const wanted = objectsAt(body, "properties.storageProfile.dataDisks");
  const ids = wanted.map((entry) => textAt(entry, "managedDisk.id")).filter((found) => found !== undefined);
  for (const diskId of ids) own(diskId, id, subscription);
  for (const entry of objectsAt(existing?.body, "properties.storageProfile.dataDisks")) {
    const before = textAt(entry, "managedDisk.id");
    if (before !== undefined && !ids.some((diskId) => same(diskId, before))) free(before, subscription);
  }
}

/** After its VM is gone a disk goes or stays, as its `deleteOption` says. */
export function releaseDisks(machine: StoredResource, subscription: Subscription): void {
  const profile = "properties.storageProfile";
  const entries = [objectAt(machine.body, `${profile}.osDisk`), ...objectsAt(machine.body, `${profile}.dataDisks`)];
  for (const entry of entries) {
    const id = textAt(entry, "managedDisk.id");
    if (id === undefined) continue;
    if (same(textAt(entry, "deleteOption"), "Delete")) subscription.remove(id);
    else free(id, subscription);
  }
}

function attachable(diskId: string, machineId: string, subscription: Subscription): StoredResource {
  const stored = subscription.get(diskId);
  if (!stored) throw new ArmError(404, "NotFound", `Resource ${diskId} not found.`);
  const holder = textAt(stored.body, "managedBy");
  if (holder !== undefined && !same(holder, machineId))
    throw new ArmError(
      409,
      "ConflictingUserInput",
      `Disk ${diskId} cannot be attached as the disk is already owned by VM ${holder}.`,
    );
  return stored;
}

function own(diskId: string, machineId: string, subscription: Subscription): void {
  const stored = attachable(diskId, machineId, subscription);
  stored.body.managedBy = machineId;
  put(stored.body, "properties.diskState", "Attached");
  subscription.save(stored);
}

function free(diskId: string, subscription: Subscription): void {
  const stored = subscription.get(diskId);
  if (!stored) return;
  delete stored.body.managedBy;
  put(stored.body, "properties.diskState", "Unattached");
  subscription.save(stored);
}

function fill(body: JsonObject, size: number, subscription: Subscription): void {
  put(body, "properties.diskSizeGB", size);
  put(body, "properties.diskSizeBytes", size * 1024 ** 3);
  put(body, "properties.provisioningState", "Succeeded");
  putDefault(body, "properties.timeCreated", subscription.now().toISOString());
  putDefault(body, "properties.uniqueId", subscription.uuid());
  putDefault(body, "properties.networkAccessPolicy", "AllowAll");
  putDefault(body, "properties.publicNetworkAccess", "Enabled");
  putDefault(body, "properties.encryption.type", "EncryptionAtRestWithPlatformKey");
}
