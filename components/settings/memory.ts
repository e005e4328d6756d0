import type { Problem, Settings } from "./settings";

/**
 * The stack's own memory: what its last run left in the outputs. Entries are derived from the machine's own output,
 * so an entry exists only if the machine does.
 */
export interface Memory {
  readonly generations: Readonly<Record<string, DeployedGeneration>>;
  /** Generations that were taken out and whose machine was still in Azure when last looked at: retirement refused, or not over. */
  readonly leaving: Readonly<Record<string, DeployedGeneration>>;
  /** Generations that are gone. Their numbers are not used again: recovery points carry their names. */
  readonly retired: readonly number[];
  /** Ids of the backup as Azure gave them when it was made or adopted. */
  readonly backupIds?: readonly string[];
  readonly activeGeneration?: number;
}

export interface DeployedGeneration {
  readonly fingerprint: Fingerprint;
  /** Azure's identity of the machine; another machine of the same name has another. */
  readonly vmId: string;
  /** Public host key of its SSH server, as read through Azure's control plane. */
  readonly hostKey: string;
  /** Entra Connect as last proven on it. */
  readonly version?: string;
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
  readonly installLocation: string;
  readonly database: string;
  readonly serviceAccount: string;
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
  installLocation: "connect.installLocation",
  database: "connect.database",
  serviceAccount: "connect.serviceAccount",
};

/** What all generations share. Azure would replace it under a running server, a raised generation or not. */
const shared: ReadonlySet<keyof Fingerprint> = new Set(["serverName", "location", "subnet"]);

export interface MemoryQuestion {
  readonly settings: Settings;
  readonly memory: Memory | undefined;
  readonly fingerprint: (generation: number) => Fingerprint;
  /** Generations that a finished run of this stack has proven to be staging. */
  readonly proven: ReadonlySet<number>;
  /** Remembered generations whose machine is gone from Azure, or is another one of the same name. */
  readonly missing: ReadonlySet<number>;
}

const numbers = (entries: Readonly<Record<string, unknown>>): number[] => Object.keys(entries).map(Number);

/** Compares what is asked for with what was deployed. Everything here is refused before the first resource. */
export function checkAgainstMemory({
  settings,
  memory,
  fingerprint,
  proven,
  missing,
}: MemoryQuestion): readonly Problem[] {
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
  const had = [...deployed, ...numbers(memory.leaving), ...memory.retired];
  const highest = Math.max(0, ...had);

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
    } else if (generation < highest || had.includes(generation)) {
      problems.push({
        path: "server.generations",
        problem: `generation ${generation} is ${generation < highest ? `lower than ${highest}, which` : "one that"} this stack has had; names of a retired generation are not used again, its recovery points carry them`,
        write: `${highest + 1} for a new server`,
      });
    }
  }

  problems.push(...sharedProblems(memory, fingerprint));

  problems.push(...missingProblems(settings, missing, highest));

  // A retirement that was refused is still under way: its guard is asked again in this run.
  const leaving = [...deployed, ...numbers(memory.leaving)].filter((generation) => !generations.includes(generation));
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

/** A machine that went away behind Pulumi's back would be made anew by a refresh and an `up`: unproven, in its old name. */
function missingProblems({ server }: Settings, missing: ReadonlySet<number>, highest: number): readonly Problem[] {
  const lost = new Set(server.retirementOverrides.filter((each) => each.lost).map((each) => each.generation));
  return server.generations
    .filter((generation) => missing.has(generation) && !lost.has(generation))
    .map((generation) => ({
      path: "server.generations",
      problem: `the machine of generation ${generation} is gone from Azure, or another one has its name`,
      write: `retirementOverrides: [{ generation: ${generation}, lost: true, reason: … }] and generations: [${[...server.generations, highest + 1].join(", ")}]; then take ${generation} out. Do not run pulumi refresh before`,
    }));
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

/** Generations that this run takes out, and those that are still going; what is gone is only a number that is not used again. */
export function leavingAfter(
  memory: Memory | undefined,
  generations: readonly number[],
): Pick<Memory, "leaving" | "retired"> {
  const candidates = { ...memory?.leaving, ...memory?.generations };
  return {
    leaving: Object.fromEntries(
      Object.entries(candidates).filter(([generation]) => !generations.includes(Number(generation))),
    ),
    retired: memory?.retired ?? [],
  };
}

function show(value: string | number | boolean): string {
  return value === "" ? "none" : typeof value === "string" ? `"${value}"` : String(value);
}
