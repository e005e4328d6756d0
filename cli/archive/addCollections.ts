import { readFileSync, statSync } from "node:fs";
import { mostBytes, nameOf, readCollection, SecretScan } from "../../review/archive";
import { BadInput, type ExitCode, exitCodes } from "../../review/verdict";
import type { Addition, ArchiveStore } from "./store";
import { answer, tell } from "./telling";

/**
 * Adds collections that somebody carried by hand. All are read and checked before the first is added; a name that is taken
 * is left as it is.
 *
 * @throws BadInput for a file that is no collection of a chain, or holds what looks like a secret
 */
export async function addCollections(store: ArchiveStore, files: readonly string[]): Promise<ExitCode> {
  const scan = new SecretScan();
  const additions: Addition[] = [];
  for (const file of files) additions.push(await additionOf(file, scan));
  additions.sort((a, b) => (a.name < b.name ? -1 : 1));
  const twice = additions.find(({ name }, index) => additions[index + 1]?.name === name);
  if (twice !== undefined) throw new BadInput(`${twice.name} is given twice.`);
  let taken = 0;
  for (const addition of additions) {
    const outcome = await store.add(addition);
    if (outcome === "exists") taken++;
    answer(
      outcome === "added"
        ? `added ${addition.name}`
        : `not added: ${addition.name} is there already, and was left as it is`,
    );
  }
  if (taken === 0) return exitCodes.ok;
  tell(
    `${taken} of ${additions.length} names were taken: the task has added them meanwhile, or somebody else. archive verify says whether what is there is true.`,
  );
  return exitCodes.review;
}

async function additionOf(file: string, scan: SecretScan): Promise<Addition> {
  let bytes: Buffer;
  try {
    if (statSync(file).size > mostBytes) throw new Error("has more bytes than any collection");
    bytes = readFileSync(file);
  } catch (error) {
    throw new BadInput(`${file}: cannot be read (${(error as Error).message}).`);
  }
  const { collection } = await readCollection(file, bytes, scan);
  const { link, collectedAt, computer, sha256, manifestSha256, secrets } = collection;
  if (secrets.length > 0)
    throw new BadInput(
      `${file}: holds what looks like a secret (${secrets.join(", ")}). An archive cannot be cleaned afterwards, so it is not added: change that secret and report its name.`,
    );
  return {
    name: nameOf({ chain: link.chain, computer, sequence: link.sequence, collectedAt }),
    bytes,
    metadata: {
      sha256,
      manifestsha256: manifestSha256,
      chain: link.chain,
      sequence: String(link.sequence),
      collectedat: collectedAt.toISOString().replace(/\.000Z$/u, "Z"),
    },
  };
}
