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
  after: pulumi.Resource,
  parent: pulumi.Resource,
): pulumi.Resource | undefined {
  const file = files[kind];
  if (file === undefined) return undefined;
  return new remote.CopyToRemote(
    `${base}-${kind}`,
    {
      connection: access.connection,
      source: file,
      remotePath: remotePathOf(kind, block),
      triggers: [vmId],
    },
    pulumi.mergeOptions(memberOptions(treatment === "acting" ? "acting" : "lost", parent), { dependsOn: [after] }),
  );
}
