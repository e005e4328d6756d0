import { patchingOf, patchSettings } from "../maintenance/patching";
import type { GenerationSettings, Settings } from "../settings/settings";
import { generationNames } from "./names";

export function imageReference({ publisher, offer, sku, version }: GenerationSettings["image"]): string {
  return `${publisher}:${offer}:${sku}:${version}`;
}

/**
 * The machine's ARM arguments without what other resources supply.
 * `licensed`: the machine has a licence type that may have to be taken back.
 *
 * Trusted Launch is functional, not cosmetic: Entra Connect keeps the key of its application certificate in the vTPM.
 */
export function machineArguments(settings: Settings, block: GenerationSettings, licensed = false) {
  const { name, location } = settings;
  const names = generationNames(name, block.generation);
  return {
    vmName: names.machine,
    location,
    zones: block.zone === undefined ? undefined : [block.zone],
    hardwareProfile: { vmSize: block.size },
    securityProfile: {
      securityType: "TrustedLaunch",
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
      // Sending false fails where the subscription lacks the feature, so false is left out (facts/azure.md 11.3).
      ...(block.encryptionAtHost ? { encryptionAtHost: true } : {}),
    },
    storageProfile: {
      imageReference: { ...block.image },
      osDisk: {
        name: names.osDisk,
        createOption: "FromImage",
        // The disk of a retired server holds credentials of the directory; it goes with the machine.
        deleteOption: "Delete",
        diskSizeGB: block.osDiskSizeGB,
        // Crash-consistent snapshots advise against write caching on the host.
        caching: "ReadOnly",
        managedDisk: {
          storageAccountType: "Premium_LRS",
          ...(block.diskEncryptionSetId === undefined ? {} : { diskEncryptionSet: { id: block.diskEncryptionSetId } }),
        },
      },
    },
    osProfile: {
      computerName: names.machine,
      adminUsername: block.administratorName,
      windowsConfiguration: {
        provisionVMAgent: true,
        enableAutomaticUpdates: true,
        timeZone: block.timeZone,
        patchSettings: patchSettings(patchingOf(block.image, settings)),
      },
    },
    diagnosticsProfile: { bootDiagnostics: { enabled: true } },
    identity: { type: "SystemAssigned" },
    // Leaving it out would leave what Azure has; the way back is the word None (facts/azure.md 11.1).
    licenseType: block.licenseType ?? (licensed ? "None" : undefined),
  } as const;
}

export function networkInterfaceArguments({ name, location }: Settings, block: GenerationSettings) {
  return {
    networkInterfaceName: generationNames(name, block.generation).networkInterface,
    location,
    enableAcceleratedNetworking: true,
    ipConfiguration: {
      name: "primary",
      primary: true,
      privateIPAllocationMethod: "Static",
      privateIPAddress: block.address,
    },
  } as const;
}
