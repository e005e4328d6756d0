import { isGeneration2 } from "../../../azure/images";
import { hasTemporaryDisk, parseSize, supportsTrustedLaunch, usesNvme } from "../../../azure/sizes";
import { inAzuresWords, nicReserved } from "../../../review/azureErrors";
import { ArmError, changeNotAllowed, invalidParameter } from "../arm/errors";
import type { StoredResource } from "../arm/store";
import {
  at,
  equal,
  isObject,
  type JsonObject,
  numberAt,
  objectsAt,
  put,
  same,
  textAt,
  textsAt,
} from "../properties/json";
import { imageMinimumGB } from "./disks";
import type { PutRequest, Subscription } from "./resourceType";

/** Create-only properties of a VM body, azure.md 11.4. */
const createOnly = [
  "osProfile.computerName",
  "osProfile.adminUsername",
  "storageProfile.imageReference.publisher",
  "storageProfile.imageReference.offer",
  "storageProfile.imageReference.sku",
  "storageProfile.imageReference.version",
  "storageProfile.imageReference.id",
  "storageProfile.osDisk.createOption",
  "storageProfile.osDisk.name",
  "storageProfile.diskControllerType",
  "availabilitySet.id",
  "platformFaultDomain",
];

/** Never returned; ARM compares a new value with the one it was given, so a fingerprint stays behind. */
const writeOnly = [
  "osProfile.adminPassword",
  "osProfile.customData",
  "osProfile.windowsConfiguration.additionalUnattendContent",
];

const encryptionFeature = "Microsoft.Compute/EncryptionAtHost";

export function judgeNew(request: PutRequest, subscription: Subscription): void {
  const { body } = request;
  for (const needed of ["hardwareProfile.vmSize", "storageProfile", "networkProfile"])
    if (at(body, `properties.${needed}`) === undefined)
      throw invalidParameter(`Required parameter '${needed}' is missing (null).`);
  judgeImage(body);
  judgeOperatingSystem(body);
  judgeEncryption(body, subscription);
  judgeInterfaces(request, subscription);
  const zones = textsAt(body, "zones");
  if (zones.length > 1)
    throw new ArmError(
      400,
      "InvalidAvailabilityZone",
      `The zone(s) '${zones.join(",")}' for resource '${request.id}' is not supported. A machine is in one zone.`,
    );
}

export function judgeChange(request: PutRequest, existing: StoredResource, subscription: Subscription): void {
  const { body, hidden } = request;
  for (const path of createOnly) {
    const now = at(body, `properties.${path}`);
    const property = path.startsWith("storageProfile.imageReference") ? "imageReference" : path;
    if (now !== undefined && !equal(now, at(existing.body, `properties.${path}`))) throw changeNotAllowed(property);
  }
  for (const path of writeOnly) {
    const now = at(body, `properties.${path}`);
    if (now !== undefined && hidden[path] !== subscription.fingerprint(now)) throw changeNotAllowed(path);
  }
  if (!equal(body.zones, existing.body.zones)) throw changeNotAllowed("zones");
  judgeEncryption(body, subscription);
  judgeInterfaces(request, subscription);
  judgeResize(request, existing);
  judgeSecurityType(request, existing);
  const before = objectsAt(existing.body, "properties.networkProfile.networkInterfaces").map((nic) =>
    textAt(nic, "id"),
  );
  const after = objectsAt(body, "properties.networkProfile.networkInterfaces").map((nic) => textAt(nic, "id"));
  const changed = before.length !== after.length || before.some((id, index) => !same(id, after[index]));
  if (changed && running(request))
    throw new ArmError(
      400,
      "AddingOrDeletingNetworkInterfacesOnARunningVirtualMachineNotSupported",
      `Secondary network interfaces cannot be added or deleted from a running virtual machine. Stop (deallocate) '${request.name}' first.`,
    );
}

export function rememberSecrets({ body, hidden }: PutRequest, subscription: Subscription): void {
  for (const path of writeOnly) {
    const value = at(body, `properties.${path}`);
    if (value !== undefined) hidden[path] = subscription.fingerprint(value);
    put(body, `properties.${path}`, undefined);
  }
}

/** The VM that holds this network interface. */
export function attachedMachine(interfaceId: string, subscription: Subscription): StoredResource | undefined {
  return subscription
    .ofType("Microsoft.Compute/virtualMachines")
    .find((machine) =>
      objectsAt(machine.body, "properties.networkProfile.networkInterfaces").some((nic) =>
        same(textAt(nic, "id"), interfaceId),
      ),
    );
}

function running({ hidden }: PutRequest): boolean {
  return !isOff(hidden);
}

