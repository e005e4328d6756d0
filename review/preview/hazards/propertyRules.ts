import type { Json } from "../../verdict";
import type { HazardCode } from "../hazardTable";
import type { Landscape } from "../landscape";
import { type LeafChange, leavesOf } from "../leaves";
import type { Detector, Raised } from "../raised";
import type { ResourceKind } from "../resourceKinds";
import { meantChanges, type ResourceChange } from "../steps";
import { unknownWord } from "../values";
import { stopOf } from "./backup";
import { followingMonitoring } from "./monitoring";

/** When a changed value is worse than it was. */
type Worse = (old: Json, next: Json) => boolean;

const differs: Worse = () => true;
/** `30`, `30 days` and `P30D` (ISO 8601, in days); anything else is no number. */
function number(value: Json): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return Number.NaN;
  const [, count, unit = "D"] = /^P?(\d+(?:\.\d+)?)(?: days|([DWMY]))?$/u.exec(value.trim()) ?? [];
  return count === undefined ? Number.NaN : Number(count) * (daysOfIso[unit] ?? Number.NaN);
}
const daysOfIso: Readonly<Record<string, number>> = { D: 1, W: 7, M: 30, Y: 365 };
/** Less, or no longer written. */
const lowered: Worse = (old, next) => number(old) > 0 && (next === null || number(next) < number(old));
const isOn = (value: Json): boolean => value !== null && !/^(false|off|disabled|none|no|0)$/iu.test(String(value));
const switchedOff: Worse = (old, next) => isOn(old) && !isOn(next);
const switchedOn: Worse = (old, next) => !isOn(old) && isOn(next);
const downOf =
  (...weakestFirst: readonly string[]): Worse =>
  (old, next) =>
    rank(weakestFirst, old) > rank(weakestFirst, next);
const rank = (weakestFirst: readonly string[], value: Json): number =>
  weakestFirst.indexOf(String(value ?? "").toLowerCase());
/** The same where the service has it on unless told otherwise: nothing written before is `byDefault`. */
const downFrom =
  (byDefault: string, ...weakestFirst: readonly string[]): Worse =>
  (old, next) =>
    rank(weakestFirst, old ?? byDefault) > rank(weakestFirst, next);
/** Where the service does it by itself, writing "off" takes it away although nothing was written before. */
const switchedOffByName: Worse = (old, next) =>
  old === null ? next !== null && next !== unknownWord && !isOn(next) : switchedOff(old, next);
const loweredFrom =
  (byDefault: number): Worse =>
  (old, next) =>
    lowered(old ?? byDefault, next) && !(old === null && next === null);
const gone: Worse = (old, next) => old !== null && next === null;
/** A number of days that is 0 or -1 means "for ever" in log stores. */
const loweredDays: Worse = (old, next) => lowered(old, next) && number(next) !== 0 && number(next) !== -1;

/** Earlier than before, or at all. */
const deletedEarlier: Worse = (old, next) => number(next) >= 0 && !(number(old) <= number(next));
/** Azure takes shared keys unless told otherwise. */
const openedByDefault: Worse = (old, next) => old !== null && !isOn(old) && (next === null || isOn(next));
const widensBypass: Worse = (old, next) =>
  String(old ?? "none").toLowerCase() === "none" && isOn(next) && next !== null;
const opensContainer: Worse = (old, next) =>
  /^(none|private)$/iu.test(String(old ?? "none")) && next !== null && !/^(none|private)$/iu.test(String(next));
/** A daily cap that was not there (-1), or a smaller one. */
const capped: Worse = (old, next) => number(next) > 0 && (!(number(old) > 0) || number(next) < number(old));

interface PropertyRule {
  readonly code: HazardCode;
  /** Undefined: of any resource, of whatever provider. */
  readonly kinds?: readonly ResourceKind[];
  readonly at: RegExp;
  readonly worse: Worse;
}

type Row = readonly [code: HazardCode, kinds: readonly ResourceKind[] | undefined, at: RegExp, worse: Worse];

