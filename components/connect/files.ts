import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { RemoteAccess } from "../access/access";
import { memberOptions, type Treatment } from "../server/members";
import type { GenerationSettings } from "../settings/settings";
import { paths } from "./instructions";

export type FileKind = "installer" | "settings-file";

/** The content of each file, or a stand-in for it where the server has it already. Absent: it is not copied. */
export interface DeliveredFiles {
  readonly installer?: pulumi.asset.Asset;
  readonly "settings-file"?: pulumi.asset.Asset;
}

/**
 * An asset whose content nobody reads: it says its hash itself, so that neither the SDK nor the engine opens a file, and
 * the plugin, which compares hashes, copies nothing. (Ignoring changes of `source` instead would make the plugin answer
 * with an asset without content at the next update, and the SDK cannot read that.)
 */
export function knownByHash(sha256: string, asset: pulumi.asset.Asset): pulumi.asset.Asset {
  const { path } = asset as { readonly path?: string | Promise<string> };
  // A text is here anyway.
  if (path === undefined) return asset;
  return Object.assign(new pulumi.asset.FileAsset(path), { hash: sha256.toLowerCase() });
}

/** The provider's SFTP wants forward slashes to find parent folders (facts/command-provider.md, CopyToRemote). */
export const sftpPath = (windowsPath: string): string => windowsPath.replaceAll("\\", "/");

export function remotePathOf(kind: FileKind, block: GenerationSettings): string {
  const where = paths(block);
  return sftpPath(kind === "installer" ? where.installer : where.incomingSettingsFile);
}

/** In a real run, only once the step before has been heard and judged; in a preview that would look like a change. */
export function onceHeard(value: pulumi.Input<string>, heard: pulumi.Output<unknown>): pulumi.Output<string> {
  return pulumi.runtime.isDryRun() ? pulumi.output(value) : pulumi.all([value, heard]).apply(([text]) => text);
}

export interface FileCopyArgs {
  readonly block: GenerationSettings;
  readonly treatment: Treatment;
  readonly access: RemoteAccess;
  readonly vmId: pulumi.Output<string>;
  readonly files: DeliveredFiles;
}

/**
 * The installer or the settings file on its way, right before the step that proves it. What lies on the server already
 * is not asked for again: the 150 MB need not be here.
 */
export function fileCopy(
  base: string,
  kind: FileKind,
  { block, treatment, access, vmId, files }: FileCopyArgs,
  after: { readonly step: pulumi.Resource; readonly heard: pulumi.Output<unknown> },
  parent: pulumi.Resource,
): pulumi.Resource | undefined {
  const file = files[kind];
  if (file === undefined) return undefined;
  return new remote.CopyToRemote(
    `${base}-${kind}`,
    {
      connection: access.connection,
      source: file,
      remotePath: onceHeard(remotePathOf(kind, block), after.heard),
      triggers: [vmId],
    },
    pulumi.mergeOptions(memberOptions(treatment === "acting" ? "acting" : "lost", parent), { dependsOn: [after.step] }),
  );
}
