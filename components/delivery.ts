import * as pulumi from "@pulumi/pulumi";
import type { Finding } from "../review/verdict";
import type { PassiveServerArgs } from "./args";
import { type DeliveredFiles, type FileKind, knownByHash, remotePathOf } from "./connect/files";
import { readiness } from "./findings";
import type { Remembered } from "./memory/remembered";
import { generationNames } from "./server/names";
import { installerProblems, isHere, settingsFileProblems } from "./settings/files";
import type { GenerationSettings, Problem, Settings } from "./settings/settings";

export type { DeliveredFiles } from "./connect/files";

/** What of each generation's two files has to be copied in this run. */
export interface Copies {
  readonly files: ReadonlyMap<string, pulumi.asset.Asset>;
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

const kinds = { installer: "installer", "settings-file": "settingsFile" } as const;

/**
 * A file is looked at only where it will be copied: its hash and shape are proven then, before anything is touched. In a
 * preview it may be missing (reviewers of previews need no installer); that is a finding, and the next `up` needs it.
 */
export async function filesToCome({
  settings,
  args,
  remembered,
  acts,
}: {
  readonly settings: Settings;
  readonly args: PassiveServerArgs;
  readonly remembered: Remembered;
  /** Whether anything may be done on its server in this run: making a copy connects. */
  readonly acts: (block: GenerationSettings) => boolean;
}): Promise<Copies> {
  const files = new Map<string, pulumi.asset.Asset>();
  const problems: Problem[] = [];
  const findings: Finding[] = [];
  for (const block of settings.generations) {
    const { generation } = block;
    for (const kind of Object.keys(kinds) as FileKind[]) {
      const copied = remembered.generations[generation]?.copies.includes(remotePathOf(kind, block)) ?? false;
      const known = remembered.parts.has(`g${generation}-${kind}`);
      const pinned = args.generations[String(generation)]?.connect[kinds[kind]];
      if (pinned === undefined) continue;
      if ((pinned.source as unknown) === undefined) {
        const path = `generations.${generation}.connect.${kinds[kind]}.source`;
        problems.push({
          path,
          problem: "is missing",
          write: "an asset: new pulumi.asset.FileAsset(<path of the file>)",
        });
        continue;
      }
      if (acts(block) ? copied : known) {
        files.set(`${generation} ${kind}`, knownByHash(pinned.sha256, pinned.source));
        continue;
      }
      if (!acts(block)) continue;
      files.set(`${generation} ${kind}`, pinned.source);
      const path = `generations.${generation}.connect.${kinds[kind]}`;
      if (pulumi.runtime.isDryRun() && !(await isHere(pinned.source))) {
        files.set(`${generation} ${kind}`, knownByHash(pinned.sha256, pinned.source));
        const { machine } = generationNames(settings.name, generation);
        findings.push(
          readiness("file-not-here", "info", machine, {
            title: `the ${kind === "installer" ? "installer" : "settings file"} for ${machine} is not on this machine; the next up copies it and needs it`,
            cause: path,
            next: "run up where the file is",
          }),
        );
        continue;
      }
      const look = kind === "installer" ? installerProblems : settingsFileProblems;
      problems.push(...(await look(generation, block.connect, pinned.source)));
    }
  }
  return { files, problems, findings };
}

export function deliveredFiles(generation: number, { files }: Copies): DeliveredFiles {
  const of = (kind: FileKind): pulumi.asset.Asset | undefined => files.get(`${generation} ${kind}`);
  return { installer: of("installer"), "settings-file": of("settings-file") };
}
