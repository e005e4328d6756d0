import { generationNames } from "../../server/names";
import { blockPath, type Check, problem } from "../context";

export const roles: Check = {
  concern: "there is one active server at most among generations and servers outside, whatever is acknowledged",
  runs: "always",
  judge: ({ generations, otherServers }) => {
    const [first, ...others] = [
      ...generations
        .filter(({ role }) => role === "active")
        .map(({ generation }) => ({
          generation,
          who: `generation ${generation}`,
          path: blockPath(generation, "role"),
        })),
      ...otherServers.flatMap(({ computerName, role }, index) =>
        role === "active" ? [{ generation: undefined, who: computerName, path: `otherServers[${index}].role` }] : [],
      ),
    ];
    if (first === undefined) return [];
    return others.map(({ generation, who, path }) =>
      problem(
        path,
        `${generation === undefined ? `${first.who} and ${who}` : `generations ${first.generation} and ${generation}`} are both declared active; two servers that export overwrite each other`,
        "role: active for the one that exports now; the other is passive once its staging mode is on",
      ),
    );
  },
};

export const namesOutside: Check = {
  concern: "servers outside are each named once, and are none of the generations",
  runs: "always",
  judge: ({ name, generations, otherServers }) =>
    otherServers.flatMap(({ computerName }, index) => {
      const path = `otherServers[${index}].computerName`;
      const bare = computerName.toUpperCase();
      const own = generations.find(
        ({ generation }) => generationNames(name, generation).machine.toUpperCase() === bare,
      );
      if (own !== undefined)
        return [
          problem(
            path,
            `${computerName} is generation ${own.generation} of this very stack`,
            `its role in generations.${own.generation}.role, and no entry here`,
          ),
        ];
      return otherServers.findIndex((each) => each.computerName.toUpperCase() === bare) < index
        ? [problem(path, `${computerName} is named twice`, "one entry for each server")]
        : [];
    }),
};

export const fences: Check = {
  concern: "a fence keeps something from happening",
  runs: "always",
  judge: ({ generations }) =>
    generations.flatMap(({ generation, role, fence }) =>
      role === "fenced" && !fence.cutOutbound && !fence.disableService && !fence.deallocated
        ? [
            problem(
              blockPath(generation, "fence"),
              "every part of the fence is switched off: nothing would keep it from exporting",
              "no fence (all three parts), or true for at least one of cutOutbound, disableService, deallocated",
            ),
          ]
        : [],
    ),
};
