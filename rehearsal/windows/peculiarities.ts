/**
 * What Windows does differently on some machines: switched on by name (`--peculiarity`), on every machine of the world,
 * and seen by the scripts as the real thing would be. They live in the test PowerShell's stub; the emulation, which is no
 * Windows, refuses each by name.
 */
import { BadInput } from "../../review/verdict";
import type { ServerFolder } from "../world/contract";
import { gatePeculiarities } from "./gatePeculiarities";
import { changeRegistry, changeServerWorld, type Registry } from "./serverFiles";
import type { ServerWorld } from "./serverWorld";

/** The machine that a peculiarity changes; both documents are changed in place. */
export interface PeculiarMachine {
  readonly world: ServerWorld;
  readonly registry: Registry;
}

export interface Peculiarity {
  /** How the machine differs, one sentence without its end: help and docs. */
  readonly says: string;
  /** Where it was met (a field report, a fact). */
  readonly source: string;
  readonly on: (machine: PeculiarMachine) => void;
  /** Back to a machine without it. */
  readonly off: (machine: PeculiarMachine) => void;
}

export const peculiarities = {
  ...gatePeculiarities,
  "clock-off": {
    says: "the clock is 400 seconds ahead of the domain's",
    source: "field-reports F11",
    on: ({ world }) => {
      world.clockSkewSeconds = 400;
    },
    off: ({ world }) => {
      world.clockSkewSeconds = 0.012;
    },
  },
} as const satisfies Readonly<Record<string, Peculiarity>>;

export type PeculiarityName = keyof typeof peculiarities;

export const peculiarityNames = Object.keys(peculiarities) as readonly PeculiarityName[];

/** One `--peculiarity`: `NAME`, or `no-NAME` to take it away again. */
export interface PeculiarityChange {
  readonly name: PeculiarityName;
  readonly on: boolean;
}

/** @throws BadInput that lists the names there are */
export function readPeculiarity(text: string): PeculiarityChange {
  const given = text.trim();
  const known = (wanted: string) => peculiarityNames.find((name) => name === wanted);
  const on = known(given);
  if (on !== undefined) return { name: on, on: true };
  const off = given.startsWith("no-") ? known(given.slice(3)) : undefined;
  if (off !== undefined) return { name: off, on: false };
  throw new BadInput(
    `--peculiarity ${JSON.stringify(text)} is not known. There are: ${peculiarityNames.join(", ")}; ` +
      "with no- in front it is taken away again",
  );
}

/** Changes one machine; what is so already stays. */
export async function setPeculiarities(server: ServerFolder, changes: readonly PeculiarityChange[]): Promise<void> {
  if (changes.length === 0) return;
  await changeServerWorld(server, (world) =>
    changeRegistry(server, (registry) => {
      for (const { name, on } of changes) {
        const others = (world.peculiar ?? []).filter((known) => known !== name);
        const was = others.length < (world.peculiar ?? []).length;
        world.peculiar = on ? [...others, name] : others;
        if (on && !was) peculiarities[name].on({ world, registry });
        if (!on && was) peculiarities[name].off({ world, registry });
      }
    }),
  );
}

/** Why this machine's scripts cannot be emulated; undefined where they can. */
export function needsPowershell({
  computerName,
  peculiar = [],
}: Pick<ServerWorld, "computerName" | "peculiar">): string | undefined {
  if (peculiar.length === 0) return undefined;
  return (
    `${computerName} has peculiarities (${peculiar.join(", ")}), and these are rehearsed in the test PowerShell only. ` +
    "Name it in ENTRA_CONNECT_TEST_POWERSHELL (docs/rehearsal.md), or take them away with --peculiarity no-NAME."
  );
}
