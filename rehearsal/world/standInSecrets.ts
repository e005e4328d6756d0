import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BadInput } from "../../review/verdict";
import { isMissing, writeJsonAtomic } from "./atomicFile";
import { rehearsalPassphrase } from "./contract";
import { makeKeyPair } from "./keys";
import { type Sealed, seal } from "./pulumiSecrets";
import type { SecretRole } from "./standIns";
import type { KeyPair } from "./worldFile";

/** The only secrets in a world: made for it, recognisable, kept so that a second `up` changes nothing. */
export interface StandInSecrets {
  readonly administratorPassword: string;
  /** The key that signs in to the simulated servers. */
  readonly login: KeyPair;
  /** The key that signs in to the jump host. */
  readonly jumpHost: KeyPair;
  /** For a secret setting that is none of the three. */
  readonly other: string;
  /** The same as a settings file has them. */
  readonly sealed: Sealed;
}

export const secretsFileName = "secrets.json";

/** Reads the world's stand-in secrets, or makes them. */
export async function openStandInSecrets(folder: string): Promise<StandInSecrets> {
  const path = join(folder, secretsFileName);
  try {
    return parse(await readFile(path, "utf8"), path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const administratorPassword = makePassword();
  const login = makeKeyPair("rehearsal-login-stand-in");
  const jumpHost = makeKeyPair("rehearsal-jump-host-stand-in");
  const other = `rehearsal-stand-in-${randomBytes(8).toString("hex")}`;
  const texts: Record<SecretRole, string> = {
    administratorPassword,
    login: login.privateKey,
    jumpHost: jumpHost.privateKey,
    other,
  };
  const sealed = await seal(rehearsalPassphrase, texts);
  const secrets: StandInSecrets = { administratorPassword, login, jumpHost, other, sealed };
  await writeJsonAtomic(path, secrets);
  return secrets;
}

/** Satisfies Azure's rule (12 to 123 characters, three of lower case, upper case, digit, special character). */
function makePassword(): string {
  return `Rehearsal-Stand-In-${randomBytes(8).toString("hex")}-7aZ!`;
}

function parse(text: string, path: string): StandInSecrets {
  try {
    const value = JSON.parse(text) as Partial<StandInSecrets>;
    const { administratorPassword, login, jumpHost, other, sealed } = value;
    if (administratorPassword && other && login?.privateKey && jumpHost?.privateKey && sealed?.encryptionSalt)
      return { administratorPassword, login, jumpHost, other, sealed };
  } catch {
    // Said below.
  }
  throw new BadInput(`${path} cannot be read. Start a new world with --reset, or use another folder with --dir.`);
}
