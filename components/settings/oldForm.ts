import type * as yamlPackage from "yaml";
import { alternatingAddress, followingAddress, isAddress, isPrefix } from "../network/addresses";
import { problem } from "./context";
import type { Problem } from "./settings";

/**
 * Settings of an earlier release had one `server` and one `connect` for all generations. They are refused with the new
 * form to write, made from the user's own values, and the rest is judged as if it had been written that way.
 */
export interface Renewed {
  readonly settings: unknown;
  readonly problems: readonly Problem[];
}

type Raw = Readonly<Record<string, unknown>>;
const isRaw = (value: unknown): value is Raw => typeof value === "object" && value !== null && !Array.isArray(value);
const entriesOf = (value: unknown): readonly Raw[] => (Array.isArray(value) ? value.filter(isRaw) : []);

/** Parts of the old `server` that are not simply parts of each block now. */
const elsewhere: ReadonlySet<string> = new Set([
  "name",
  "synchronizedObjects",
  "generation",
  "generations",
  "activeGeneration",
  "retirementOverrides",
  "acknowledgedPassThroughAgents",
  "reinstatements",
]);

/** Lists of exceptions by their old name, and their kind now. */
const oldExceptions = {
  retirementOverrides: "retireUnproven",
  acknowledgedPassThroughAgents: "passThroughAgentIsElsewhere",
  reinstatements: "reinstate",
} as const;
type OldList = keyof typeof oldExceptions;
const oldLists = Object.keys(oldExceptions) as readonly OldList[];

const without = (from: Raw, keys: ReadonlySet<string>): Raw =>
  Object.fromEntries(Object.entries(from).filter(([key]) => !keys.has(key)));
const only = (from: Raw, keys: readonly string[]): Raw =>
  Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));
const some = (key: string, value: unknown): Raw => (value === undefined ? {} : { [key]: value });

interface Old {
  readonly server: Raw;
  readonly connect: Raw;
  readonly network: Raw;
  readonly numbers: readonly number[];
  /** Blocks that are there already, in settings that are half rewritten. */
  readonly blocks: Raw;
}

function numbersOf(server: Raw, blocks: Raw): readonly number[] {
  const written = Array.isArray(server.generations) ? server.generations : [server.generation];
  const numbers = [...written, ...Object.keys(blocks).map(Number)].filter(
    (each): each is number => typeof each === "number" && Number.isInteger(each) && each > 0,
  );
  return numbers.length === 0 ? [1] : [...new Set(numbers)].sort((left, right) => left - right);
}

/** The address that a generation had: they followed one another from the first one. */
function oldAddress({ network }: Old, generation: number): string | undefined {
  const { firstServerAddress, subnetPrefix } = network;
  if (typeof firstServerAddress === "string" && isAddress(firstServerAddress))
    return followingAddress(firstServerAddress, generation - 1);
  if (typeof subnetPrefix !== "string" || !isPrefix(subnetPrefix)) return undefined;
  const address = followingAddress(alternatingAddress(subnetPrefix, 1), generation - 1);
  return address === alternatingAddress(subnetPrefix, generation) ? undefined : address;
}

function roleOf({ server }: Old, generation: number): string | undefined {
  if (server.activeGeneration === generation) return "active";
  const lost = entriesOf(server.retirementOverrides).some(
    (each) => each.generation === generation && each.lost === true,
  );
  return lost ? "lost" : undefined;
}

/** What was not asked for before has to be filled in by whoever knows it. */
function exceptionsOf({ server }: Old, generation: number, lists: readonly OldList[]): readonly Raw[] {
  return lists.flatMap((list) =>
    entriesOf(server[list])
      .filter((each) => each.generation === generation && each.lost !== true)
      .map((each) => ({
        kind: oldExceptions[list],
        reason: each.reason,
        until: "<last day on which it counts, year-month-day>",
        vmId: "<its machine: az vm show --name … --resource-group … --query vmId>",
      })),
  );
}

/** A block as it is judged; exceptions are left out, since what is to be filled in would be wrong. */
function blockOf(old: Old, generation: number): Raw {
  const { server, connect, blocks } = old;
  const before = blocks[generation];
  const { features, ...product } = connect;
  return {
    ...some("role", roleOf(old, generation)),
    ...without(server, elsewhere),
    ...some("address", oldAddress(old, generation)),
    ...(Object.keys(product).length === 0 ? {} : { connect: product }),
    ...some("features", features),
    ...(isRaw(before) ? before : {}),
  };
}