/** Switched off, or never begun: Azure found no place for it. */
export function isOff(hidden: JsonObject | undefined): boolean {
  return hidden?.power === "deallocated" || hidden?.undone === true;
}

/** Seconds for which an interface stays reserved for a machine that failed, when that is gone. */
const reservedSeconds = 180;

export function reserveInterface(nic: StoredResource, machine: StoredResource, subscription: Subscription): void {
  const until = new Date(subscription.now().getTime() + reservedSeconds * 1000).toISOString();
  nic.hidden.reserved = { machine: machine.id, until };
  subscription.save(nic);
}

/** Refuses what another machine, or nobody, wants of an interface that is still reserved. */
export function refuseReserved(nic: StoredResource, by: string | undefined, subscription: Subscription): void {
  const machine = textAt(nic.hidden, "reserved.machine");
  const until = textAt(nic.hidden, "reserved.until");
  if (machine === undefined || until === undefined || same(machine, by)) return;
  if (Date.parse(until) <= subscription.now().getTime()) return;
  throw new ArmError(400, nicReserved.code, inAzuresWords(nicReserved, { machine }));
}

function judgeImage(body: JsonObject): void {
  const option = textAt(body, "properties.storageProfile.osDisk.createOption");
  if (option !== "FromImage") {
    if (option === "Attach" || option === "Copy" || option === "Restore") return;
    throw invalidParameter(`The value of parameter 'osDisk.createOption' is invalid: '${option ?? ""}'.`);
  }
  const image = at(body, "properties.storageProfile.imageReference");
  if (!isObject(image)) throw invalidParameter("Required parameter 'storageProfile.imageReference' is missing (null).");
  if (image.id !== undefined || image.communityGalleryImageId !== undefined || image.sharedGalleryImageId !== undefined)
    return;
  for (const part of ["publisher", "offer", "sku", "version"])
    if (typeof image[part] !== "string" || image[part] === "")
      throw invalidParameter(`Required parameter 'imageReference.${part}' is missing (null).`);
  const sku = String(image.sku);
  const size = textAt(body, "properties.hardwareProfile.vmSize") ?? "";
  // Names of other publishers' images tell nothing.
  const isNamed = same(String(image.publisher), "MicrosoftWindowsServer") && same(String(image.offer), "WindowsServer");
  const generation2 = !isNamed || isGeneration2(sku);
  if (same(textAt(body, "properties.securityProfile.securityType"), "TrustedLaunch")) {
    if (!generation2)
      throw new ArmError(
        400,
        "BadRequest",
        `Use of TrustedLaunch setting is not supported for the provided image '${sku}'. Please select a Trusted Launch supported Gen2 OS image.`,
      );
    if (!supportsTrustedLaunch(size))
      throw new ArmError(400, "BadRequest", `Use of TrustedLaunch setting is not supported for VM size '${size}'.`);
  }
  const named = parseSize(size);
  if (!generation2 && named !== undefined && usesNvme(named))
    throw new ArmError(400, "BadRequest", `The selected VM size '${size}' cannot boot Hypervisor Generation '1'.`);
  const wanted = numberAt(body, "properties.storageProfile.osDisk.diskSizeGB");
  const least = imageMinimumGB(sku);
  if (wanted !== undefined && wanted < least)
    throw invalidParameter(
      `The specified disk size ${wanted} GB is smaller than the size of the corresponding disk in the VM image: ${least} GB. This is not allowed. Please choose equal or greater size or do not specify an explicit size.`,
    );
}

function judgeOperatingSystem(body: JsonObject): void {
  if (textAt(body, "properties.storageProfile.osDisk.createOption") !== "FromImage") return;
  const value = (name: string) => textAt(body, `properties.osProfile.${name}`) ?? "";
  const computerName = value("computerName");
  if (computerName === "") throw invalidParameter("Required parameter 'osProfile.computerName' is missing (null).");
  const windows = !isObject(at(body, "properties.osProfile.linuxConfiguration"));
  if (windows && (computerName.length > 15 || /^\d+$/.test(computerName) || !/^[A-Za-z0-9-]+$/.test(computerName)))
    throw invalidParameter(
      "Windows computer name cannot be more than 15 characters long, be entirely numeric, or contain characters other than letters, digits and hyphens.",
    );
  const administrator = value("adminUsername");
  if (administrator === "") throw invalidParameter("Required parameter 'adminUsername' is missing (null).");
  const password = value("adminPassword");
  if (windows && password === "") throw invalidParameter("Required parameter 'adminPassword' is missing (null).");
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  if (password !== "" && (password.length < 8 || password.length > 123 || kinds < 3))
    throw invalidParameter(
      "The supplied password must be between 8-123 characters long and must satisfy at least 3 of the password complexity requirements: an uppercase character, a lowercase character, a numeric digit, a special character.",
    );
}