const machine = ["machine"] as const;
const network = ["virtualNetwork", "subnet", "networkInterface"] as const;

/** Property paths (indices left out) and what a change of them means; azure-native's names first, then those of other providers. */
const rows: readonly Row[] = [
  ["machine-resized", machine, /^(hardwareProfile\.vmSize|vmSize|size|instanceType|machineType)$/u, differs],
  ["machine-reimaged", machine, /^storageProfile\.imageReference(\.|$)/u, differs],
  [
    "machine-reimaged",
    machine,
    /^storageProfile\.osDisk\.(createOption|image|name|vhd|osType|managedDisk\.id)/u,
    differs,
  ],
  [
    "machine-reimaged",
    machine,
    /^(osProfile\.(customData|computerName)|customData|sourceImage(Id|Reference)|ami|bootDisk)(\.|$)/u,
    differs,
  ],
  [
    "machine-restarts",
    machine,
    /^storageProfile\.osDisk\.(diskSizeGB|managedDisk\.(storageAccountType|diskEncryptionSet))/u,
    differs,
  ],
  [
    "machine-restarts",
    machine,
    /^(securityProfile\.(encryptionAtHost|securityType|uefiSettings)|proximityPlacementGroup|availabilitySet|host|hostGroup)(\.|$)/u,
    differs,
  ],
  [
    "machine-restarts",
    machine,
    /^(networkProfile\.networkInterfaces\.id|networkInterfaceIds|osDisk\.diskSizeGb|encryptionAtHostEnabled)$/u,
    differs,
  ],
  [
    "patching-changed",
    machine,
    /^osProfile\.windowsConfiguration\.(enableAutomaticUpdates|patchSettings)(\.|$)/u,
    differs,
  ],
  ["patching-changed", machine, /^(patchMode|enableAutomaticUpdates|automaticUpdatesEnabled)$/u, differs],
  [
    "patching-changed",
    ["maintenance"],
    /^(startDateTime|duration|recurEvery|timeZone|expirationDateTime|maintenanceScope|installPatches|maintenanceConfigurationId|window|properties)(\.|$)/u,
    differs,
  ],
  ["machine-restarts", ["disk"], /^diskSizeG[Bb]$/u, differs],

  [
    "encryption-weakened",
    undefined,
    /(^|\.)(encryptionAtHost|encryptionAtHostEnabled|requireInfrastructureEncryption|storageEncrypted)$/u,
    switchedOff,
  ],
  [
    "encryption-weakened",
    undefined,
    /(^|\.)(enableHttpsTrafficOnly|httpsTrafficOnlyEnabled|supportsHttpsTrafficOnly)$/u,
    switchedOffByName,
  ],
  [
    "encryption-weakened",
    undefined,
    /(^|\.)(diskEncryptionSet(Id)?|keyVaultProperties|customerManagedKey|kmsKeyId)(\.|$)/u,
    gone,
  ],
  ["encryption-weakened", undefined, /(^|\.)minimumTlsVersion$/u, downOf("tls1_0", "tls1_1", "tls1_2", "tls1_3")],
  ["encryption-weakened", undefined, /(^|\.)keySource$/u, downOf("microsoft.storage", "microsoft.keyvault")],
  ["trusted-launch-weakened", machine, /(^|\.)(secureBootEnabled|vTpmEnabled|vtpmEnabled)$/u, switchedOff],
  [
    "trusted-launch-weakened",
    machine,
    /(^|\.)securityType$/u,
    downOf("", "standard", "trustedlaunch", "confidentialvm"),
  ],
  ["identity-changed", [...machine, "vault"], /^identity(\.|$)/u, differs],
  ["identity-changed", machine, /^(iamInstanceProfile|serviceAccount)(\.|$)/u, differs],
  ["rights-changed", ["keyVault"], /^(properties\.)?(accessPolicies|enableRbacAuthorization)(\.|$)/u, differs],

  ["soft-delete-lowered", undefined, /(^|\.)softDeleteRetention(InDays|Days)$/u, loweredFrom(90)],
  ["soft-delete-lowered", undefined, /(^|\.)softDeleteRetentionPeriodInDays$/u, loweredFrom(14)],
  ["soft-delete-lowered", ["vault"], /(^|\.)softDeleteSettings\.retentionDurationInDays$/u, loweredFrom(14)],
  [
    "soft-delete-lowered",
    undefined,
    /(^|\.)softDeleteState$/u,
    downFrom("enabled", "", "disabled", "enabled", "alwayson"),
  ],
  [
    "soft-delete-lowered",
    ["vault"],
    /(^|\.)softDelete(Settings\.state)?$/u,
    downFrom("on", "", "off", "on", "alwayson"),
  ],
  ["soft-delete-lowered", undefined, /(^|\.)(softDeleteEnabled|enableSoftDelete)$/u, switchedOffByName],
  [
    "soft-delete-lowered",
    undefined,
    /(^|\.)(enablePurgeProtection|purgeProtectionEnabled|(delete|containerDelete)RetentionPolicy\.enabled|isVersioningEnabled)$/u,
    switchedOff,
  ],
  ["soft-delete-lowered", undefined, /(^|\.)(delete|containerDelete)RetentionPolicy\.days$/u, lowered],
  ["soft-delete-lowered", ["vault"], /(^|\.)enhancedSecurityState$/u, switchedOffByName],
  [
    "immutability-lowered",
    undefined,
    /(^|\.)(immutabilitySettings\.state|immutability|immutabilityPolicy\.state)$/u,
    downOf("", "disabled", "unlocked", "locked"),
  ],
  [
    "immutability-locked",
    ["storageAccount"],
    /(^|\.)immutabilityPolicy\.state$/u,
    (old, next) => String(next) === "Locked" && String(old) !== "Locked",
  ],
  ["storage-opened", ["storageAccount"], /^(allowSharedKeyAccess|sharedAccessKeyEnabled)$/u, openedByDefault],
  [
    "storage-opened",
    ["storageAccount"],
    /^(allowBlobPublicAccess|allowNestedItemsToBePublic|isLocalUserEnabled|localUserEnabled|isSftpEnabled|sftpEnabled|allowCrossTenantReplication|crossTenantReplicationEnabled)$/u,
    switchedOn,
  ],
  ["storage-opened", ["storageAccount"], /^publicNetworkAccess(Enabled)?$/u, switchedOn],
  ["storage-opened", ["storageAccount"], /^(networkRuleSet|networkRules)\.defaultAction$/u, downOf("allow", "deny")],
  ["storage-opened", ["storageAccount"], /^(networkRuleSet|networkRules)\.(bypass|bypasses)$/u, widensBypass],
  ["storage-opened", ["storageAccount"], /^(networkRuleSet|networkRules)$/u, gone],
  ["storage-opened", ["blobContainer"], /^(publicAccess|containerAccessType)$/u, opensContainer],
  ["immutability-lowered", undefined, /(^|\.)immutab\w*(days|period)\w*$/iu, lowered],
  ["immutability-lowered", undefined, /(^|\.)immutab\w*\.(enabled)$/iu, switchedOff],
  ["immutability-lowered", undefined, /(^|\.)allowProtectedAppendWrites(All)?$/u, switchedOn],
  [
    "retention-lowered",
    undefined,
    /(^|\.)(instantRpRetentionRangeInDays|instantRestoreRetentionDays|backupRetentionPeriod|backupRetentionDays|deleteAfter(\.duration)?|coldStorageAfter)$/u,
    lowered,
  ],
  ["retention-lowered", undefined, /(^|\.)retention(In)?Days$/u, loweredDays],
  ["retention-lowered", ["blobLifecycle"], /\.delete\.daysAfter\w+$/iu, deletedEarlier],
  ["retention-lowered", ["protectionPolicy"], /^retention(Daily|Weekly|Monthly|Yearly)(\.count)?$/u, lowered],
  ["redundancy-changed", ["vault"], /(^|\.)(standardTierStorageRedundancy|storageModeType|storageType)$/u, differs],
  ["redundancy-changed", ["vault"], /(^|\.)crossRegionRestore(Enabled)?$/u, differs],
  [
    "backup-plan-changed",
    ["protectionPolicy"],
    /(^|\.)(schedulePolicy|backup|timeZone|timezone|policyType)(\.|$)/u,
    differs,
  ],
  ["backup-plan-changed", ["protectedItem"], /(^|\.)(policyId|backupPolicyId|sourceResourceId|sourceVmId)$/u, differs],
  [
    "protection-stopped",
    ["protectedItem"],
    /(^|\.)protectionState$/u,
    (_old, next) => /stopped|suspended|paused|none/iu.test(String(next)),
  ],

  ["name-resolution-changed", network, /(^|\.)dnsServers$/u, differs],
  [
    "network-place-changed",
    ["networkInterface"],
    /^ipConfigurations\.(privateI[Pp]Address|subnet|subnetId)(\.|$)/u,
    differs,
  ],
  ["network-place-changed", ["subnet", "virtualNetwork"], /^(addressPrefix(es)?|addressSpaces?)(\.|$)/u, differs],
  ["egress-changed", ["subnet"], /^(natGateway|defaultOutboundAccess)(\.|$)/u, differs],
  ["egress-changed", ["egress"], /./u, differs],
  ["routes-changed", ["subnet"], /^routeTable(Id)?(\.|$)/u, differs],
  ["routes-changed", ["routeTable", "route"], /./u, differs],
  ["peering-changed", ["virtualNetwork"], /^virtualNetworkPeerings(\.|$)/u, differs],
  ["peering-changed", ["peering"], /./u, differs],
  ["way-in-changed", ["bastion"], /^(enableTunneling|tunnelingEnabled)$/u, switchedOff],
  ["way-in-changed", ["bastion"], /^sku(\.name)?$/u, downOf("", "developer", "basic", "standard", "premium")],
  ["way-in-changed", ["bastion"], /^(ipConfigurations?|virtualNetwork)(\.|$)/u, differs],
  ["security-group-gone", ["networkInterface", "subnet"], /^networkSecurityGroup(Id)?(\.|$)/u, gone],
  ["lock-removed", ["lock"], /(^|\.)(level|lockLevel)$/u, downOf("", "notspecified", "cannotdelete", "readonly")],
  ["lock-removed", ["lock"], /^scope$/u, differs],
  ["diagnostics-weakened", ["diagnostics"], /(^|\.)enabled$/u, switchedOff],
  [
    "diagnostics-weakened",
    ["diagnostics"],
    /^(logs|metrics|enabledLogs|workspaceId|logAnalyticsWorkspaceId|storageAccountId|eventHub\w*|dataSources|dataFlows|destinations)(\.|$)/u,
    (old) => old !== null,
  ],
  ["diagnostics-weakened", ["logWorkspace"], /^retentionIn(Days)?$/u, loweredDays],
  ["diagnostics-weakened", ["logWorkspace"], /^(workspaceCapping\.)?dailyQuotaGb$/u, capped],
  ["alerts-weakened", ["alert"], /(^|\.)enabled$/u, switchedOff],
  [
    "alerts-weakened",
    ["alert"],
    /^(actions|\w+Receivers|scopes|criteria|severity|evaluationFrequency|frequency|windowSize|muteActionsDuration|condition)(\.|$)/u,
    (old) => old !== null,
  ],
  ["region-changed", undefined, /^(location|region)$/u, (old, next) => spaceless(old) !== spaceless(next)],
];

