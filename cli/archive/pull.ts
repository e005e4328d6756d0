import { createHash } from "node:crypto";
import { join } from "node:path";
import { mostBytes, sortListing } from "../../review/archive";
import { type Member, named } from "../../review/archive/listing";
import { BadInput, type ExitCode, exitCodes } from "../../review/verdict";
import { FolderStore } from "./folderStore";
import type { ArchiveStore } from "./store";
import { answer, tell } from "./telling";

export interface PullOptions {
  readonly output: string;
  readonly server?: readonly string[];
  readonly newest?: number;
  readonly folder?: string;
  readonly progress: (doing: string) => void;
}

/**
 * Copies collections below a folder, under their own names, with what the store says of each beside it. What is there is
 * left as it is; where it has another size or hash than in the store, that is said and the exit code is 1.
 *
 * @throws CouldNotRun where something cannot be read or written
 */
export async function pull(store: ArchiveStore, options: PullOptions): Promise<ExitCode> {
  if (options.folder !== undefined && join(options.folder) === join(options.output))
    throw new BadInput(`--output ${options.output}: is the folder that is read. Choose another one.`);
  options.progress(`listing ${store.source}`);
  const { chains, strays } = sortListing(await store.list());
  const target = new FolderStore(options.output);
  const told: string[] = [];
  let [added, there] = [0, 0];
  for (const chain of named(chains, options.server ?? [], store.source)) {
    for (const member of chain.members.slice(-(options.newest ?? chain.members.length))) {
      options.progress(`pulling ${member.name}`);
      const outcome = await pullOne(store, target, options.output, member);
      if (outcome === "added") added++;
      else if (outcome === "there") there++;
      else told.push(outcome);
    }
  }
  for (const stray of strays) told.push(`${stray}: is no name of a collection, and was not pulled.`);
  for (const line of told) tell(line);
  answer(
    `${added} collections pulled into ${options.output}, ${there} were there already${told.length === 0 ? "" : `, ${told.length} to look at`}. Prove them: entra-connect archive verify --folder ${options.output}`,
  );
  return told.length === 0 ? exitCodes.ok : exitCodes.review;
}

/** What was written first counts, so that is what is pulled. */
async function pullOne(store: ArchiveStore, target: FolderStore, output: string, { name, first, versions }: Member) {
  const known = await target.find(name);
  if (known !== undefined && isSame(known, first)) return "there";
  if (first.size > mostBytes) return `${name}: has ${first.size} bytes, more than any collection; not pulled.`;
  let bytes: Buffer | "notAtHand";
  try {
    bytes = await store.read(first);
  } catch (error) {
    if (error instanceof BadInput) return `${error.message} Not pulled.`;
    throw error;
  }
  if (bytes === "notAtHand") return `${name}: is in a tier that cannot be read now; not pulled.`;
  const { createdAt, md5, metadata, protection } = first;
  const beside = { createdAt, md5, metadata, protection, pulled: { from: store.source, at: new Date() } };
  if ((await target.add({ name, bytes, metadata: metadata ?? {} }, beside)) === "exists") {
    if (known?.equals(bytes)) return "there";
    return `${join(output, ...name.split("/"))}: is there with other bytes than ${store.source} has. It was left as it is: one of the two was changed; archive verify both.`;
  }
  return versions.length === 1
    ? "added"
    : `${name}: was written ${versions.length} times; the first version was pulled (archive verify says more).`;
}

/** By what the store computed, without reading it again. */
const isSame = (bytes: Buffer, { md5, size }: Member["first"]): boolean =>
  md5 !== null && bytes.length === size && createHash("md5").update(bytes).digest("hex") === md5;
