import { judgeVersion } from "../../../review/versions/versions";
import { blockPath, type Check, problem } from "../context";

export const versions: Check = {
  concern: "what is installed is a version that the service accepts and Microsoft has not recalled",
  runs: "whenBuiltIsKnown",
  judge: ({ generations }, { today, installed }) =>
    generations
      // On an active or lost generation nothing is installed; what is installed already is judged in the verdict.
      .filter(({ generation, role, connect }) => role === "passive" && installed?.[generation] !== connect.version)
      .flatMap(({ generation, connect }) => {
        const judgement = judgeVersion(connect.version, today);
        return judgement.kind === "refuse"
          ? [problem(blockPath(generation, "connect.version"), judgement.problem, judgement.write)]
          : [];
      }),
};
