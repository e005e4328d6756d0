import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./atomicFile";

/** Where a path sent over SFTP leads on the simulated machine. */
export type WindowsPlace =
  /** `/`: what lies above the drives. */
  | { readonly kind: "root" }
  /** On C:. `windows` is the path in the form OpenSSH answers (`/C:/x`), `segments` its parts below the drive. */
  | { readonly kind: "drive"; readonly windows: string; readonly segments: readonly string[] }
  /** Another drive, a share, a name Windows does not allow. */
  | { readonly kind: "outside" };

/**
 * Reads `C:/x`, `/C:/x`, `C:\x` and `x` (from the home folder) as OpenSSH for Windows does; `.` and `..` are resolved
 * and never lead above the drive.
 */
export function readWindowsPath(path: string, home: readonly string[]): WindowsPlace {
  const slashed = path.replaceAll("\\", "/");
  if (slashed.startsWith("//")) return isOnlySlashes(slashed) ? { kind: "root" } : { kind: "outside" };
  if (slashed === "/") return { kind: "root" };
  const drive = /^\/?([A-Za-z]):(.*)$/s.exec(slashed);
  if (drive && drive[1]?.toUpperCase() !== "C") return { kind: "outside" };
  if (!drive && slashed.startsWith("/")) return readWindowsPath(`C:${slashed}`, home);
  const segments: string[] = drive ? [] : [...home];
  for (const segment of (drive ? (drive[2] ?? "") : slashed).split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else if (isAllowedName(segment)) segments.push(segment);
    else return { kind: "outside" };
  }
  return { kind: "drive", windows: `/C:/${segments.join("/")}`, segments };
}

function isOnlySlashes(text: string): boolean {
  return /^\/+$/.test(text);
}

/** Names that Windows refuses, and those that would mean something else on the machine that simulates it. */
function isAllowedName(name: string): boolean {
  for (const character of name) if (character < " " || '<>:"|?*/\\'.includes(character)) return false;
  return !/^(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?$/i.test(name) && !/[. ]$/.test(name);
}

/** Thrown for a link: nothing on the simulated drive may lead out of it. */
export class LeadsOutside extends Error {}

/**
 * The real path of a place on the drive, found without regard to case as Windows does; parts that do not exist keep
 * the case they were given.
 */
export async function findOnDrive(drive: string, segments: readonly string[]): Promise<string> {
  let at = drive;
  for (const segment of segments) {
    at = join(at, (await nameInFolder(at, segment)) ?? segment);
    try {
      if ((await lstat(at)).isSymbolicLink()) throw new LeadsOutside(at);
    } catch (error) {
      if (!isMissing(error) && !isNoFolder(error)) throw error;
    }
  }
  return at;
}

async function nameInFolder(folder: string, name: string): Promise<string | undefined> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isMissing(error) || isNoFolder(error)) return undefined;
    throw error;
  }
  if (names.includes(name)) return name;
  const wanted = name.toLowerCase();
  return names.find((candidate) => candidate.toLowerCase() === wanted);
}

function isNoFolder(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOTDIR";
}
