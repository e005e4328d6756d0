import { blockPath, type Check, problem } from "../context";
import type { ExceptionKind, Problem, Role } from "../settings";
import { stillCounts } from "../until";

/** Exceptions that contradict a role. */
const contradictions: readonly {
  readonly kind: ExceptionKind;
  readonly role: Role;
  readonly text: string;
  readonly write: string;
}[] = [
  {
    kind: "retireUnproven",
    role: "active",
    text: "the generation is declared active; the exception would let it be deleted",
    write: "no such exception for an active generation",
  },
  {
    kind: "reinstate",
    role: "active",
    text: "the generation is declared active; nothing is run on an active server",
    write: "no reinstatement of an active generation",
  },
  {
    kind: "reinstate",
    role: "lost",
    text: "the generation is declared lost; a lost server cannot be asked",
    write: "either the reinstatement or the role lost, whichever is true",
  },
  {
    kind: "retireByRunCommand",
    role: "active",
    text: "the generation is declared active; nothing is run on an active server, by Run Command neither",
    write: "no such exception for an active generation; switch roles first, then role: passive",
  },
  {
    kind: "retireByRunCommand",
    role: "lost",
    text: "the generation is declared lost; a lost server is not asked",
    write: "role: passive while Run Command still reaches it, or no such exception",
  },
  {
    kind: "reinstate",
    role: "fenced",
    text: "the generation is declared fenced; it is brought back by being declared passive",
    write: "role: passive with it, or no such exception",
  },
  {
    kind: "retireByRunCommand",
    role: "fenced",
    text: "the generation is declared fenced; its guard would find a stopped service",
    write: "no such exception; to delete it, role: lost and the exception retireUnproven",
  },
];

export const exceptions: Check = {
  concern: "exceptions are one of each kind, and fit the role; one that has ended no longer counts",
  runs: "always",
  judge: ({ generations }, { today }) =>
    generations.flatMap(({ generation, role, exceptions: all }) =>
      all.flatMap((exception, index): readonly Problem[] => {
        const path = blockPath(generation, `exceptions[${index}]`);
        if (all.findIndex((each) => each.kind === exception.kind) < index)
          return [
            problem(`${path}.kind`, `there is another ${exception.kind}`, "one of each kind: the one that counts"),
          ];
        if (!stillCounts(exception, today)) return [];
        const brought = all.some((each) => each.kind === "reinstate" && stillCounts(each, today));
        if (exception.kind === "retireByRunCommand" && brought)
          return [
            problem(
              path,
              "the same block asks for the server to be brought back (reinstate)",
              "one of the two exceptions",
            ),
          ];
        return contradictions
          .filter((each) => each.kind === exception.kind && each.role === role)
          .map(({ text, write }) => problem(path, text, write));
      }),
    ),
};
