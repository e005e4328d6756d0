import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AuthContext, ParsedKey } from "ssh2";
import { utils } from "ssh2";
import { isMissing } from "./atomicFile";

/** Where OpenSSH for Windows looks for the keys of administrators, below C:. */
const administratorsKeys = ["ProgramData", "ssh", "administrators_authorized_keys"] as const;

/**
 * The keys that may sign in as an administrator. A file in another encoding than ASCII or UTF-8 without mark holds no
 * usable line, as on a real server.
 */
export async function readAdministratorsKeys(driveFolder: string): Promise<ParsedKey[]> {
  try {
    return readKeyLines(await readFile(join(driveFolder, ...administratorsKeys), "utf8"));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

export function readKeyLines(text: string): ParsedKey[] {
  const keys: ParsedKey[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (!/^[a-z0-9@.-]+ /.test(line)) continue;
    const key = utils.parseKey(line);
    if (key instanceof Error || key.isPrivateKey()) continue;
    keys.push(key);
  }
  return keys;
}

/**
 * Answers one step of a login where only keys are accepted: whether the key is one of the allowed ones and, at the
 * second step, whether the signature proves that the client holds it. Returns true when the login is complete.
 */
export function answerKeyLogin(
  context: AuthContext,
  isUser: (name: string) => boolean,
  allowed: readonly ParsedKey[],
): boolean {
  if (context.method === "publickey" && isUser(context.username)) {
    const { key: offered, signature, blob, hashAlgo } = context;
    const key = allowed.find((candidate) => candidate.getPublicSSH().equals(offered.data));
    if (key && !signature) {
      context.accept();
      return false;
    }
    if (key && signature && blob && key.verify(blob, signature, hashAlgo) === true) {
      context.accept();
      return true;
    }
  }
  context.reject(["publickey"]);
  return false;
}
