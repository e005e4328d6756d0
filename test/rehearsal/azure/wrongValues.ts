import type { Json } from "../../../rehearsal/azure/properties/json";
import type { Ground, Kind } from "./rightBodies";

/** A value, or how it is found among what stands there. */
type Changes = Readonly<Record<string, Json | ((at: Ground) => Json)>>;

/** One wrong value in a body that Azure takes otherwise: SDK path (numbers are places in a list), and what is said. */
export interface Wrong {
  readonly kind: Kind;
  readonly what: string;
  readonly set: Changes;
  /** Of Azure's words: the value or what is wrong with it. */
  readonly says: RegExp;
}

/** Takes the property out of the body. */
export const undefinedValue = "-";

export const tags = (count: number): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, "x"]));
export const long = (count: number): string => "a".repeat(count);
export const wrong = (kind: Kind, what: string, set: Changes, says: RegExp): Wrong => ({
  kind,
  what,
  set,
  says,
});

const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const image = "storageProfile.imageReference";
const osDisk = "storageProfile.osDisk";
const windows = "osProfile.windowsConfiguration";
const daily = "properties.retentionPolicy.dailySchedule";

/** The bodies of the review of 2026-11-26 (section 1.2) that the simulated Azure took. */
export const reviewed: readonly Wrong[] = [
  wrong("machine", "unknown size", { "hardwareProfile.vmSize": "Standard_D4s_v55" }, /Standard_D4s_v55/),
  wrong("machine", "unknown image sku", { [`${image}.sku`]: "2022-datacentre-g2" }, /2022-datacentre-g2/),
  wrong("machine", "unknown licence", { licenseType: "Windows_Sever" }, /Windows_Sever/),
  wrong("machine", "unknown security type", { "securityProfile.securityType": "TrustedLunch" }, /TrustedLunch/),
  wrong("machine", "unknown disk type", { [`${osDisk}.managedDisk.storageAccountType`]: "Premium_SSD" }, /Premium_SSD/),
  wrong("machine", "unknown caching", { [`${osDisk}.caching`]: "ReadWrit" }, /ReadWrit/),
  wrong("machine", "unknown time zone", { [`${windows}.timeZone`]: "W. Europe Standard Tme" }, /timeZone/),
  wrong(
    "machine",
    "patches by the platform without updates",
    {
      [`${windows}.patchSettings.patchMode`]: "AutomaticByPlatform",
      [`${windows}.enableAutomaticUpdates`]: false,
    },
    /patchMode/i,
  ),
  wrong("machine", "51 tags", { tags: tags(51) }, /tag/i),
  wrong("machine", "tag name with <", { tags: { "a<b>": "x" } }, /a<b>/),
  wrong("machine", "name of 70 characters", { vmName: long(70) }, /64/),
  wrong("network", "unknown region", { location: "westeurop" }, /westeurop/),
  wrong("group", "name that ends in a dot", { resourceGroupName: "rg-more." }, /rg-more\./),
  wrong("machine", "premium disk on a size without s", { "hardwareProfile.vmSize": "Standard_D4_v4" }, /Premium_LRS/),
  wrong(
    "machine",
    "accelerated networking on an A size",
    {
      "hardwareProfile.vmSize": "Standard_A2_v2",
      [`${osDisk}.managedDisk.storageAccountType`]: "Standard_LRS",
      securityProfile: {},
      "networkProfile.networkInterfaces[0].id": ({ nic }) => nic,
    },
    /accelerated networking/i,
  ),
  wrong(
    "securityRule",
    "prefix and prefixes",
    { destinationAddressPrefixes: ["10.40.1.0/24"] },
    /DestinationAddressPrefix/,
  ),
  wrong(
    "securityRule",
    "unknown service tag",
    { destinationAddressPrefix: "AzureActiveDirectry" },
    /AzureActiveDirectry/,
  ),
  wrong("securityRule", "address that is none", { destinationAddressPrefix: "10.0.0.300/99" }, /10\.0\.0\.300/),
  wrong("securityRule", "description over 140", { description: long(141) }, /140/),
  wrong("subnet", "/30 subnet", { addressPrefix: "10.40.5.0/30" }, /10\.40\.5\.0\/30|not valid/),
  wrong(
    "bastion",
    "outside its subnet",
    { "ipConfigurations[0].subnet.id": ({ subnet }) => subnet },
    /AzureBastionSubnet/,
  ),
  wrong("natGateway", "idle 500 minutes", { idleTimeoutInMinutes: 500 }, /500/),
  wrong("address", "unknown sku", { "sku.name": "Standrd" }, /Standrd/),
  wrong("address", "zone that does not exist", { zones: ["7"] }, /7/),
  wrong("vault", "unknown sku", { "sku.name": "RS9" }, /RS9/),
  wrong(
    "vault",
    "unknown redundancy",
    {
      "properties.redundancySettings.standardTierStorageRedundancy": "GeoRedundnt",
    },
    /GeoRedundnt/,
  ),
  wrong("policy", "unknown time zone", { "properties.timeZone": "Europe/Berlin" }, /.+/),
  wrong(
    "policy",
    "at 21:17",
    {
      "properties.schedulePolicy.dailySchedule.scheduleRunTimes": ["2026-01-01T21:17:00Z"],
      [`${daily}.retentionTimes`]: ["2026-01-01T21:17:00Z"],
    },
    /.+/,
  ),
  wrong("policy", "three days", { [`${daily}.retentionDuration.count`]: 3 }, /.+/),
  wrong(
    "policy",
    "retention times that are not schedule times",
    { [`${daily}.retentionTimes`]: ["2026-01-01T03:00:00Z"] },
    /.+/,
  ),
  wrong("policy", "unknown consistency type", { "properties.snapshotConsistencyType": "OnlyCrash" }, /OnlyCrash/),
  wrong("runCommand", "negative time-out", { timeoutInSeconds: -5 }, /-5|timeoutInSeconds/),
  wrong(
    "machine",
    "disk in another zone",
    { "storageProfile.dataDisks": ({ disk }) => [{ lun: 0, createOption: "Attach", managedDisk: { id: disk } }] },
    /zone/i,
  ),
  wrong("lock", "unknown level", { level: "CannotDeletee" }, /CannotDeletee/),
];

