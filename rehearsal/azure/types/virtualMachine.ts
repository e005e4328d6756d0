import { operationFailed } from "../arm/errors";
import { groupInCapitals, idKey } from "../arm/ids";
import type { StoredResource } from "../arm/store";
import { isObject, numberAt, objectsAt, put, putDefault, textAt } from "../properties/json";
import { nestedEnvelope, type Shape, topLevelEnvelope } from "../properties/shape";
import { define } from "./define";
import { judgeDiskEncryption } from "./diskEncryptionSet";
import { createOperatingSystemDisk, judgeDisks, releaseDisks, takeDataDisks } from "./disks";
import type { PutRequest, Subscription } from "./resourceType";
import { attachedMachine, judgeChange, judgeNew, rememberSecrets, reserveInterface } from "./virtualMachineRules";
import { judgeNewValues, judgeValues } from "./virtualMachineValues";

const networkReference: Shape = { envelope: nestedEnvelope };

export const virtualMachineType = "Microsoft.Compute/virtualMachines";

export const virtualMachine = define("compute", "VirtualMachine", {
  type: virtualMachineType,
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}",
  shape: {
    envelope: topLevelEnvelope,
    nested: {
      "networkProfile.networkInterfaces": () => networkReference,
      "networkProfile.networkInterfaceConfigurations": () => networkReference,
    },
  },
  required: [
    "storageProfile.osDisk.createOption",
    "storageProfile.dataDisks.lun",
    "storageProfile.dataDisks.createOption",
  ],
  filledByAzure: [
    "identity.principalId",
    "identity.tenantId",
    "storageProfile.imageReference.exactVersion",
    "storageProfile.osDisk.managedDisk.id",
  ],
  secrets: [
    "properties.osProfile.adminPassword",
    "properties.osProfile.customData",
    "properties.osProfile.windowsConfiguration.additionalUnattendContent",
    "properties.userData",
  ],
  seconds: { create: 90, update: 15, delete: 45 },
  needsSettled: (body) =>
    objectsAt(body, "properties.networkProfile.networkInterfaces").flatMap((each) => textAt(each, "id") ?? []),
  rules: {
    put(request, subscription) {
      if (request.existing) judgeChange(request, request.existing, subscription);
      else {
        judgeNew(request, subscription);
        judgeNewValues(request, subscription);
      }
      judgeValues(request, subscription);
      judgeDisks(request, subscription);
      judgeDiskEncryption(request, subscription);
      rememberSecrets(request, subscription);
      complete(request, subscription);
    },
    async operate(machine, request, subscription) {
      if (request.existing) return restartResized(machine, request.existing, subscription);
      try {
        await subscription.machines.create(describe(machine));
        await subscription.machines.setPower(machine.id, "running");
        machine.hidden.power = "running";
      } catch (error) {
        throw operationFailed(
          "OSProvisioningInternalError",
          `OS Provisioning failed for VM '${machine.name}' due to an internal error: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    },
    get(machine, body, subscription) {
      const disk = textAt(body, "properties.storageProfile.osDisk.managedDisk.id");
      if (disk !== undefined) put(body, "properties.storageProfile.osDisk.managedDisk.id", groupInCapitals(disk));
      const extensions = subscription.ofType(`${virtualMachineType}/extensions`);
      const own = extensions.filter((found) => idKey(found.id).startsWith(`${idKey(machine.id)}/`));
      if (own.length > 0) body.resources = own.map((found) => ({ ...found.body }));
    },
    async delete(machine, subscription) {
      const interfaces = objectsAt(machine.body, "properties.networkProfile.networkInterfaces");
      for (const resource of subscription.inside(machine.id)) subscription.remove(resource.id);
      subscription.remove(machine.id);
      await subscription.machines.delete(machine.id);
      for (const reference of interfaces) {
        const id = textAt(reference, "id");
        const nic = id === undefined ? undefined : subscription.get(id);
        if (nic && machine.hidden.undone === true) reserveInterface(nic, machine, subscription);
        if (id === undefined || textAt(reference, "properties.deleteOption") !== "Delete") continue;
        if (subscription.get(id) && !attachedMachine(id, subscription)) await subscription.deleteWithRules(id);
      }
      releaseDisks(machine, subscription);
    },
  },
});

/** A running machine is restarted by a change of its size (azure.md 11.4). */
async function restartResized(machine: StoredResource, before: StoredResource, subscription: Subscription) {
  const sizeOf = ({ body }: StoredResource) => textAt(body, "properties.hardwareProfile.vmSize");
  if (sizeOf(machine) === sizeOf(before) || machine.hidden.power === "deallocated") return;
  await subscription.machines.setPower(machine.id, "deallocated");
  await subscription.machines.setPower(machine.id, "running");
}

/** What ARM adds to an accepted body, on top of what it knew before. */
function complete({ id, name, body, existing, hidden }: PutRequest, subscription: Subscription): void {
  const created = existing ? textAt(existing.body, "properties.timeCreated") : undefined;
  put(body, "properties.vmId", textAt(existing?.body, "properties.vmId") ?? subscription.uuid());
  put(body, "properties.timeCreated", created ?? subscription.now().toISOString());
  put(body, "properties.provisioningState", "Succeeded");
  body.etag = `"${subscription.uuid().slice(0, 8)}"`;
  if (isObject(body.identity)) {
    if (/SystemAssigned/.test(textAt(body, "identity.type") ?? "")) {
      put(body, "identity.principalId", textAt(existing?.body, "identity.principalId") ?? subscription.uuid());
      put(body, "identity.tenantId", subscription.tenantId);
    }
  }
  if (isObject(body.properties) && isObject(body.properties.osProfile)) {
    putDefault(body, "properties.osProfile.secrets", []);
    putDefault(body, "properties.osProfile.allowExtensionOperations", true);
    putDefault(body, "properties.osProfile.requireGuestProvisionSignal", true);
    putDefault(body, "properties.osProfile.windowsConfiguration.provisionVMAgent", true);
    putDefault(body, "properties.osProfile.windowsConfiguration.enableAutomaticUpdates", true);
  } else if (existing) {
    // A PUT without an OS profile keeps the one the machine was made with.
    const kept = isObject(existing.body.properties) ? existing.body.properties.osProfile : undefined;
    put(body, "properties.osProfile", kept);
  }
  const version = textAt(body, "properties.storageProfile.imageReference.version");
  if (version !== undefined && version !== "latest")
    put(body, "properties.storageProfile.imageReference.exactVersion", version);
  createOperatingSystemDisk({ id, name, body, existing }, subscription);
  takeDataDisks({ id, body, existing }, subscription);
  if (!existing) hidden.power = "running";
}

function describe(machine: StoredResource) {
  const { body } = machine;
  const image = (part: string) => textAt(body, `properties.storageProfile.imageReference.${part}`) ?? "";
  return {
    resourceId: machine.id,
    vmId: textAt(body, "properties.vmId") ?? "",
    name: machine.name,
    computerName: textAt(body, "properties.osProfile.computerName") ?? machine.name,
    administratorName: textAt(body, "properties.osProfile.adminUsername") ?? "",
    image: { publisher: image("publisher"), offer: image("offer"), sku: image("sku"), version: image("version") },
    osDiskSizeGB: numberAt(body, "properties.storageProfile.osDisk.diskSizeGB") ?? 127,
  };
}
