import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Chain, ReadCollection } from "../../review/archive";
import { readCollection, SecretScan, sortListing } from "../../review/archive";
import { isEnded } from "../../review/archive/chainFindings";
import { type Documented, documentPages, indexPage } from "../../review/archive/documentPages";
import { type Member, named } from "../../review/archive/listing";
import { isJsonObject } from "../../review/evidence";
import { type Page, renderHtml, renderMarkdown } from "../../review/render";
import { makeFolder } from "../../review/render/makeFolder";
import { replaceFile } from "../../review/render/write";
import { BadInput, CouldNotRun, type ExitCode, exitCodes, type Json } from "../../review/verdict";
import type { ArchiveStore } from "./store";
import { answer, tell } from "./telling";

export interface DocumentOptions {
  readonly output: string;
  readonly server?: readonly string[];
  readonly format: "html" | "markdown";
  readonly now: Date;
  readonly progress: (doing: string) => void;
}

const schema = "entra-connect-archive-document/1";

/**
 * Writes index, documentation and changes of every server into a folder. What is compared with is what was documented there
 * last, as long as the archive has it; else the collection before the newest. A server that cannot be read keeps its pages;
 * that is said, and the exit code is 1.
 */
export async function documentArchive(store: ArchiveStore, options: DocumentOptions): Promise<ExitCode> {
  makeOutput(options.output);
  options.progress(`listing ${store.source}`);
  const listing = await store.list();
  const { chains } = sortListing(listing);
  const wanted = named(chains, options.server ?? [], store.source).filter((chain) => !isEnded(chain, chains));
  if (wanted.length === 0) throw new BadInput(`${store.source}: holds no collection, so there is nothing to document.`);
  const before = readIndex(join(options.output, "index.json"));
  const documented: Documented[] = [];
  let failed = 0;
  for (const chain of wanted) {
    const known = before.find((row) => row.chain === chain.id);
    try {
      documented.push(await documentOne(store, chain, { ...options, known, folder: folderOf(chain, wanted) }));
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      failed++;
      if (known !== undefined) documented.push(known);
      tell(`${chain.newest.computer}: not documented anew: ${error.message}`);
    }
  }
  // Servers that this call did not look at keep their row, unless a machine of that name has taken their pages.
  const kept = before.filter(
    (row) => !documented.some(({ chain, folder }) => chain === row.chain || folder === row.folder),
  );
  const rows = [...documented, ...kept].sort((a, b) => (a.computer < b.computer ? -1 : 1));
  const index = { schema, source: listing.source, servers: rows };
  await write(options, "index", indexPage(rows, listing.source, extensionOf(options)));
  await replaceFile(join(options.output, "index.json"), `${JSON.stringify(index, null, 2)}\n`);
  answer(`${summary(documented, failed)} ${join(options.output, `index.${extensionOf(options)}`)}`);
  return failed === 0 ? exitCodes.ok : exitCodes.review;
}

function summary(documented: readonly Documented[], failed: number): string {
  const changed = documented.filter(({ changes }) => (changes ?? 0) > 0).map(({ computer }) => computer);
  const told = changed.length === 0 ? "none has changed" : `${changed.join(", ")} changed`;
  return `${documented.length} servers documented, ${told}${failed === 0 ? "" : `, ${failed} could not be read`}:`;
}

async function documentOne(
  store: ArchiveStore,
  chain: Chain,
  options: DocumentOptions & { readonly known: Documented | undefined; readonly folder: string },
): Promise<Documented> {
  const { known, folder } = options;
  const scan = new SecretScan();
  const newest = await readMember(store, chain.newest, scan, options.progress);
  const { manifestSha256, collectedAt, bytes } = newest.collection;
  const nothingNew = known?.name === chain.newest.name && known.manifestSha256 === manifestSha256;
  const against = nothingNew ? undefined : sinceOf(chain, known);
  const since = against === undefined ? null : await readMember(store, against, scan, options.progress);
  options.progress(`documenting ${chain.newest.computer}`);
  const pages = await documentPages(newest.evidence, since?.evidence ?? null, () => options.now);
  makeOutput(join(options.output, folder));
  await write(options, `${folder}/configuration`, pages.configuration);
  if (pages.changes !== null) await write(options, `${folder}/changes`, pages.changes.page);
  return {
    computer: chain.newest.computer,
    chain: chain.id,
    folder,
    name: chain.newest.name,
    manifestSha256,
    collectedAt: collectedAt.toISOString(),
    bytes,
    ...(nothingNew && known !== undefined
      ? { since: known.since, changes: known.changes }
      : {
          since:
            against === undefined || pages.changes === null
              ? null
              : { name: against.name, collectedAt: against.collectedAt.toISOString() },
          changes: pages.changes?.count ?? null,
        }),
  };
}

function makeOutput(path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    throw new CouldNotRun(`--output ${path}: cannot be used (${(error as Error).message}).`);
  }
}

/** What was documented last, where it is still there; else the one before the newest. */
function sinceOf(chain: Chain, known: Documented | undefined): Member | undefined {
  const last = chain.members.find(({ name }) => name === known?.name);
  if (last !== undefined) return last;
  return chain.members.at(-2);
}

async function readMember(
  store: ArchiveStore,
  member: Member,
  scan: SecretScan,
  progress: (doing: string) => void,
): Promise<ReadCollection> {
  const { name, first } = member;
  progress(`reading ${name}`);
  const bytes = await store.read(first);
  if (bytes === "notAtHand") throw new BadInput(`${name}: is in a tier that cannot be read now.`);
  const read = await readCollection(name, bytes, scan);
  const { link, computer } = read.collection;
  // Another server's documentation under this name would be taken for its own.
  if (link.chain !== member.chain || link.sequence !== member.sequence || computer.toLowerCase() !== member.computer)
    throw new BadInput(
      `${name}: holds number ${link.sequence} of ${computer}, chain ${link.chain}: it was put under another name (archive verify says more).`,
    );
  return read;
}

/** Two machines of one name stand beside each other. */
const folderOf = (chain: Chain, all: readonly Chain[]): string =>
  all.some((other) => other !== chain && other.newest.computer === chain.newest.computer)
    ? `${chain.newest.computer}-${chain.id.slice(0, 8)}`
    : chain.newest.computer;

const extensionOf = ({ format }: Pick<DocumentOptions, "format">): string => (format === "html" ? "html" : "md");

async function write(options: DocumentOptions, name: string, page: Page): Promise<void> {
  const content = options.format === "html" ? renderHtml(page) : renderMarkdown(page, Number.POSITIVE_INFINITY);
  await replaceFile(join(options.output, `${name}.${extensionOf(options)}`), content);
}

/** Of the last call; nothing where there was none, or where it is not ours. */
function readIndex(path: string): readonly Documented[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  const refuse = (): never => {
    throw new BadInput(
      `${path}: is no index of archive document. Give --output another folder, or take the file away.`,
    );
  };
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch {
    return refuse();
  }
  if (!isJsonObject(document) || document.schema !== schema || !Array.isArray(document.servers)) return refuse();
  const rows = document.servers as readonly Json[];
  const texts = ["computer", "chain", "folder", "name", "manifestSha256", "collectedAt"];
  if (!rows.every((row) => isJsonObject(row) && texts.every((name) => typeof row[name] === "string"))) return refuse();
  return rows as unknown as readonly Documented[];
}
