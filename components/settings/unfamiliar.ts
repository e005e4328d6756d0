import { imageFamiliarity } from "../../azure/images";
import type { Familiarity } from "../../azure/nearest";
import { hasZones, isInOtherCloud, regionFamiliarity } from "../../azure/regions";
import { serviceTagFamiliarity } from "../../azure/serviceTags";
import { sizeFamiliarity } from "../../azure/sizes";
import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import { blockPath } from "./context";
import type { GenerationSettings, Settings } from "./settings";

/**
 * Names that the lists of what Azure takes (azure/) do not hold. They may be newer than the lists, so that they are
 * warnings; a rehearsal refuses them, as Azure refuses what it does not know.
 *
 * @param standing generations that are built: what they are made of exists
 */
export function unfamiliarNames(settings: Settings, standing: readonly number[]): readonly Finding[] {
  const { location, monitoring, network } = settings;
  const coming = settings.generations.filter(({ generation }) => !standing.includes(generation));
  const isNew = standing.length === 0;
  return [
    ...(isNew ? named("location", "an Azure region", location, regionFamiliarity(location)) : []),
    ...(isNew && isInOtherCloud(location) ? [otherCloud(location)] : []),
    ...(monitoring === undefined || monitoring.workspaceLocation === location
      ? []
      : named(
          "monitoring.workspaceLocation",
          "an Azure region",
          monitoring.workspaceLocation,
          regionFamiliarity(monitoring.workspaceLocation),
        )),
    ...coming.flatMap(ofBlock),
    ...network.extraOutbound.flatMap(({ serviceTag }, index) =>
      serviceTag === undefined
        ? []
        : named(
            `network.extraOutbound[${index}].serviceTag`,
            "a service tag",
            serviceTag,
            serviceTagFamiliarity(serviceTag),
          ),
    ),
    ...(hasZones(location) === false ? withoutZones(settings, coming, isNew) : []),
  ];
}

function otherCloud(location: string): Finding {
  return readiness("other-cloud", "warning", "location", {
    title: `${location} is a region of another Azure cloud, and the hosts that this release tries and tells the firewall team are those of the public one`,
    cause: "location: sign-in, updates and the archive's blob.core.windows.net have other names there",
    next: "archive.enabled: false, and Microsoft's list of hosts for that cloud in place of docs/network.md; or a region of the public cloud",
  });
}

function ofBlock({ generation, size, image, connect }: GenerationSettings): readonly Finding[] {
  const { part, ...familiarity } = imageFamiliarity(image);
  return [
    ...named(blockPath(generation, "size"), "a machine size", size, sizeFamiliarity(size)),
    ...named(blockPath(generation, `image.${part}`), "an image of Windows Server", image[part], familiarity),
    ...otherDrive(blockPath(generation, "connect.installLocation"), connect.installLocation),
  ];
}

/** Somebody may attach a disk before the wizard; this program makes none. */
function otherDrive(path: string, location: string | undefined): readonly Finding[] {
  if (location === undefined || /^C:/i.test(location)) return [];
  return [
    readiness("install-location-drive", "warning", path, {
      title: `${path} is on drive ${location.slice(0, 2)}, and the machine is made with its system disk C: alone`,
      cause: `${path}: without a disk of that letter the wizard cannot install there`,
      next: `C:${location.slice(2)}; nothing, if you attach a disk with that letter before the wizard`,
    }),
  ];
}

function named(path: string, what: string, written: string, familiarity: Familiarity): readonly Finding[] {
  if (familiarity.kind !== "unknown") return [];
  const { meant } = familiarity;
  return [
    readiness("unfamiliar-name", "warning", path, {
      title: `${path} is "${written}", which is not ${what} that this release knows${meant === undefined ? "" : `; is ${meant} meant?`}`,
      cause: `${path}: Azure refuses a name that does not exist, most of them only after the network is built`,
      next:
        meant === undefined
          ? `a name that Azure lists; nothing, if "${written}" is newer than this release`
          : `${meant}; nothing, if "${written}" is newer than this release`,
    }),
  ];
}

/** Regions get zones, but seldom. */
function withoutZones(
  { location, archive, backup }: Settings,
  coming: readonly GenerationSettings[],
  isNew: boolean,
): readonly Finding[] {
  const told = (path: string, write: string): Finding =>
    readiness("region-without-zones", "warning", path, {
      title: `${path} needs availability zones, and ${location} has none that this release knows of`,
      cause: `${path} and location: Azure refuses it, in part only after the network is built`,
      next: `${write}; another location; nothing, if ${location} has got zones since this release`,
    });
  const zonalArchive = archive.redundancy === "ZoneRedundant" || archive.redundancy === "GeoZoneRedundant";
  return [
    ...coming
      .filter(({ zone }) => zone !== undefined)
      .map(({ generation }) => told(blockPath(generation, "zone"), "no zone")),
    ...(isNew && backup.enabled && backup.vaultId === undefined && backup.redundancy === "ZoneRedundant"
      ? [told("backup.redundancy", "GeoRedundant or LocallyRedundant")]
      : []),
    ...(archive.enabled && archive.accountId === undefined && zonalArchive
      ? [told("archive.redundancy", "GeoRedundant or LocallyRedundant")]
      : []),
  ];
}
