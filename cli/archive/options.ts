import { type Command, InvalidArgumentError, Option } from "commander";
import { BadInput } from "../../review/verdict";
import type { ArchiveStore } from "./store";

export interface StoreOptions {
  readonly account?: string;
  readonly container: string;
  readonly folder?: string;
}

/** Where the archive is: a storage account, or a folder. */
export function addStoreOptions(command: Command): Command {
  return command
    .option("--account <name>", "storage account: its name, or the address of its blob service")
    .option("--container <name>", "the container in it", containerName, "configuration")
    .option("--folder <dir>", "in place of an account: a folder that archive pull wrote, or of a rehearsal");
}

/** @throws BadInput where neither or both are given, or the account is no name and no address */
export async function openStore({ account, container, folder }: StoreOptions): Promise<ArchiveStore> {
  if (account !== undefined && folder !== undefined) throw new BadInput("Give --account or --folder, not both.");
  if (folder !== undefined) {
    const { FolderStore } = await import("./folderStore.js");
    return new FolderStore(folder);
  }
  if (account === undefined)
    throw new BadInput(
      "Say where the archive is: --account NAME (and --container, default configuration), or --folder DIR.",
    );
  const { azureStore } = await import("./azureStore.js");
  return azureStore(`${accountAddress(account)}/${container}`);
}

/** Only ever with TLS: the token that is sent would open the archive to whoever reads it on the way. */
export function accountAddress(account: string): string {
  if (/^[a-z0-9]{3,24}$/u.test(account)) return `https://${account}.blob.core.windows.net`;
  let address: URL;
  try {
    address = new URL(account);
  } catch {
    throw new BadInput(
      `--account ${account}: is neither the name of a storage account (3 to 24 of a-z and 0-9) nor an address like https://NAME.blob.core.windows.net.`,
    );
  }
  if (address.protocol !== "https:")
    throw new BadInput(`--account ${account}: only https is used; the identity's token goes with every request.`);
  // A signature or a password in an address would stand in logs and histories.
  if (address.search !== "" || address.username !== "" || address.password !== "" || address.hash !== "")
    throw new BadInput(
      "--account: the address has more than a host in it (a SAS?). Give https://NAME.blob.core.windows.net; the identity of whoever runs the command is used.",
    );
  return account.replace(/\/+$/u, "");
}

function containerName(text: string): string {
  if (/^[a-z0-9](-?[a-z0-9]){2,62}$/u.test(text)) return text;
  throw new InvalidArgumentError("A container's name has 3 to 63 of a-z, 0-9 and single dashes.");
}

/** `36` or `36,72`: hours from which the newest collection is late, and from which it blocks (default: twice the first). */
export function ageLimits(text: string): { readonly warnHours: number; readonly blockHours: number } {
  const parts = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [warnHours = Number.NaN, blockHours = warnHours * 2] = parts;
  if (parts.length > 2 || !(warnHours > 0) || !(blockHours >= warnHours))
    throw new InvalidArgumentError("Give hours, for example 36, or two for warning and blocking: 36,72.");
  return { warnHours, blockHours };
}

export function whole(text: string): number {
  const value = Number(text);
  if (!/^\d+$/u.test(text) || value < 1) throw new InvalidArgumentError("Give a whole number from 1.");
  return value;
}

export function hashes(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[0-9a-f]{16,64}$/iu.test(text)) throw new InvalidArgumentError("Give 16 to 64 characters of a SHA-256.");
  return [...before, text.toLowerCase()];
}

export const olderThan = (): Option =>
  new Option("--older-than <hours>", "the newest is late from here on, and blocks from the second number on")
    .argParser(ageLimits)
    .default(ageLimits("36,72"), "36,72");
