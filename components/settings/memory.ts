import type { Problem, Settings } from "./settings";

/**
 * The stack's own memory: what its last run left in the outputs. Entries are derived from the machine's own output,
 * so an entry exists only if the machine does.
 */
export interface Memory {
  readonly generations: Readonly<Record<string, DeployedGeneration>>;
  /** Generations that the last run took out; their retirement may have been refused. */
  readonly leaving: Readonly<Record<string, DeployedGeneration>>;
  readonly activeGeneration?: number;
}

export interface DeployedGeneration {
  readonly fingerprint: Fingerprint;
  /** Azure's identity of the machine; another machine of the same name has another. */
  readonly vmId: string;
  /** Public host key of its SSH server, as read through Azure's control plane. */
  readonly hostKey: string;
}

/** What a generation was built with and cannot change without a new machine. */
export interface Fingerprint {
  readonly serverName: string;
  readonly location: string;
  /** Resource id of an existing subnet, or the prefix of our own. */
  readonly subnet: string;
  readonly image: string;
  readonly size: string;
  readonly osDiskSizeGB: number;
  readonly zone: string;
  readonly privateAddress: string;
  readonly administratorName: string;
  readonly timeZone: string;
  readonly encryptionAtHost: boolean;
}

/** Where a part of the fingerprint is set. */
const settingOf: Record<keyof Fingerprint, string> = {
  serverName: "server.name",
  location: "location",
  subnet: "network.subnetPrefix",
  image: "server.image",
  size: "server.size",
  osDiskSizeGB: "server.osDiskSizeGB",
  zone: "server.zone",
  privateAddress: "network.firstServerAddress",
  administratorName: "server.administratorName",
  timeZone: "server.timeZone",
  encryptionAtHost: "server.encryptionAtHost",
};

/** What all generations share. Azure would replace it under a running server, a raised generation or not. */
const shared: ReadonlySet<keyof Fingerprint> = new Set(["serverName", "location", "subnet"]);

export interface MemoryQuestion {
  readonly settings: Settings;
  readonly memory: Memory | undefined;
  readonly fingerprint: (generation: number) => Fingerprint;
  /** Generations that a finished run of this stack has proven to be staging. */
  readonly proven: ReadonlySet<number>;
}

const numbers = (entries: Readonly<Record<string, unknown>>): number[] => Object.keys(entries).map(Number);

/** Compares what is asked for with what was deployed. Everything here is refused before the first resource. */
export function checkAgainstMemory({ settings, memory, fingerprint, proven }: MemoryQuestion): readonly Problem[] {
  const { generations, activeGeneration } = settings.server;
  if (memory === undefined)
    return activeGeneration === undefined
      ? []
      : [
          {
            path: "server.activeGeneration",
            problem: `generation ${activeGeneration} was never built by this stack; a server is built passive, proven, and only then promoted`,
            write: "no activeGeneration until the role switch is done",
          },
        ];
  const problems: Problem[] = [];
  const deployed = numbers(memory.generations);
  const highest = Math.max(0, ...deployed, ...numbers(memory.leaving));

  for (const generation of generations) {
    const before = memory.generations[generation];
    if (before !== undefined) {
      const now = fingerprint(generation);
      for (const key of Object.keys(settingOf) as (keyof Fingerprint)[])
        if (!shared.has(key) && now[key] !== before.fingerprint[key])
          problems.push({
            path: settingOf[key],
            problem: `generation ${generation} was built with ${show(before.fingerprint[key])}; ${show(now[key])} needs a new machine`,
            write: `generations: [${[...generations, highest + 1].join(", ")}] to build the replacement beside it (then take ${generation} out), or ${show(before.fingerprint[key])} as before`,
          });
    } else if (generation < highest) {
      problems.push({
        path: "server.generations",
        problem: `generation ${generation} is lower than ${highest}, which this stack has had; names of a retired generation are not used again, its recovery points carry them`,
        write: `${highest + 1} for a new server`,
      });
    }
  }

  problems.push(...sharedProblems(memory, fingerprint));

  const leaving = deployed.filter((generation) => !generations.includes(generation));
  if (leaving.length > 1)
    problems.push({
      path: "server.generations",
      problem: `generations ${leaving.join(" and ")} would retire in one run; if one guard refuses, the other server is left half torn down`,
      write: `take out one at a time, first generations: [${[...generations, ...leaving.slice(1)].sort((a, b) => a - b).join(", ")}]`,
    });
  if (memory.activeGeneration !== undefined && leaving.includes(memory.activeGeneration))
    problems.push({
      path: "server.generations",
      problem: `generation ${memory.activeGeneration} was declared active in the last run and would be deleted in this one`,
      write: `generations that include ${memory.activeGeneration}; switch roles in the wizard, then run up without activeGeneration (it proves staging), then take it out`,
    });
  if (activeGeneration !== undefined && !proven.has(activeGeneration))
    problems.push({
      path: "server.activeGeneration",
      problem: `generation ${activeGeneration} has not been built and proven by this stack; a server is built passive, proven, and only then promoted`,
      write: "no activeGeneration until the role switch is done",
    });
  return problems;
}

/** A change of what the generations share is refused while any of them exists, those that leave in this run included. */
function sharedProblems(memory: Memory, fingerprint: MemoryQuestion["fingerprint"]): readonly Problem[] {
  const [oldest] = Object.entries(memory.generations);
  if (oldest === undefined) return [];
  const [generation, { fingerprint: before }] = oldest;
  const now = fingerprint(Number(generation));
  return [...shared]
    .filter((key) => now[key] !== before[key])
    .map((key) => ({
      path: settingOf[key],
      problem: `this stack's server was built with ${show(before[key])}; its generations share that, and Azure would tear it down under them`,
      write: `${show(before[key])} as before; for ${show(now[key])}, build another server in a stack of its own, switch roles if needed, then destroy this stack`,
    }));
}

/** What the next run is to remember of generations that this run takes out. */
export function leavingAfter(
  memory: Memory | undefined,
  generations: readonly number[],
): Record<string, DeployedGeneration> {
  const candidates = { ...memory?.leaving, ...memory?.generations };
  return Object.fromEntries(
    Object.entries(candidates).filter(([generation]) => !generations.includes(Number(generation))),
  );
}

function show(value: string | number | boolean): string {
  return value === "" ? "none" : typeof value === "string" ? `"${value}"` : String(value);
}