const spaceless = (value: Json): string => String(value).replaceAll(" ", "").toLowerCase();

const rules: readonly PropertyRule[] = rows.map(([code, kinds, at, worse]) => ({
  code,
  ...(kinds ? { kinds } : {}),
  at,
  worse,
}));

/** Hazards that a value of a changed resource is, one entry a hazard and resource. */
export const propertyHazards: Detector = (landscape) => {
  const followed = followingMonitoring(landscape);
  return landscape.changes.flatMap((change) => {
    if ((change.action !== "update" && change.action !== "replace") || followed.has(change)) return [];
    const mine = rulesFor(landscape, change);
    // A stop that is none, and the policy that goes with it, are judged as one thing.
    if (mine.length === 0 || stopOf(landscape, change) !== undefined) return [];
    const found = new Map<HazardCode, LeafChange[]>();
    for (const leaf of [...leavesOf(change), ...durations(change)])
      for (const { code, at, worse } of mine) {
        if (!at.test(leaf.at) || holdsUnknown(leaf) || !worse(leaf.old, leaf.new)) continue;
        const leaves = found.get(code) ?? [];
        if (!leaves.some(({ path }) => path === leaf.path)) leaves.push(leaf);
        found.set(code, leaves);
      }
    return [...found.entries()].map(([code, leaves]): Raised => ({ code, change, properties: leaves }));
  });
};

