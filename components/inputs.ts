import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "./access/access";
import type { PassiveServerArgs } from "./args";
import type { Ledger } from "./memory/ledger";

/**
 * The arguments as the settings schema reads them: without secrets (nothing but the commands needs them) and without
 * the content of files, of which the pinned hash says enough. Registered as the component's inputs too, so that
 * policies and the console see them.
 */
export function writtenOf(name: string, args: PassiveServerArgs): Record<string, unknown> {
  const {
    administratorPassword: _1,
    sshPrivateKey: _2,
    jumpHostPrivateKey: _3,
    domainJoinSecrets: _4,
    onlyServerOfTheStack: _5,
    generations,
    roleSwitch,
    ...rest
  } = args;
  return {
    ...rest,
    ...(roleSwitch === undefined ? {} : { roleSwitch: withoutRecord(roleSwitch) }),
    name: args.name ?? name,
    generations: Object.fromEntries(
      Object.entries(generations ?? {}).map(([generation, { connect, ...block }]) => [
        generation,
        { ...block, connect: withoutContent(connect) },
      ]),
    ),
  };
}

/** That there is one is not worth a change of inputs, and its content is not for the state. */
function withoutRecord(roleSwitch: PassiveServerArgs["roleSwitch"]): unknown {
  if (typeof roleSwitch !== "object" || roleSwitch === null) return roleSwitch;
  const { record: _, ...rest } = roleSwitch;
  return rest;
}

function withoutContent(connect: PassiveServerArgs["generations"][string]["connect"]): unknown {
  if (typeof connect !== "object" || connect === null) return connect;
  const { installer, settingsFile, ...rest } = connect;
  const bare = ({ source: _, ...pinned }: { source: pulumi.asset.Asset }): unknown => pinned;
  return {
    ...rest,
    ...(installer === undefined ? {} : { installer: bare(installer) }),
    ...(settingsFile === undefined ? {} : { settingsFile: bare(settingsFile) }),
  };
}

/** Plain texts become secrets here, so that no caller can put one into the state in the open. */
export function secretsOf(args: PassiveServerArgs): Secrets {
  return {
    administratorPassword: pulumi.secret(args.administratorPassword),
    sshPrivateKey: pulumi.secret(args.sshPrivateKey),
    jumpHostPrivateKey: args.jumpHostPrivateKey === undefined ? undefined : pulumi.secret(args.jumpHostPrivateKey),
    domainJoinSecrets: pulumi.secret(args.domainJoinSecrets ?? {}),
  };
}

/** Whether every value is plain, so that nobody has to wait for another resource. */
export function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}

/** Arguments with every value that can be known, and the names of those that only another resource's creation will give. */
export interface Settled {
  readonly values: unknown;
  readonly unknown: ReadonlySet<string>;
}

/**
 * In a real run every value is known. In a preview one that is not is taken from the memory, so that nothing is concluded
 * from it; where nothing is remembered either, from a placeholder that is valid and never sent anywhere.
 */
export async function settle(inputs: unknown, ledger: Ledger | undefined): Promise<Settled> {
  const unknown = new Set<string>();
  const values = await settled(inputs, [], unknown, (path) => {
    const [of, number, ...rest] = path;
    const name = path.at(-1) ?? "";
    // Inside a block what that generation was built with comes first.
    const built = of === "generations" && rest.length > 0 ? ledger?.generations[number ?? ""]?.built : undefined;
    const before = (built as Readonly<Record<string, unknown>> | undefined)?.[name];
    return (before === "" ? undefined : before) ?? { ...placeholders, ...rememberedValues(ledger) }[name];
  });
  return { values, unknown };
}

/** What the SDK's outputs know of themselves; private API of the SDK, kept in this one place. */
interface Knowing {
  readonly isKnown: Promise<boolean>;
  promise(): Promise<unknown>;
}

/**
 * What is known of an output by the end of its resource's registration, else the stand-in. For previews: whatever hangs on
 * an output that is not known there would not be known either.
 */
export function knownOr<T>(output: pulumi.Output<T>, standIn: T): pulumi.Output<T> {
  const knowing = output as unknown as Knowing;
  return pulumi.output(
    knowing.isKnown.then(async (known) => (known ? ((await knowing.promise()) as T) : standIn)),
  ) as pulumi.Output<T>;
}

/** What an output comes to, in a preview as far as it is known there. Unlike `apply`, it also tells of a refusal. */
export function settledValue<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as Knowing).promise() as Promise<T>;
}

