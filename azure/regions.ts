import { type Familiarity, familiarityOf } from "./nearest";

/**
 * Azure's physical regions with and without availability zones, as its own list of locations has them:
 * Azure/terraform-azurerm-avm-utl-regions at 9064b20 (2026-08-21, MIT License), modules/cached-data. Regions are added,
 * and get zones, so that neither list refuses anything by itself. The public cloud's only.
 */
const withZones =
  "australiaeast austriaeast belgiumcentral brazilsouth canadacentral centralindia centralus chilecentral denmarkeast " +
  "eastasia eastus eastus2 eastus2euap francecentral germanywestcentral indonesiacentral israelcentral italynorth " +
  "japaneast japanwest koreacentral malaysiawest mexicocentral newzealandnorth northeurope norwayeast polandcentral " +
  "qatarcentral southafricanorth southcentralus southeastasia spaincentral swedencentral switzerlandnorth uaenorth " +
  "uksouth westeurope westus2 westus3";
const withoutZones =
  "australiacentral australiacentral2 australiasoutheast brazilsoutheast canadaeast centraluseuap eastusstg " +
  "francesouth germanynorth jioindiacentral jioindiawest koreasouth northcentralus norwaywest southafricawest " +
  "southcentralusstg southindia switzerlandwest uaecentral ukwest westcentralus westindia westus";

/** Azure Government and Azure in China: Azure/azure-sdk-for-net, AzureLocation.cs (MIT License). */
const otherClouds =
  "usdodcentral usdodeast usgovarizona usgovtexas usgovvirginia usgoviowa " +
  "chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3";

const zonal: ReadonlySet<string> = new Set(withZones.split(" "));
const zoneless: ReadonlySet<string> = new Set(withoutZones.split(" "));
export const regions: readonly string[] = [...zonal, ...zoneless, ...otherClouds.split(" ")].sort();

/** Azure Government and Azure in China have hosts and names of their own. */
export function isInOtherCloud(location: string): boolean {
  return otherClouds.split(" ").includes(regionName(location));
}

/** Azure writes a region with or without spaces and capitals; settings have its short name: "West Europe" is westeurope. */
export function regionName(location: string): string {
  return location.toLowerCase().replaceAll(" ", "");
}

export function regionFamiliarity(location: string): Familiarity {
  return familiarityOf(regionName(location), regions);
}

/** Whether the region has availability zones; undefined where the list does not say. */
export function hasZones(location: string): boolean | undefined {
  const name = regionName(location);
  if (zonal.has(name)) return true;
  return zoneless.has(name) ? false : undefined;
}
