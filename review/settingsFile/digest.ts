import { accountKind } from "../configuration";
import type { GapCode } from "../importGaps";
import { visible } from "../render";
import { type GapUnsure, gapsIn } from "./gapsInFile";
import type { SettingsFileContent } from "./readSettingsFile";

/** Raised when a newer release finds more in the same file, so that it is read again. */
export const digestRevision = 1;

/**
 * What of a settings file is judged and told: small, plain JSON, no secret, the same whenever the same file is read. The
 * file need not be there any more once it is delivered; this is what a later run still knows of it.
 */
export interface SettingsFileDigest {
  readonly revision: number;
  /** Of the file, lower case. */
  readonly sha256: string;
  /** ISO 8601; absent where the file does not say it in a form that is certain. */
  readonly madeAt?: string;
  readonly build?: string;
  readonly hostName?: string;
  /** Kind of account that the service of its server runs under. */
  readonly serviceAccount?: string;
  readonly database?: { readonly server: string; readonly instance?: string; readonly name?: string };
  /** Active Directory connectors, by name. */
  readonly directories: readonly string[];
  readonly customRules: number;
  readonly gaps: readonly DigestedGap[];
  readonly unsure: readonly GapUnsure[];
}

export interface DigestedGap {
  readonly code: GapCode;
  /** At most `most`, each a short line of printable text. */
  readonly items: readonly string[];
  /** How many more there are. */
  readonly more: number;
}

const most = 12;
const longest = 120;

export function digestOf(content: SettingsFileContent, sha256: string): SettingsFileDigest {
  const { found, unsure } = gapsIn(content);
  const { made, build, hostName, serviceAccount, database, directories, customRules } = content;
  return withoutUndefined({
    revision: digestRevision,
    sha256: sha256.toLowerCase(),
    madeAt: made?.at.toISOString(),
    build: build === undefined ? undefined : shown(build),
    hostName: hostName === undefined ? undefined : shown(hostName),
    serviceAccount: serviceAccount === undefined ? undefined : accountKind(serviceAccount),
    database:
      database === undefined
        ? undefined
        : withoutUndefined({
            server: shown(database.server),
            instance: database.instance === undefined ? undefined : shown(database.instance),
            name: database.name === undefined ? undefined : shown(database.name),
          }),
    directories: directories.slice(0, 4 * most).map(({ name }) => shown(name)),
    customRules: customRules.length,
    gaps: found.map(({ code, items }) => ({
      code,
      items: items.slice(0, most).map(shown),
      more: Math.max(0, items.length - most),
    })),
    unsure,
  });
}

/** One line of printable text: names come from whoever can write to a directory. */
function shown(text: string): string {
  const line = visible(text).replace(/\s+/gu, " ").trim();
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 3).join("")}...`;
}

/** A key without a value would be another state than no key. */
function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