async function settled(
  value: unknown,
  path: readonly string[],
  unknown: Set<string>,
  standIn: (path: readonly string[]) => unknown,
): Promise<unknown> {
  const name = path.at(-1) ?? "";
  if (isPlain(value)) return value;
  // Whose names and roles are known: without them a preview would show every alert of theirs going.
  if (Array.isArray(value) && name === "otherServers")
    return Promise.all(value.map((server, index) => settled(server, [...path, String(index)], unknown, standIn)));
  // A list with one unknown member is unknown: what is compared and counted is the list.
  if (pulumi.Output.isInstance(value) || value instanceof Promise || Array.isArray(value) || name === "tags") {
    const output = pulumi.output(value) as unknown as Knowing;
    if (await output.isKnown) return output.promise();
    unknown.add(name);
    return standIn(path);
  }
  const entries = await Promise.all(
    Object.entries(value as Record<string, unknown>).map(
      async ([key, inner]) => [key, await settled(inner, [...path, key], unknown, standIn)] as const,
    ),
  );
  const plain = Object.fromEntries(entries);
  // A policy is in its vault: where one of the two is unknown, so is whether they belong together.
  if (unknown.has("vaultId") || unknown.has("policyId"))
    for (const key of ["vaultId", "policyId"]) if (plain[key] !== undefined) plain[key] = standIn([...path, key]);
  return plain;
}

const unknownId = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/unknown/providers";

const placeholders: Readonly<Record<string, unknown>> = {
  existingSubnetId: `${unknownId}/Microsoft.Network/virtualNetworks/unknown/subnets/unknown`,
  peerVirtualNetworkId: `${unknownId}/Microsoft.Network/virtualNetworks/unknown`,
  routeTableId: `${unknownId}/Microsoft.Network/routeTables/unknown`,
  firewallAddress: "192.0.2.5",
  existingId: `${unknownId}/Microsoft.Network/bastionHosts/unknown`,
  domainControllers: ["192.0.2.4"],
  dnsServers: ["192.0.2.4"],
  address: "192.0.2.5",
  addresses: ["192.0.2.5"],
  extraOutbound: [],
  managementSources: ["192.168.0.1/32"],
  remoteDesktopSources: [],
  host: "unknown.invalid",
  user: "unknown",
  machineId: `${unknownId}/Microsoft.Compute/virtualMachines/unknown`,
  hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`,
  vaultId: `${unknownId}/Microsoft.RecoveryServices/vaults/unknown`,
  policyId: `${unknownId}/Microsoft.RecoveryServices/vaults/unknown/backupPolicies/unknown`,
  diskEncryptionSetId: `${unknownId}/Microsoft.Compute/diskEncryptionSets/unknown`,
  accountId: `${unknownId}/Microsoft.Storage/storageAccounts/unknown`,
  dnsZoneId: `${unknownId}/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net`,
  roleDefinitionId: `${unknownId}/Microsoft.Authorization/roleDefinitions/00000000-0000-0000-0000-000000000000`,
  readFrom: [],
  logAnalyticsWorkspaceId: `${unknownId}/Microsoft.OperationalInsights/workspaces/unknown`,
  workspaceId: `${unknownId}/Microsoft.OperationalInsights/workspaces/unknown`,
  actionGroupIds: [`${unknownId}/Microsoft.Insights/actionGroups/unknown`],
  emails: ["unknown@unknown.invalid"],
  resourceGroupName: "unknown",
  tags: {},
};

function rememberedValues(ledger: Ledger | undefined): Readonly<Record<string, unknown>> {
  if (ledger === undefined) return {};
  const { shared, resourceGroup, vault, spelling } = ledger;
  const found = {
    existingSubnetId: shared.subnet?.startsWith("/") ? shared.subnet : undefined,
    peerVirtualNetworkId: shared.peerVirtualNetworkId === "" ? undefined : shared.peerVirtualNetworkId,
    routeTableId: shared.routeTableId === "" ? undefined : shared.routeTableId,
    firewallAddress: shared.firewallAddress === "" ? undefined : shared.firewallAddress,
    existingId: shared.bastion?.startsWith("/") ? shared.bastion : undefined,
    dnsServers: shared.dnsServers?.length === 0 ? undefined : shared.dnsServers,
    // The DNS servers are the domain controllers, unless they are set.
    domainControllers: shared.dnsServers?.length === 0 ? undefined : shared.dnsServers,
    resourceGroupName: resourceGroup,
    vaultId: vault === "" ? undefined : vault,
    policyId: vault === undefined || vault === "" ? undefined : `${vault}/backupPolicies/unknown`,
    workspaceId: spelling?.["monitoring.workspaceId"],
    logAnalyticsWorkspaceId: spelling?.logAnalyticsWorkspaceId,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
