import { longestAdministrator, reservedAdministrators } from "../../../azure/administrators";
import { imageFamiliarity, takesHotpatches } from "../../../azure/images";
import { sizeFamiliarity, supportsAcceleratedNetworking, supportsPremiumDisks } from "../../../azure/sizes";
import { windowsTimeZone } from "../../../azure/timeZones";
import { ArmError, invalidParameter } from "../arm/errors";
import {
  at,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  same,
  textAt,
  textsAt,
} from "../properties/json";
import type { PutRequest, Subscription } from "./resourceType";

/** What Compute refuses of single values in a machine's body, in its own words where a source has them. */

const osDisk = "properties.storageProfile.osDisk";
const windows = "properties.osProfile.windowsConfiguration";
const vmSize = "properties.hardwareProfile.vmSize";
const isWindows = (body: JsonObject): boolean => !isObject(at(body, "properties.osProfile.linuxConfiguration"));

function imageOf(body: JsonObject) {
  const part = (name: string): string => textAt(body, `properties.storageProfile.imageReference.${name}`) ?? "";
  return { publisher: part("publisher"), offer: part("offer"), sku: part("sku"), version: part("version") };
}

/** Of every PUT, a change included. */
export function judgeValues(request: PutRequest, subscription: Subscription): void {
  const { body } = request;
  judgeSize(request, subscription);
  judgeDiskTypes(body);
  judgeAccelerated(request, subscription);
  if (!isWindows(body)) return;
  judgePatching(body);
  const licence = textAt(body, "properties.licenseType");
  if (licence !== undefined && !windowsLicences.some((known) => same(known, licence)))
    throw invalidParameter(`The value '${licence}' of parameter 'licenseType' is invalid for a Windows machine.`);
}

/** facts azure.md 11.1; Windows_Client is for the desktop. */
const windowsLicences = ["Windows_Server", "Windows_Client", "None"];

/** Of a new machine: what cannot be changed afterwards. */
export function judgeNewValues({ body }: PutRequest, subscription: Subscription): void {
  judgeImageName(body, subscription);
  if (!isWindows(body)) return;
  const zone = textAt(body, `${windows}.timeZone`);
  // azure-sdk-for-node issue 2266.
  if (zone !== undefined && windowsTimeZone(zone).kind !== "windows")
    throw invalidParameter("The value of parameter windowsConfiguration.timeZone is invalid.");
  const administrator = textAt(body, "properties.osProfile.adminUsername") ?? "";
  if (reservedAdministrators.has(administrator.toLowerCase()))
    throw invalidParameter("The Admin Username specified is not allowed.");
  if (administrator.length > longestAdministrator || administrator.endsWith("."))
    throw invalidParameter(
      `The value of parameter adminUsername is invalid: it has at most ${longestAdministrator} characters and does not end in a period.`,
    );
}

/** terraform-examples pull request 62, viya4-iac-azure issue 116. */
function judgeSize({ body, existing }: PutRequest, subscription: Subscription): void {
  const size = textAt(body, vmSize);
  if (size === undefined || same(size, textAt(existing?.body, vmSize)) || subscription.alsoKnows(size)) return;
  const found = sizeFamiliarity(size);
  if (found.kind !== "unknown") return;
  throw invalidParameter(
    `The value ${size} provided for the VM size is not valid. The valid sizes in the current region are: ${found.meant ?? "Standard_D2s_v5, Standard_D4s_v5, Standard_D8s_v5"}, … (the list of the rehearsal is by series; --azure-knows ${size} adds one).`,
  );
}

/** packer-plugin-azure issue 53, firefox-support-common pull request 31. */
function judgeImageName(body: JsonObject, subscription: Subscription): void {
  if (textAt(body, `${osDisk}.createOption`) !== "FromImage") return;
  const image = imageOf(body);
  if (image.publisher === "") return;
  const found = imageFamiliarity(image);
  const { version } = image;
  const unknown = found.kind === "unknown" && !subscription.alsoKnows(image[found.part]);
  if (!unknown && /^([0-9]+\.[0-9]+\.[0-9]+|latest)$/i.test(version)) return;
  throw new ArmError(
    404,
    "PlatformImageNotFound",
    `The platform image '${image.publisher}:${image.offer}:${image.sku}:${version}' is not available. Verify that all fields in the storage profile are correct. For more details about storage profile information, please refer to https://aka.ms/storageprofile`,
  );
}

