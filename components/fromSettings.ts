import { basename, join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { recordName } from "../review/switch/record/entry";
import type { PassiveServerArgs } from "./args";
import { projectFolder, type ReadSettings, readSettings } from "./settings/readSettings";

/**
 * The settings file as arguments of a PassiveServer: what the library's own program does, and any program may do that
 * wants its settings in Pulumi.<stack>.yaml (docs/settings.md). Paths in it start from the project's folder.
 *
 * Throws a SettingsError with every problem.
 */
export function fromSettings(config?: pulumi.Config): { readonly name: string; readonly args: PassiveServerArgs } {
  const read = readSettings(config);
  return { name: read.written.name, args: argsOf(read) };
}

function argsOf({ written, secrets }: ReadSettings): PassiveServerArgs {
  const asset = ({ path, ...pinned }: { readonly path: string }) => ({
    ...pinned,
    source: new pulumi.asset.FileAsset(resolve(projectFolder(), path)),
  });
  const generations = Object.entries(written.generations).map(([number, { connect, ...block }]) => [
    number,
    {
      ...block,
      connect: {
        ...connect,
        installer: asset(connect.installer),
        ...(connect.settingsFile === undefined ? {} : { settingsFile: asset(connect.settingsFile) }),
      },
    },
  ]);
  const { record, ...roleSwitch } = written.roleSwitch ?? {};
  // The shape was checked against the schema, of which these types are the other half (a test holds the two together).
  return {
    ...written,
    ...secrets,
    generations: Object.fromEntries(generations),
    ...(written.roleSwitch === undefined
      ? {}
      : { roleSwitch: { ...roleSwitch, ...(record === undefined ? {} : { record: recordAsset(record) }) } }),
    onlyServerOfTheStack: true,
  } as unknown as PassiveServerArgs;
}

/** The folder that `entra-connect switch --record` was given, or the file in it. */
function recordAsset(path: string): pulumi.asset.FileAsset {
  const here = resolve(projectFolder(), path);
  return new pulumi.asset.FileAsset(basename(here) === recordName ? here : join(here, recordName));
}
