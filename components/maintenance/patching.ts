import type { ImageSettings, Settings } from "../settings/settings";

/**
 * Images of Windows Server with the desktop that Azure patches itself: "automatic VM guest patching", list of supported
 * images (MicrosoftDocs/azure-compute-docs articles/virtual-machines/automatic-vm-guest-patching.md, 2024-07), exact
 * publisher, offer and sku; custom images never. 2025-datacenter-g2 is not in it.
 */
const patchedByPlatform: ReadonlySet<string> = new Set([
  "2019-datacenter-gensecond",
  "2019-datacenter-smalldisk-g2",
  "2022-datacenter-g2",
  "2022-datacenter-smalldisk-g2",
  "2022-datacenter-azure-edition",
  "2022-datacenter-azure-edition-smalldisk",
  "2022-datacenter-azure-edition-hotpatch",
  "2022-datacenter-azure-edition-hotpatch-smalldisk",
  "2025-datacenter-azure-edition",
  "2025-datacenter-azure-edition-smalldisk",
]);

export function isPatchedByPlatform({ publisher, offer, sku }: ImageSettings): boolean {
  return (
    publisher.toLowerCase() === "microsoftwindowsserver" &&
    offer.toLowerCase() === "windowsserver" &&
    patchedByPlatform.has(sku.toLowerCase())
  );
}

/** `schedule`: in the window of the settings. `platform`: Azure picks an off-peak hour. `windows`: Windows Update by itself. */
export type Patching = "schedule" | "platform" | "windows";

export function patchingOf(image: ImageSettings, { maintenance }: Pick<Settings, "maintenance">): Patching {
  if (!isPatchedByPlatform(image)) return "windows";
  return maintenance.window === undefined ? "platform" : "schedule";
}

/** The machine's part of it. On a schedule that is not assigned (yet), Azure installs nothing at all. */
export function patchSettings(patching: Patching) {
  if (patching === "windows") return { patchMode: "AutomaticByOS", assessmentMode: "AutomaticByPlatform" } as const;
  return {
    patchMode: "AutomaticByPlatform",
    assessmentMode: "AutomaticByPlatform",
    automaticByPlatformSettings: {
      // Said even where it is no: left out, it would stay as it was when a window is taken out of the settings.
      bypassPlatformSafetyChecksOnUserSchedule: patching === "schedule",
      rebootSetting: "IfRequired",
    },
  } as const;
}