/** More of each kind, but for names, tags and networks (`wrongNetworks.ts`). */
export const more: readonly Wrong[] = [
  wrong(
    "machine",
    "size of a family with no such count",
    { "hardwareProfile.vmSize": "Standard_D3s_v5" },
    /Standard_D3s_v5/,
  ),
  wrong("machine", "size without Standard_", { "hardwareProfile.vmSize": "D4s_v5" }, /D4s_v5/),
  wrong("machine", "unknown publisher", { [`${image}.publisher`]: "MicrosoftWindowServer" }, /MicrosoftWindowServer/),
  wrong("machine", "unknown offer", { [`${image}.offer`]: "Windows-Server" }, /Windows-Server/),
  wrong("machine", "version that is none", { [`${image}.version`]: "newest" }, /newest/),
  wrong("machine", "unknown creation of a disk", { [`${osDisk}.createOption`]: "FromImg" }, /FromImg/),
  wrong("machine", "unknown delete option", { [`${osDisk}.deleteOption`]: "Keep" }, /Keep/),
  wrong("machine", "unknown identity type", { "identity.type": "SystemAsigned" }, /SystemAsigned/),
  wrong("machine", "unknown assessment", { [`${windows}.patchSettings.assessmentMode`]: "ByPlatform" }, /ByPlatform/),
  wrong("machine", "manual patches with updates", { [`${windows}.patchSettings.patchMode`]: "Manual" }, /patchMode/i),
  wrong(
    "machine",
    "hotpatches on a plain image",
    {
      [`${windows}.patchSettings`]: { patchMode: "AutomaticByPlatform", enableHotpatching: true },
    },
    /hotpatch/i,
  ),
  wrong("machine", "IANA time zone", { [`${windows}.timeZone`]: "Europe/Berlin" }, /timeZone/),
  wrong("machine", "administrator of 21 characters", { "osProfile.adminUsername": long(21) }, /20/),
  wrong(
    "machine",
    "administrator that ends in a dot",
    { "osProfile.adminUsername": "entra." },
    /adminUsername|Admin Username/i,
  ),
  wrong("machine", "reserved administrator", { "osProfile.adminUsername": "actuser" }, /Admin Username/i),
  wrong("machine", "disk of 5000 GiB", { [`${osDisk}.diskSizeGB`]: 5000 }, /4095/),
  wrong(
    "machine",
    "ultra disk for the system",
    { [`${osDisk}.managedDisk.storageAccountType`]: "UltraSSD_LRS" },
    /UltraSSD_LRS/,
  ),
  wrong("machine", "name with a hyphen at the end", { vmName: "more-" }, /more-/),
  wrong("machine", "zone in a region without zones", { zones: ["4"] }, /4/),
  wrong("machine", "computer name of digits", { "osProfile.computerName": "12345" }, /computer name/i),
  wrong("disk", "unknown sku", { "sku.name": "Premium_LR" }, /Premium_LR/),
  wrong("disk", "unknown creation", { "creationData.createOption": "Blank" }, /Blank/),
  wrong("disk", "unknown access policy", { networkAccessPolicy: "Deny" }, /Deny/),
  wrong("disk", "size 0", { diskSizeGB: 0 }, /diskSizeGB|0/),
  wrong("disk", "size above 32767", { diskSizeGB: 40000 }, /32767/),
  wrong("runCommand", "no script", { source: {} }, /source|script/i),
  wrong(
    "vault",
    "unknown immutability",
    { "properties.securitySettings.immutabilitySettings.state": "Enabled" },
    /Enabled/,
  ),
  wrong(
    "vault",
    "cross-region restore without geo-redundancy",
    {
      "properties.redundancySettings": {
        standardTierStorageRedundancy: "LocallyRedundant",
        crossRegionRestore: "Enabled",
      },
    },
    /crossRegionRestore|Cross Region/i,
  ),
  wrong("vault", "unknown public access", { "properties.publicNetworkAccess": "On" }, /On/),
  wrong("vault", "name of one character", { vaultName: "v" }, /2/),
  wrong("vault", "name that begins with a digit", { vaultName: "1vault" }, /1vault/),
  wrong("policy", "unknown duration", { [`${daily}.retentionDuration.durationType`]: "Day" }, /Day/),
  wrong("policy", "10000 days", { [`${daily}.retentionDuration.count`]: 10000 }, /.+/),
  wrong("policy", "unknown frequency", { "properties.schedulePolicy.scheduleRunFrequency": "Dayly" }, /Dayly/),
  wrong("policy", "31 days of instant restore", { "properties.instantRpRetentionRangeInDays": 31 }, /31/),
  wrong("policy", "unknown policy type", { "properties.policyType": "V3" }, /V3/),
  wrong("policy", "misspelt time zone", { "properties.timeZone": "W. Europe Standard Tme" }, /.+/),
  wrong(
    "policy",
    "weekly schedule without days",
    {
      "properties.schedulePolicy": {
        schedulePolicyType: "SimpleSchedulePolicyV2",
        scheduleRunFrequency: "Weekly",
        weeklySchedule: { scheduleRunTimes: ["2026-01-01T01:00:00Z"] },
      },
    },
    /.+/,
  ),
  wrong("workspace", "unknown sku", { "sku.name": "PerGB2108" }, /PerGB2108/),
  wrong("workspace", "retention of 20 days", { retentionInDays: 20 }, /20/),
  wrong("workspace", "retention of 731 days", { retentionInDays: 731 }, /RetentionInDays/),
  wrong("workspace", "unknown public access", { publicNetworkAccessForQuery: "Yes" }, /Yes/),
  wrong("workspace", "name of three characters", { workspaceName: "law" }, /4/),
  wrong("workspace", "name with a dot", { workspaceName: "law.more" }, /law\.more/),
  wrong("diagnosticSetting", "no destination", { workspaceId: undefinedValue }, /sink|destination|workspace/i),
  wrong("actionGroup", "short name of 13 characters", { groupShortName: "thirteenchars" }, /12/),
  wrong(
    "actionGroup",
    "address that is none",
    { "emailReceivers[0].emailAddress": "a.contoso.com" },
    /a\.contoso\.com/,
  ),
  wrong(
    "actionGroup",
    "two receivers of one name",
    {
      emailReceivers: [
        { name: "a", emailAddress: "a@contoso.com" },
        { name: "a", emailAddress: "b@contoso.com" },
      ],
    },
    /name/i,
  ),
  wrong("collectionRule", "unknown kind", { kind: "Window" }, /Window/),
  wrong(
    "collectionRule",
    "unknown stream",
    { "dataSources.windowsEventLogs[0].streams": ["Microsoft-Evnt"] },
    /Microsoft-Evnt/,
  ),
  wrong("collectionRule", "flow to nowhere", { "dataFlows[0].destinations": ["law2"] }, /law2/),
  wrong("queryRule", "severity 5", { severity: 5 }, /5|severity/i),
  wrong("queryRule", "unknown aggregation", { "criteria.allOf[0].timeAggregation": "Sum" }, /Sum/),
  wrong("queryRule", "unknown operator", { "criteria.allOf[0].operator": "Less" }, /Less/),
  wrong("queryRule", "unknown frequency", { evaluationFrequency: "PT7M" }, /PT7M/),
  wrong("queryRule", "frequency that is no duration", { evaluationFrequency: "5 minutes" }, /5 minutes/),
  wrong("activityAlert", "unknown field", { "condition.allOf[0].field": "categry" }, /category/),
  wrong("activityAlert", "region that it is not made in", { location: "eastus" }, /Global/),
  wrong("metricAlert", "unknown frequency", { evaluationFrequency: "PT2H" }, /PT2H/),
  wrong("metricAlert", "unknown aggregation", { "criteria.allOf[0].timeAggregation": "Sum" }, /Sum/),
  wrong("metricAlert", "unknown operator", { "criteria.allOf[0].operator": "MoreThan" }, /MoreThan/),
  wrong("metricAlert", "severity 9", { severity: 9 }, /9|severity/i),
  wrong("workbook", "name that is no UUID", { resourceName: "pair" }, /pair|GUID/i),
  wrong("workbook", "unknown kind", { kind: "private" }, /private/),
  wrong("maintenance", "unknown scope", { maintenanceScope: "InGuest" }, /InGuest/),
  wrong("maintenance", "unknown restart", { "installPatches.rebootSetting": "Sometimes" }, /Sometimes/),
  wrong(
    "maintenance",
    "unknown classification",
    { "installPatches.windowsParameters.classificationsToInclude": ["Secrity"] },
    /Secrity/,
  ),
  wrong("maintenance", "unknown time zone", { timeZone: "Europe/Berlin" }, /timeZone|Europe\/Berlin/),
  wrong("maintenance", "window of an hour", { duration: "01:00" }, /01:00|duration/i),
  wrong("maintenance", "recurrence that is none", { recurEvery: "Weekly Sunday" }, /Weekly Sunday/),
  wrong("account", "unknown redundancy", { "sku.name": "Standard_ZZRS" }, /Standard_ZZRS/),
  wrong("account", "unknown kind", { kind: "StorageV3" }, /StorageV3/),
  wrong("account", "unknown TLS version", { minimumTlsVersion: "TLS1_4" }, /TLS1_4/),
  wrong("account", "unknown bypass", { "networkRuleSet.bypass": "Azure" }, /Azure/),
  wrong("account", "name with a capital", { accountName: "StArchive" }, /StArchive/),
  wrong(
    "account",
    "private address in a rule",
    { "networkRuleSet.ipRules[0].iPAddressOrRange": "10.0.0.5" },
    /10\.0\.0\.5/,
  ),
  wrong(
    "account",
    "/32 in a rule",
    { "networkRuleSet.ipRules[0].iPAddressOrRange": "203.0.113.7/32" },
    /203\.0\.113\.7\/32/,
  ),
  wrong(
    "account",
    "immutable for 0 days",
    { "immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays": 0 },
    /immutab|0/i,
  ),
  wrong(
    "account",
    "immutable for 146001 days",
    { "immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays": 146001 },
    /146000|146001/,
  ),
  wrong("account", "zones in a region without zones", { location: "westus" }, /Standard_ZRS|zone/i),
  wrong("container", "name with a capital", { containerName: "Configuration" }, /Configuration/),
  wrong("container", "name with two hyphens", { containerName: "a--b" }, /a--b/),
  wrong("container", "unknown access", { publicAccess: "Nobody" }, /Nobody/),
  wrong("roleDefinition", "name that is no UUID", { roleDefinitionId: "writer" }, /GUID|UUID|writer/i),
  wrong("roleDefinition", "no permission", { permissions: [] }, /permission/i),
  wrong("roleAssignment", "unknown principal type", { principalType: "ManagedIdentity" }, /ManagedIdentity/),
  wrong("roleAssignment", "name that is no UUID", { roleAssignmentName: "right" }, /GUID|UUID|right/i),
  wrong("roleAssignment", "principal that is no UUID", { principalId: "vm" }, /vm|GUID/i),
  wrong("endpoint", "unknown group", { "privateLinkServiceConnections[0].groupIds": ["blobs"] }, /blobs/),
  wrong("zone", "region", { location: "westeurope" }, /global|westeurope/i),
  wrong("zone", "name of one label", { privateZoneName: "contoso" }, /contoso/),
  wrong(
    "machine",
    "one interface twice",
    {
      "networkProfile.networkInterfaces": ({ nic }) => [
        { id: nic, primary: true },
        { id: nic.toUpperCase(), primary: false },
      ],
    },
    /more than once/,
  ),
  wrong(
    "policy",
    "hourly without an hourly schedule",
    { "properties.schedulePolicy.scheduleRunFrequency": "Hourly" },
    /hourlySchedule/,
  ),
  wrong("policy", "daily points kept for weeks", { [`${daily}.retentionDuration.durationType`]: "Weeks" }, /Weeks/),
  wrong("diagnosticSetting", "second one of a category to the same workspace", {}, /Data sink .* is already used/),
  wrong(
    "queryRule",
    "looks back less far than it waits",
    { evaluationFrequency: "PT1H", windowSize: "PT5M" },
    /evaluationFrequency/,
  ),
  wrong("queryRule", "no criterion", { "criteria.allOf": [] }, /criterion/),
  wrong(
    "queryRule",
    "more failing periods than periods",
    { "criteria.allOf[0].failingPeriods": { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 2 } },
    /minFailingPeriodsToAlert/,
  ),
  wrong(
    "queryRule",
    "seven periods",
    { "criteria.allOf[0].failingPeriods": { numberOfEvaluationPeriods: 7, minFailingPeriodsToAlert: 1 } },
    /numberOfEvaluationPeriods/,
  ),
  wrong("queryRule", "query over three days", { overrideQueryTimeRange: "P3D" }, /overrideQueryTimeRange/),
  wrong("activityAlert", "unknown category", { "condition.allOf[0].equals": "Admin" }, /'Admin'/),
  wrong("metricAlert", "window below its frequency", { evaluationFrequency: "PT1H", windowSize: "PT5M" }, /windowSize/),
  wrong("metricAlert", "no criterion", { "criteria.allOf": [] }, /criterion/),
  wrong("maintenance", "day 32 of a month", { recurEvery: "Month day32" }, /day32/),
  wrong("maintenance", "unknown weekday", { recurEvery: "Week Funday" }, /Funday/),
  wrong("maintenance", "offset of nine days", { recurEvery: "Month Second Tuesday Offset9" }, /Offset9/),
  wrong("account", "text in a rule", { "networkRuleSet.ipRules": [{ iPAddressOrRange: "office" }] }, /office/),
  wrong(
    "account",
    "prefix with host bits in a rule",
    { "networkRuleSet.ipRules": [{ iPAddressOrRange: "203.0.113.5/24" }] },
    /203\.0\.113\.5\/24/,
  ),
  wrong("account", "hierarchical namespace beside immutability", { isHnsEnabled: true }, /hierarchical namespace/),
  wrong(
    "roleDefinition",
    "unknown data action",
    { permissions: [{ dataActions: [`${blobs}/append/action`] }] },
    /append\/action/,
  ),
  wrong(
    "roleDefinition",
    "data action among the actions",
    { permissions: [{ actions: [`${blobs}/add/action`] }] },
    /add\/action/,
  ),
  wrong("lock", "name with a colon", { lockName: "keep:this" }, /keep:this/),
  wrong("lock", "notes of 513 characters", { notes: long(513) }, /512/),
  wrong("lock", "unknown level in another language", { level: "Löschen" }, /Löschen/),
];
