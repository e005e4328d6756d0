import { addressOf } from "../network/addresses";
import type { Fingerprint } from "../settings/memory";
import type { Settings } from "../settings/settings";
import { generationNames } from "./names";

export function imageReference({ server }: Settings): string {
  const { publisher, offer, sku, version } = server.image;
  return `${publisher}:${offer}:${sku}:${version}`;
}

/** What one generation is built with; kept in the stack's memory and compared before the next run touches anything. */
export function fingerprintOf(settings: Settings, generation: number): Fingerprint {
  const { server, network, location, connect } = settings;
  return {
    serverName: server.name,
    location,
    subnet: network.existingSubnetId ?? network.subnetPrefix,
    image: imageReference(settings),
    size: server.size,
    osDiskSizeGB: server.osDiskSizeGB,
    zone: server.zone ?? "",
    privateAddress: addressOf(network.firstServerAddress, generation),
    administratorName: server.administratorName,
    timeZone: server.timeZone,
    encryptionAtHost: server.encryptionAtHost,
    installLocation: connect.installLocation ?? "",
    database: Object.values(connect.database).join(" "),
    serviceAccount: Object.values(connect.serviceAccount).join(" "),
  };
}

/**
 * The machine's ARM arguments without what other resources supply.
 * Trusted Launch is functional, not cosmetic: Entra Connect keeps the key of its application certificate in the vTPM.
 */
export function machineArguments(settings: Settings, generation: number) {
  const { server } = settings;
  const names = generationNames(server.name, generation);
  return {
    vmName: names.machine,
    location: settings.location,
    zones: server.zone === undefined ? undefined : [server.zone],
    hardwareProfile: { vmSize: server.size },
    securityProfile: {
      securityType: "TrustedLaunch",
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
      // Sending false fails where the subscription lacks the feature, so false is left out (facts/azure.md 11.3).
      ...(server.encryptionAtHost ? { encryptionAtHost: true } : {}),
    },
    storageProfile: {
      imageReference: { ...server.image },
      osDisk: {
        name: names.osDisk,
        createOption: "FromImage",
        // The disk of a retired server holds credentials of the directory; it goes with the machine.
        deleteOption: "Delete",
        diskSizeGB: server.osDiskSizeGB,
        // Crash-consistent snapshots advise against write caching on the host.
        caching: "ReadOnly",
        managedDisk: { storageAccountType: "Premium_LRS" },
      },
    },
    osProfile: {
      computerName: names.machine,
      adminUsername: server.administratorName,
      windowsConfiguration: {
        provisionVMAgent: true,
        enableAutomaticUpdates: true,
        timeZone: server.timeZone,
        patchSettings: { patchMode: "AutomaticByOS", assessmentMode: "AutomaticByPlatform" },
      },
    },
    diagnosticsProfile: { bootDiagnostics: { enabled: true } },
    identity: { type: "SystemAssigned" },
    licenseType: server.licenseType,
  } as const;
}

export function networkInterfaceArguments(settings: Settings, generation: number) {
  const names = generationNames(settings.server.name, generation);
  return {
    networkInterfaceName: names.networkInterface,
    location: settings.location,
    enableAcceleratedNetworking: true,
    dnsServers: settings.network.dnsServers,
    ipConfiguration: {
      name: "primary",
      primary: true,
      privateIPAllocationMethod: "Static",
      privateIPAddress: addressOf(settings.network.firstServerAddress, generation),
    },
  } as const;
}
