import { blockPath, type Check, problem } from "../context";

export const diagnoses: Check = {
  concern: "only a passive server is asked why SSH does not reach it",
  runs: "always",
  judge: ({ generations }) =>
    generations
      .filter(({ role, diagnoseAccess }) => role !== "passive" && diagnoseAccess !== undefined)
      .map(({ generation, role }) =>
        problem(
          blockPath(generation, "diagnoseAccess"),
          role === "active"
            ? "the generation is declared active; nothing is run on an active server, by Run Command neither"
            : `the generation is declared ${role}; a ${role} server is not asked`,
          role === "active"
            ? "no diagnoseAccess; ask it yourself, in the portal (Run command) or on its desktop: docs/access.md has what to look at"
            : "no diagnoseAccess, or role: passive while Azure still runs it",
        ),
      ),
};
