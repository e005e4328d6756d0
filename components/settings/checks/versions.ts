import type { Finding } from "../../../review/verdict";
import { judgeVersion, versionOutlook } from "../../../review/versions/versions";
import { readiness } from "../../findings";
import { generationNames } from "../../server/names";
import { blockPath, type Check, problem, type ValidationContext } from "../context";
import type { GenerationSettings, Settings } from "../settings";

/** On an active or lost generation nothing is installed; what is installed already is judged in the verdict. */
function toBeInstalled(
  { generations }: Settings,
  { installed }: Pick<ValidationContext, "installed">,
): readonly GenerationSettings[] {
  return generations.filter(
    ({ generation, role, connect }) => role === "passive" && installed?.[generation] !== connect.version,
  );
}

export const versions: Check = {
  concern: "what is installed is a version that the service accepts and Microsoft has not recalled",
  runs: "whenBuiltIsKnown",
  judge: (settings, { today, installed }) =>
    toBeInstalled(settings, { installed }).flatMap(({ generation, connect }) => {
      const judgement = judgeVersion(connect.version, today);
      return judgement.kind === "refuse"
        ? [problem(blockPath(generation, "connect.version"), judgement.problem, judgement.write)]
        : [];
    }),
};

/** What may be installed and is worth a look first: told before it is, in the words in which it is told afterwards. */
export function versionFindings(
  settings: Settings,
  context: Pick<ValidationContext, "today" | "installed">,
): readonly Finding[] {
  return toBeInstalled(settings, context).flatMap(({ generation, connect }) => {
    const judgement = judgeVersion(connect.version, context.today);
    const ahead = versionOutlook(connect.version, context.today);
    const told = (code: string, { problem, write }: { readonly problem: string; readonly write: string }): Finding =>
      readiness(code, "warning", generationNames(settings.name, generation).machine, {
        title: problem,
        cause: `the version that ${blockPath(generation, "connect.version")} pins`,
        next: /^\d/.test(write) ? `${blockPath(generation, "connect.version")}: ${write}` : write,
      });
    return [
      ...(judgement.kind === "warn" ? [told("version-age", judgement)] : []),
      ...(ahead === undefined ? [] : [told("version-ends", ahead)]),
    ];
  });
}