/** Disks that a machine cannot start from (ARM description of StorageAccountTypes), and disks that its size cannot use. */
function judgeDiskTypes(body: JsonObject): void {
  const system = textAt(body, `${osDisk}.managedDisk.storageAccountType`) ?? "";
  if (/^(UltraSSD_LRS|PremiumV2_LRS)$/i.test(system))
    throw invalidParameter(
      `Storage account type ${system} can only be used with data disks, it cannot be used with OS Disk.`,
    );
  // The largest system disk (azure-compute-docs, managed-disks-overview.md).
  const largest = 4095;
  if ((numberAt(body, `${osDisk}.diskSizeGB`) ?? 0) > largest)
    throw invalidParameter(
      `The value of parameter osDisk.diskSizeGB is invalid: an OS disk has at most ${largest} GB.`,
    );
  const size = textAt(body, vmSize) ?? "";
  if (supportsPremiumDisks(size) !== false) return;
  const disks = [objectAt(body, osDisk), ...objectsAt(body, "properties.storageProfile.dataDisks")];
  const premium = disks.find((disk) => /^Premium/i.test(textAt(disk, "managedDisk.storageAccountType") ?? ""));
  if (premium === undefined) return;
  // cloud-forensics-utils issue 488.
  throw invalidParameter(
    `Requested operation cannot be performed because the VM size ${size} does not support the storage account type ${textAt(premium, "managedDisk.storageAccountType") ?? ""} of disk '${textAt(premium, "name") ?? ""}'. Consider updating the VM to a size that supports Premium storage.`,
  );
}

/** azure-cli issue 19182. */
function judgeAccelerated({ id, body }: PutRequest, subscription: Subscription): void {
  const size = textAt(body, vmSize) ?? "";
  if (supportsAcceleratedNetworking(size)) return;
  for (const reference of objectsAt(body, "properties.networkProfile.networkInterfaces")) {
    const nic = subscription.get(textAt(reference, "id") ?? "");
    if (at(nic?.body, "properties.enableAcceleratedNetworking") !== true) continue;
    throw new ArmError(
      400,
      "VMSizeIsNotPermittedToEnableAcceleratedNetworking",
      `Virtual machine ${id} has size ${size}, which is not compatible with enabling accelerated networking on network interface(s) on the VM.`,
    );
  }
}

/** What a patch mode asks of the rest (azure.md 11.1, PatchSettings); the words are the rehearsal's own. */
function judgePatching(body: JsonObject): void {
  const settings = objectAt(body, `${windows}.patchSettings`);
  const mode = textAt(settings, "patchMode") ?? "";
  const updates = at(body, `${windows}.enableAutomaticUpdates`) !== false;
  const agent = at(body, `${windows}.provisionVMAgent`) !== false;
  if (same(mode, "Manual") && at(body, `${windows}.enableAutomaticUpdates`) === true)
    throw invalidParameter("patchMode Manual needs windowsConfiguration.enableAutomaticUpdates false.");
  if (/^AutomaticBy(OS|Platform)$/i.test(mode) && !updates)
    throw invalidParameter(`patchMode ${mode} needs windowsConfiguration.enableAutomaticUpdates true.`);
  if (same(mode, "AutomaticByPlatform") && !agent)
    throw invalidParameter("patchMode AutomaticByPlatform needs windowsConfiguration.provisionVMAgent true.");
  if (at(settings, "enableHotpatching") !== true) return;
  const image = imageOf(body);
  if (!same(mode, "AutomaticByPlatform") || !takesHotpatches(image))
    throw invalidParameter(
      `enableHotpatching (hotpatching) needs patchMode AutomaticByPlatform and an image that takes hotpatches; '${image.sku}' does not.`,
    );
}

/** jenkins-infra/azure pull request 1406. */
export function judgeDiskZone(disk: JsonObject, diskId: string, machine: JsonObject): void {
  const [machineZone, diskZone] = [textsAt(machine, "zones")[0] ?? "", textsAt(disk, "zones")[0] ?? ""];
  // A disk without a zone goes to a machine in one (azure-sdk-for-net issue 39112: Premium, not Ultra and Premium v2).
  if (diskZone === "" || diskZone === machineZone) return;
  throw new ArmError(
    400,
    "BadRequest",
    `Disk ${diskId} cannot be attached to the VM because it is not in the same zone as the VM. VM zone: '${machineZone}'. Disk zone: '${diskZone}'.`,
  );
}
