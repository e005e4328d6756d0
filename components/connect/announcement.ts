import { rm, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { wrap } from "../../review/render";
import type { SettingsFileDigest } from "../../review/settingsFile";
import { logWidth, type ToldFinding } from "../findings";
import type { GenerationSettings, Settings } from "../settings/settings";
import { instructionsFile, operatorInstructions } from "./instructions";

/** Undefined inside a plugin, which knows no folder of the caller's. */
function fileOf(settings: Settings, block: GenerationSettings): string | undefined {
  const folder = pulumi.getRootDirectory();
  return isAbsolute(folder) ? join(folder, instructionsFile(settings, block.generation)) : undefined;
}

/**
 * Before the wait begins, the log and a file beside the project say what the operator must do and what was found so far.
 * A folder that cannot be written to is no reason to fail: the log has it all.
 */
export async function announceGate(
  settings: Settings,
  block: GenerationSettings,
  { findings, digest }: { readonly findings: readonly ToldFinding[]; readonly digest?: SettingsFileDigest },
  resource: pulumi.Resource,
): Promise<void> {
  const text = operatorInstructions(settings, block, digest);
  const file = fileOf(settings, block);
  const also =
    file === undefined
      ? []
      : await writeFile(file, text).then(
          () => [`(also in ${file})`],
          (error: Error) => [`(not written to ${file}: ${error.message})`],
        );
  // What is merely worth knowing is told too, where something can be done about it: now is when it helps. Gaps of the
  // import stand on the page itself.
  const before = findings
    .filter(({ next, class: kind }) => next !== "" && kind !== "known-import-gap")
    .flatMap(({ title, next }) => [
      ...wrap(`  - ${title}`, logWidth, "whole"),
      ...wrap(`      ${next}`, logWidth, "whole"),
    ]);
  await pulumi.log.info(
    [text, ...(before.length === 0 ? [] : ["", "Found before you start:", ...before]), ...also].join("\n"),
    resource,
  );
}

/** Once the gate is passed the page is no longer true. */
export async function withdrawInstructions(settings: Settings, block: GenerationSettings): Promise<void> {
  const file = fileOf(settings, block);
  if (file !== undefined) await rm(file, { force: true }).catch(() => undefined);
}