const perGeneration = (old: Old, part: (generation: number) => Raw): Record<string, Raw> =>
  Object.fromEntries(
    old.numbers
      .map((number) => [String(number), part(number)] as const)
      .filter(([, block]) => Object.keys(block).length > 0),
  );

function yaml(settings: Raw): string {
  const named = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`entra-connect:${key}`, value]));
  // Loaded by whoever has such settings alone, and not at every preview.
  const { stringify } = require("yaml") as typeof yamlPackage;
  return stringify(named, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
}

function generationsYaml(blocks: Record<string, Raw>): string {
  return yaml({ generations: blocks });
}

function exceptionProblems(old: Old): readonly Problem[] {
  return oldLists
    .filter((list) => old.server[list] !== undefined)
    .map((list) => {
      const blocks = perGeneration(old, (generation) => ({
        ...(list === "retirementOverrides" && roleOf(old, generation) === "lost" ? { role: "lost" } : {}),
        ...some("exceptions", exceptionsOf(old, generation, [list]).at(0) && exceptionsOf(old, generation, [list])),
      }));
      return problem(
        `server.${list}`,
        "stands in the block of its generation now, as an exception with an end and for one machine; a lost server has the role lost",
        Object.keys(blocks).length === 0 ? "nothing: no generation that is written has one" : generationsYaml(blocks),
      );
    });
}

function oldProblems(old: Old, raw: Raw): readonly Problem[] {
  const problems: Problem[] = [];
  const { server, connect, network } = old;
  if (raw.server !== undefined) {
    const printed = perGeneration(old, (generation) => {
      const exceptions = exceptionsOf(old, generation, oldLists);
      return { ...blockOf(old, generation), ...(exceptions.length === 0 ? {} : { exceptions }) };
    });
    problems.push(
      problem(
        "server",
        "is the form of an earlier release: every generation has a block of its own now, with everything it is built with",
        yaml({ ...only(server, ["name", "synchronizedObjects"]), generations: printed }),
      ),
    );
  }
  if (server.activeGeneration !== undefined)
    problems.push(
      problem(
        "server.activeGeneration",
        "is the role of a generation now",
        generationsYaml({ [String(server.activeGeneration)]: { role: "active" } }),
      ),
    );
  problems.push(...exceptionProblems(old));
  if (raw.connect !== undefined) {
    const { features, ...product } = connect;
    problems.push(
      problem(
        "connect",
        "is the form of an earlier release: it stands in the block of each generation now, and features beside it",
        generationsYaml(perGeneration(old, () => ({ connect: product, ...some("features", features) }))),
      ),
    );
  }
  if (network.firstServerAddress !== undefined)
    problems.push(
      problem(
        "network.firstServerAddress",
        "is the address of a generation now",
        generationsYaml(perGeneration(old, (generation) => some("address", oldAddress(old, generation)))),
      ),
    );
  return problems;
}

/** Settings as written -> the same in the present form. What is in it already comes back as it is. */
export function renewed(written: unknown): Renewed {
  if (!isRaw(written)) return { settings: written, problems: [] };
  const rawNetwork = isRaw(written.network) ? written.network : {};
  if (written.server === undefined && written.connect === undefined && rawNetwork.firstServerAddress === undefined)
    return { settings: written, problems: [] };
  const server = isRaw(written.server) ? written.server : {};
  const blocks = isRaw(written.generations) ? written.generations : {};
  const old: Old = {
    server,
    connect: isRaw(written.connect) ? written.connect : {},
    network: rawNetwork,
    blocks,
    numbers: numbersOf(server, blocks),
  };
  const rest = without(written, new Set(["server", "connect", "generations"]));
  const settings = {
    ...only(server, ["name", "synchronizedObjects"]),
    ...rest,
    generations: Object.fromEntries(old.numbers.map((number) => [String(number), blockOf(old, number)])),
    ...(isRaw(rest.network) ? { network: without(rest.network, new Set(["firstServerAddress"])) } : {}),
  };
  return { settings, problems: oldProblems(old, written) };
}
