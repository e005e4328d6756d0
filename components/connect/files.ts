import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { memberOptions } from "../server/members";
import type { GenerationSettings } from "../settings/settings";
import type { InstallationArgs } from "./installation";
import { paths } from "./instructions";

export type FileKind = "installer" | "settings-file";

/** Of each file: its content, or that the server has it already and nobody needs it here. Absent: it is not copied. */
export interface DeliveredFiles {
  readonly installer?: pulumi.asset.Asset | "there";
  readonly "settings-file"?: pulumi.asset.Asset | "there";
}

/** The provider's SFTP wants forward slashes to find parent folders (facts/command-provider.md, CopyToRemote). */
export const sftpPath = (windowsPath: string): string => windowsPath.replaceAll("\\", "/");

export function remotePathOf(kind: FileKind, block: GenerationSettings): string {
  const where = paths(block);
  return sftpPath(kind === "installer" ? where.installer : where.incomingSettingsFile);
}

/**
 * The installer or the settings file on its way, right before the step that proves it. What lies on the server already
 * is not asked for again: its content in the state stays, and the 150 MB need not be here.
 */
export function fileCopy(
  base: string,
  kind: FileKind,
  { block, access, vmId, files }: InstallationArgs,
  after: pulumi.Resource,
  parent: pulumi.Resource,
): pulumi.Resource | undefined {
  const file = files[kind];
  const there = file === "there";
  if (file === undefined) return undefined;
  return new remote.CopyToRemote(
    `${base}-${kind}`,
    {
      connection: access.connection,
      source: there ? new pulumi.asset.StringAsset("") : file,
      remotePath: remotePathOf(kind, block),
      triggers: [vmId],
    },
    pulumi.mergeOptions(
      { ...memberOptions(block.role, parent), protect: false },
      { dependsOn: [after], ignoreChanges: there ? ["source"] : [] },
    ),
  );
}
