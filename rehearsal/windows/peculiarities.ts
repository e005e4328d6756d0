/**
 * What Windows does differently on some machines: switched on by name (`--peculiarity`), on every machine of the world,
 * and seen by the scripts as the real thing would be. They live in the test PowerShell's stub alone; the emulation, which
 * is no Windows, knows none of them and refuses a machine that has one by its name.
 */
import { writeFile } from "node:fs/promises";
import { BadInput } from "../../review/verdict";
import type { ServerFolder } from "../world/contract";
import { accessPeculiarities } from "./accessPeculiarities";
import { gatePeculiarities } from "./gatePeculiarities";
import { joinPeculiarities } from "./joinPeculiarities";
import { enginePeculiarities } from "./peculiarEngine";
import type { Peculiarity } from "./peculiarity";
import { prerequisitePeculiarities } from "./peculiarPrerequisites";
import { changeRegistry, changeServerWorld, pathOnDrive } from "./serverFiles";
import type { ServerWorld } from "./serverWorld";

export const peculiarities = {
  ...gatePeculiarities,
  ...accessPeculiarities,
  ...prerequisitePeculiarities,
  ...enginePeculiarities,
  ...joinPeculiarities,
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
  const files = new Map<string, string>();
  await changeServerWorld(server, (world) =>
    changeRegistry(server, (registry) => {
      for (const { name, on } of changes) {
        const others = (world.peculiar ?? []).filter((known) => known !== name);
        const was = others.length < (world.peculiar ?? []).length;
        world.peculiar = on ? [...others, name] : others;
        if (on && !was) peculiarities[name].on({ world, registry, files });
        if (!on && was) peculiarities[name].off({ world, registry, files });
      }
    }),
  );
  for (const [path, text] of files) await writeFile(pathOnDrive(server, path), text);
}

/** Why this machine's scripts cannot be emulated; undefined where they can. */
export function needsPowershell({
  computerName,
  peculiar = [],
  peculiarities: flags = {},
  writableByUsers = [],
  fileSizes = {},
}: Pick<ServerWorld, "computerName"> & Partial<ServerWorld>): string | undefined {
  const names = peculiar.length > 0 ? peculiar : [...namesOf(flags), ...writableByUsers, ...Object.keys(fileSizes)];
  if (names.length === 0) return undefined;
  return (
    `${computerName} has peculiarities (${names.join(", ")}), and these are rehearsed in the test PowerShell only. ` +
    "Name it in ENTRA_CONNECT_TEST_POWERSHELL (docs/rehearsal.md), or take them away with --peculiarity no-NAME."
  );
}

/** A list that is used up is none any more. */
const namesOf = (flags: object): string[] =>
  Object.entries(flags).flatMap(([name, value]) => (Array.isArray(value) && value.length === 0 ? [] : [name]));