function rulesFor(landscape: Landscape, change: ResourceChange): readonly PropertyRule[] {
  if (!change.custom) return [];
  const kind = landscape.kind(change);
  return rules.filter(({ kinds }) => kinds === undefined || (kind !== undefined && kinds.includes(kind)));
}

/** Something that is not known before the run is said elsewhere, not judged. */
const holdsUnknown = ({ old, new: next }: LeafChange): boolean => old === unknownWord || next === unknownWord;

/** `{ count, durationType }` in days, so that 8 weeks are more than 30 days; the schedule that went counts as none. */
function durations(change: ResourceChange): readonly LeafChange[] {
  const touched = meantChanges(change).filter(({ path }) => /retention/iu.test(path));
  if (touched.length === 0) return [];
  const [before, after] = [durationsIn(change.old?.inputs), durationsIn(change.new?.inputs)];
  return [...before.entries()].flatMap(([path, days]): LeafChange[] => {
    const now = after.get(path);
    if (
      now === undefined &&
      touched.some((each) => each.new === unknownWord && (path.startsWith(each.path) || each.path.startsWith(path)))
    )
      return [];
    return now !== undefined && now >= days
      ? []
      : [{ path, at: "retentionDays", old: `${days} days`, new: now === undefined ? null : `${now} days` }];
  });
}

