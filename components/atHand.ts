import * as pulumi from "@pulumi/pulumi";
import type { SettingsFileContent } from "../review/settingsFile";
import type { PassiveServerArgs } from "./args";
import { secretsOf, settle } from "./inputs";
import { recordOf } from "./memory/stackState";
import { Refusal } from "./refusal";
import { settingsFileContent } from "./settings/files";
import { secretProblems } from "./settings/secrets";
import type { Problem, Settings } from "./settings/settings";

/** What the arguments bring with them beside the settings: files, secrets, and values that are not known yet. */

/** A targeted run can leave out what a value comes from; built without it, everything that hangs on it would go. */
export function refuseUnknown(unknown: ReadonlySet<string>): void {
  if (pulumi.runtime.isDryRun() || unknown.size === 0) return;
  throw new Refusal(
    [
      `This run leaves out what ${[...unknown].join(", ")} of this server comes from. Nothing of it was touched.`,
      "  why: a --target, an --exclude or a refresh does not create the resource whose output it is",
      "  next: run pulumi up without them, or name that resource among the targets too",
    ].join("\n"),
  );
}

/** Of passive generations only: of others no answer is judged. A file that is not here is known by its hash alone. */
export async function settingsFilesAtHand(
  { generations }: Settings,
  args: PassiveServerArgs,
): Promise<ReadonlyMap<number, SettingsFileContent>> {
  const found = new Map<number, SettingsFileContent>();
  for (const { generation, role, connect } of generations) {
    const asset = args.generations[String(generation)]?.connect.settingsFile?.source;
    if (role !== "passive" || asset === undefined) continue;
    const content = await settingsFileContent(connect, asset);
    if (content !== undefined) found.set(generation, content);
  }
  return found;
}

/** Absence is told at once; content only where it is known, which in a preview it need not be. Nothing of it is shown. */
export async function secretsRefused(args: PassiveServerArgs, { access }: Settings): Promise<readonly Problem[]> {
  const { values, unknown } = await settle(
    args.administratorPassword === undefined ? {} : { ...secretsOf(args) },
    undefined,
  );
  const known = values as Readonly<Record<string, string | undefined>>;
  return secretProblems(known, access.jumpHost !== undefined).filter(({ path }) => !unknown.has(path));
}

/** Looked at and never shown; undefined where a preview does not know them yet. */
export async function joinSecretsOf(args: PassiveServerArgs): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { values, unknown } = await settle({ domainJoinSecrets: secretsOf(args).domainJoinSecrets }, undefined);
  if (unknown.size > 0) return undefined;
  return recordOf((values as { readonly domainJoinSecrets?: unknown }).domainJoinSecrets);
}
