import { generationNames, longestComputerName } from "../../server/names";
import { type Check, problem } from "../context";

export const computerNames: Check = {
  concern: "Windows computer names have at most 15 characters",
  runs: "always",
  judge: ({ name, generations }) =>
    generations
      .map(({ generation }) => generationNames(name, generation).machine)
      .filter((computer) => computer.length > longestComputerName)
      .map((computer) =>
        problem(
          "name",
          `the computer name "${computer}" has ${computer.length} characters; Windows allows ${longestComputerName}`,
          `a name of at most ${name.length - (computer.length - longestComputerName)} characters`,
        ),
      ),
};