const daysOf: Readonly<Record<string, number>> = { days: 1, weeks: 7, months: 30, years: 365 };

function durationsIn(
  value: Json | undefined,
  path = "",
  into = new Map<string, number>(),
  depth = 0,
): Map<string, number> {
  if (typeof value !== "object" || value === null || depth > 20) return into;
  if (Array.isArray(value)) {
    value.forEach((item: Json, index) => {
      durationsIn(item, `${path}[${index}]`, into, depth + 1);
    });
    return into;
  }
  const object = value as { readonly [key: string]: Json };
  const unit = daysOf[String(object.durationType ?? "").toLowerCase()];
  const count = number(object.count ?? null);
  if (!Number.isNaN(count) && unit !== undefined) into.set(path, count * unit);
  for (const [key, item] of Object.entries(object))
    durationsIn(item, path === "" ? key : `${path}.${key}`, into, depth + 1);
  return into;
}

/** A value that is not known before the run, where one of the rules above would judge it. */
export const unknownProperties: Detector = (landscape) =>
  landscape.changes.flatMap((change) => {
    if (change.action !== "update" && change.action !== "replace") return [];
    const mine = rulesFor(landscape, change).filter(({ at }) => at.source !== ".");
    const met = leavesOf(change).filter(
      (leaf) =>
        leaf.new === unknownWord && mine.some(({ at }) => at.test(leaf.at) || /retention\w*\.count$/iu.test(leaf.at)),
    );
    return met.length === 0 ? [] : [{ code: "unknown-value", change, properties: met } as const];
  });
