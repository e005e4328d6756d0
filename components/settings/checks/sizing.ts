import { supportsTrustedLaunch } from "../../../azure/sizes";
import {
  imageDiskGB,
  memoryOf,
  resizeProblem,
  type Sizing,
  sizingFor,
  supportsOurDisksAndNetwork,
} from "../../server/sizing";
import type { Built } from "../built";
import { blockPath, type Check, problem } from "../context";
import type { GenerationSettings, Problem, Settings } from "../settings";

/** What Azure would refuse, whatever the number of objects is. */
function capabilityProblems({ generation, size }: GenerationSettings, needed: Sizing): readonly Problem[] {
  const path = blockPath(generation, "size");
  if (!supportsTrustedLaunch(size))
    return [
      problem(
        path,
        `${size} cannot start a Trusted Launch machine, and its vTPM holds the key of Entra Connect`,
        needed.size,
      ),
    ];
  return supportsOurDisksAndNetwork(size)
    ? []
    : [
        problem(
          path,
          `${size} lacks premium disks (an "s" in its name) or accelerated networking, which Azure would refuse after the network is built`,
          needed.size,
        ),
      ];
}

/** What Azure cannot turn a machine into in place; a restart is enough otherwise. */
function resizeProblems(
  { generation, size, role }: GenerationSettings,
  before: string | undefined,
): readonly Problem[] {
  const text = before === undefined || role !== "passive" ? undefined : resizeProblem(before, size);
  return text === undefined
    ? []
    : [
        problem(
          blockPath(generation, "size"),
          text,
          `${before} as before, or another generation block with ${size}: that machine is built beside this one`,
        ),
      ];
}

/** What is too small for the number of objects. */
function shortages(block: GenerationSettings, synchronizedObjects: number): readonly Problem[] {
  const { generation, size, osDiskSizeGB, connect } = block;
  const needed = sizingFor(synchronizedObjects);
  const objects = synchronizedObjects.toLocaleString("en");
  const memory = memoryOf(size);
  const problems: Problem[] = [];
  if (memory !== undefined && memory < needed.memoryGiB)
    problems.push(
      problem(
        blockPath(generation, "size"),
        `${size} has ${memory} GiB of memory; ${objects} objects need ${needed.memoryGiB}`,
        needed.size,
      ),
    );
  if (osDiskSizeGB < needed.diskGB)
    problems.push(
      problem(
        blockPath(generation, "osDiskSizeGB"),
        `${osDiskSizeGB} GiB is too small: ${objects} objects need ${needed.diskGB} (the image alone ${imageDiskGB})`,
        `${needed.diskGB} or more`,
      ),
    );
  if (needed.fullSqlRequired && connect.database.kind === "localdb")
    problems.push(
      problem(
        blockPath(generation, "connect.database"),
        `LocalDB holds at most 10 GB, about 100,000 objects; synchronizedObjects is ${objects}`,
        "{ kind: sqlServer, server: <host of an existing SQL Server> }",
      ),
    );
  return problems;
}

export const sizes: Check = {
  concern: "size, disk and database of a generation that is built are large enough and what Azure accepts",
  runs: "whenBuiltIsKnown",
  judge: ({ generations, synchronizedObjects }, { built }) =>
    generations.flatMap((block) => {
      const before = built[block.generation];
      const capability = before?.size === block.size ? [] : capabilityProblems(block, sizingFor(synchronizedObjects));
      return before === undefined
        ? [...capability, ...shortages(block, synchronizedObjects)]
        : [...capability, ...resizeProblems(block, before.size)];
    }),
};

/**
 * Generations that exist and are too small for the number of objects: worth a finding, never a refusal, since a number
 * that was corrected must not stop the work on a server.
 */
export function undersized(settings: Settings, built: Readonly<Record<number, Built>>): readonly Problem[] {
  return settings.generations
    .filter(({ generation }) => built[generation] !== undefined)
    .flatMap((block) => shortages(block, settings.synchronizedObjects));
}
