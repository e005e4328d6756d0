import { type ExitCode, exitCodes, type Json } from "../../review/verdict";
import type { ServerWorld } from "../windows/serverWorld";
import type { ArmResource, CallLogEntry } from "../world/contract";
import { alertCounts, alertCountText } from "./alerts";
import { archiveLines, type StandingArchive } from "./archives";
import { noWorld, type RehearsalOptions } from "./options";
import { heading } from "./text";

/** A world as it is now, read without opening it: somebody else may be serving it. */
export interface WorldPicture {
  readonly folder: string;
  readonly resources: readonly ArmResource[];
  /** ARM types that are kept without rules of their own. */
  readonly genericTypes: readonly string[];
  readonly servers: readonly {
    readonly name: string;
    readonly resourceId: string;
    readonly power: string;
    readonly state: ServerWorld;
  }[];
  readonly calls: readonly CallLogEntry[];
  readonly archives: readonly StandingArchive[];
}

export type ReadWorld = (dir: string) => Promise<WorldPicture | undefined>;

interface ShownServer {
  readonly name: string;
  readonly resourceId: string;
  readonly power: string;
  readonly computerName: string;
  readonly operatingSystem: string;
  /** Of the installed Entra Connect; null where there is none. */
  readonly connectVersion: string | null;
  readonly installed: readonly { readonly name: string; readonly version: string }[];
  readonly wizard: string;
  /** null where there is no synchronization engine yet. */
  readonly stagingMode: boolean | null;
  readonly schedulerEnabled: boolean | null;
  readonly services: Readonly<Record<string, Json>>;
}

/** `rehearse show`: what the simulated Azure and servers hold, and every call that led there. */
export async function show(options: RehearsalOptions, readWorld: ReadWorld): Promise<ExitCode> {
  const picture = await readWorld(options.dir);
  if (!picture) throw noWorld(options);
  process.stdout.write(options.json ? `${JSON.stringify(document(picture), null, 2)}\n` : text(picture));
  return exitCodes.ok;
}

/** What `show --json` prints. */
export function document(picture: WorldPicture) {
  return {
    world: picture.folder,
    resources: picture.resources,
    genericTypes: picture.genericTypes,
    servers: picture.servers.map(shownServer),
    archives: picture.archives,
    alerts: alertCounts(picture.resources),
    calls: picture.calls,
  };
}

/** Entra Connect itself, under its names so far; not its agents. */
const connectName = /^Microsoft (Azure AD|Entra) Connect( Sync)?$/;

function shownServer({ name, resourceId, power, state }: WorldPicture["servers"][number]): ShownServer {
  return {
    name,
    resourceId,
    power,
    computerName: state.computerName,
    operatingSystem: `${state.operatingSystem.caption} ${state.operatingSystem.version}`,
    connectVersion: state.packages.find(({ displayName }) => connectName.test(displayName))?.displayVersion ?? null,
    installed: state.packages.map(({ displayName, displayVersion }) => ({
      name: displayName,
      version: displayVersion,
    })),
    wizard: state.wizard.state,
    stagingMode: state.adsync ? state.adsync.stagingMode : null,
    schedulerEnabled: state.adsync ? state.adsync.scheduler.syncCycleEnabled : null,
    services: Object.fromEntries(
      Object.entries(state.services).map(([service, { status, startType }]) => [service, `${status}, ${startType}`]),
    ),
  };
}

const callsShown = 25;

function text(picture: WorldPicture): string {
  const lines = [`Simulated world: ${picture.folder}`, heading("Servers")];
  if (picture.servers.length === 0) lines.push("  none");
  for (const server of picture.servers.map(shownServer)) {
    const staging =
      server.stagingMode === null
        ? "no synchronization engine"
        : server.stagingMode
          ? "staging mode on"
          : "STAGING MODE OFF";
    const also = server.computerName.toLowerCase() === server.name.toLowerCase() ? "" : ` (${server.computerName})`;
    lines.push(`  ${server.name}${also}: ${server.power}, ${staging}, wizard ${server.wizard}`);
    for (const { name, version } of server.installed) lines.push(`      ${name} ${version}`);
    if (server.services.ADSync !== undefined) lines.push(`      ADSync: ${String(server.services.ADSync)}`);
  }
  if (picture.archives.length > 0)
    lines.push(heading("Archive"), ...archiveLines(picture.archives).map((line) => `  ${line}`));
  const watched = alertCounts(picture.resources);
  if (watched.length > 0) {
    lines.push(heading("Alerts"));
    for (const each of watched) lines.push(`  ${alertCountText(each)}`);
  }
  lines.push(heading(`Azure resources (${picture.resources.length})`));
  const byId = [...picture.resources].sort((a, b) => a.id.localeCompare(b.id));
  const width = Math.max(0, ...byId.map(({ type }) => type.length));
  for (const { type, name } of byId) lines.push(`  ${type.padEnd(width)}  ${name}`);
  if (picture.genericTypes.length > 0) {
    lines.push("", `  kept without rules of their own: ${picture.genericTypes.join(", ")}`);
  }
  const last = picture.calls.slice(-callsShown);
  lines.push(heading(`Calls (the last ${last.length} of ${picture.calls.length}; all with --json)`));
  for (const { at, room, action, target, result } of last) {
    lines.push(
      `  ${at}  ${room.padEnd(8)}  ${action}${target && !action.includes(target) ? `  ${target}` : ""}  ${result}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
