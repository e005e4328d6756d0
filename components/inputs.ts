import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "./access/access";
import type { PassiveServerArgs } from "./args";

/**
 * The arguments as the settings schema reads them: without secrets (nothing but the commands needs them) and without
 * the content of files, of which the pinned hash says enough. Registered as the component's inputs too, so that
 * policies and the console see them.
 */
export function writtenOf(name: string, args: PassiveServerArgs): Record<string, unknown> {
  const { administratorPassword: _1, sshPrivateKey: _2, jumpHostPrivateKey: _3, generations, ...rest } = args;
  return {
    ...rest,
    name: args.name ?? name,
    generations: Object.fromEntries(
      Object.entries(generations ?? {}).map(([generation, { connect, ...block }]) => [
        generation,
        { ...block, connect: withoutContent(connect) },
      ]),
    ),
  };
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
  };
}

/** Whether every value is known without waiting for another resource. */
export function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}

/** The values themselves. Only in a real run: in a preview an output may stay unknown for ever. */
export function resolved(value: pulumi.Inputs): Promise<unknown> {
  return new Promise((resolve) => {
    pulumi.output(value).apply(resolve);
  });
}

const unknownId = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/unknown/providers";

/** What a preview checks with where a value is still to come from another resource: valid, and never sent anywhere. */
const placeholders: Readonly<Record<string, unknown>> = {
  existingSubnetId: `${unknownId}/Microsoft.Network/virtualNetworks/unknown/subnets/unknown`,
  peerVirtualNetworkId: `${unknownId}/Microsoft.Network/virtualNetworks/unknown`,
  domainControllers: ["192.0.2.4"],
  dnsServers: ["192.0.2.4"],
  managementSources: ["192.168.0.1/32"],
  remoteDesktopSources: [],
  host: "unknown.invalid",
  user: "unknown",
  hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`,
  vaultId: `${unknownId}/Microsoft.RecoveryServices/vaults/unknown`,
  policyId: `${unknownId}/Microsoft.RecoveryServices/vaults/unknown/backupPolicies/unknown`,
  logAnalyticsWorkspaceId: `${unknownId}/Microsoft.OperationalInsights/workspaces/unknown`,
  resourceGroupName: "unknown",
  tags: {},
};

export function withPlaceholders(value: unknown, name = ""): unknown {
  if (isPlain(value)) return value;
  // A list with one unknown member is unknown: what is compared and counted is the list.
  if (pulumi.Output.isInstance(value) || value instanceof Promise || Array.isArray(value) || name === "tags")
    return placeholders[name];
  const entries = Object.entries(value as Record<string, unknown>);
  // A policy is in its vault: where one of the two is unknown, so is whether they belong together.
  const belong = ["vaultId", "policyId"];
  const open = entries.some(([key, inner]) => belong.includes(key) && !isPlain(inner));
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      key,
      open && belong.includes(key) && inner !== undefined ? placeholders[key] : withPlaceholders(inner, key),
    ]),
  );
}