/** Sending the property at all needs the feature, `false` too (azure.md 11.3). */
function judgeEncryption(body: JsonObject, subscription: Subscription): void {
  if (at(body, "properties.securityProfile.encryptionAtHost") === undefined) return;
  if (!subscription.hasFeature(encryptionFeature))
    throw invalidParameter(
      `The property 'securityProfile.encryptionAtHost' is not valid because the '${encryptionFeature}' feature is not enabled for this subscription.`,
    );
}

function judgeInterfaces({ id, body }: PutRequest, subscription: Subscription): void {
  const interfaces = objectsAt(body, "properties.networkProfile.networkInterfaces");
  if (
    interfaces.length === 0 &&
    objectsAt(body, "properties.networkProfile.networkInterfaceConfigurations").length === 0
  )
    throw invalidParameter("Required parameter 'networkProfile.networkInterfaces' is missing (null).");
  if (interfaces.length > 1 && interfaces.filter((nic) => at(nic, "properties.primary") === true).length !== 1)
    throw new ArmError(
      400,
      "VirtualMachineMustHaveOneNetworkInterfaceAsPrimary",
      `Virtual machine ${id} must have one network interface set as the primary.`,
    );
  const ids = interfaces.map((reference) => textAt(reference, "id")?.toLowerCase());
  if (new Set(ids).size < ids.length)
    throw invalidParameter(
      "The value of parameter 'networkProfile.networkInterfaces' names an interface more than once.",
    );
  for (const reference of interfaces) {
    const nicId = textAt(reference, "id") ?? "";
    const nic = subscription.get(nicId);
    if (!nic || !same(nic.type, "Microsoft.Network/networkInterfaces"))
      throw new ArmError(404, "NotFound", `Resource ${nicId} not found.`);
    if (!same(textAt(nic.body, "location"), textAt(body, "location")))
      throw new ArmError(
        400,
        "InvalidResourceReference",
        `Network interface ${nic.id} is not in the region of virtual machine ${id}.`,
      );
    refuseReserved(nic, id, subscription);
    const holder = attachedMachine(nic.id, subscription);
    if (holder && !same(holder.id, id))
      throw new ArmError(
        400,
        "NicInUse",
        `Network Interface ${nic.id} is used by existing resource ${holder.id}. In order to use it for ${id}, it must be dissociated from that resource.`,
      );
  }
}

function judgeResize(request: PutRequest, existing: StoredResource): void {
  const before = textAt(existing.body, "properties.hardwareProfile.vmSize") ?? "";
  const after = textAt(request.body, "properties.hardwareProfile.vmSize") ?? before;
  const [from, to] = [parseSize(before), parseSize(after)];
  const trusted = same(textAt(existing.body, "properties.securityProfile.securityType"), "TrustedLaunch");
  // azure-compute-docs, sizes/resize-vm.md; the words are the rehearsal's own.
  if (from !== undefined && to !== undefined && hasTemporaryDisk(from) !== hasTemporaryDisk(to))
    throw new ArmError(
      409,
      "OperationNotAllowed",
      `Unable to resize the VM '${request.name}' from '${before}' to '${after}': only one of them has a local temporary disk. Build a new machine.`,
    );
  if (trusted && from !== undefined && to !== undefined && usesNvme(from) !== usesNvme(to))
    throw new ArmError(
      409,
      "OperationNotAllowed",
      `Unable to resize the VM '${request.name}' from '${before}' to '${after}': a Trusted Launch VM cannot change its disk controller between SCSI and NVMe. Build a new machine.`,
    );
  const disk = "properties.storageProfile.osDisk.diskSizeGB";
  const size = numberAt(request.body, disk);
  const old = numberAt(existing.body, disk);
  if (size === undefined || old === undefined || size === old) return;
  if (size < old)
    throw new ArmError(
      409,
      "OperationNotAllowed",
      `The OS disk of VM '${request.name}' cannot shrink from ${old} GB to ${size} GB. Disks only grow.`,
    );
  if (running(request))
    throw new ArmError(
      409,
      "OperationNotAllowed",
      `The OS disk of VM '${request.name}' cannot be resized while it is attached to a running VM. Stop (deallocate) the VM first.`,
    );
}

function judgeSecurityType(request: PutRequest, existing: StoredResource): void {
  for (const property of ["securityType", "encryptionAtHost"]) {
    const path = `properties.securityProfile.${property}`;
    if (equal(at(request.body, path), at(existing.body, path)) || !running(request)) continue;
    throw new ArmError(
      409,
      "OperationNotAllowed",
      `The property 'securityProfile.${property}' can only be changed while the VM '${request.name}' is stopped (deallocated).`,
    );
  }
}
