import { blockPath, type Check, problem } from "../context";

export const roles: Check = {
  concern: "there is one active server at most, whatever is acknowledged",
  runs: "always",
  judge: ({ generations }) => {
    const [first, ...others] = generations.filter(({ role }) => role === "active");
    return others.map(({ generation }) =>
      problem(
        blockPath(generation, "role"),
        `generations ${first?.generation} and ${generation} are both declared active; two servers that export overwrite each other`,
        "role: active for the one that exports now; the other is passive once its staging mode is on",
      ),
    );
  },
};
