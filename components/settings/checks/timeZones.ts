import { windowsTimeZone } from "../../../azure/timeZones";
import { blockPath, type Check, problem } from "../context";
import type { Problem } from "../settings";

export function timeZoneProblem(path: string, written: string): readonly Problem[] {
  const known = windowsTimeZone(written);
  if (known.kind === "windows") return [];
  return [
    problem(
      path,
      known.kind === "misspelt"
        ? `"${written}" is not spelled as Windows spells it`
        : `"${written}" is not a Windows time zone; Azure would refuse it after the network is built`,
      known.kind === "unknown"
        ? 'a name that "tzutil /l" lists on a Windows server, for example W. Europe Standard Time or UTC'
        : known.write,
    ),
  ];
}

export const timeZones: Check = {
  concern: "time zones are Windows time zones",
  runs: "whenBuiltIsKnown",
  judge: ({ generations, backup }, { built }) => [
    ...generations
      .filter(({ generation, timeZone }) => built[generation]?.timeZone !== timeZone)
      .flatMap(({ generation, timeZone }) => timeZoneProblem(blockPath(generation, "timeZone"), timeZone)),
    ...timeZoneProblem("backup.timeZone", backup.timeZone),
  ],
};
