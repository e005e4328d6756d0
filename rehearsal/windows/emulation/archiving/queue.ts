/** Mirrors scripts/archiving/chain.ps1 and queue.ps1. */
import { createHash } from "node:crypto";
import { rm, stat, writeFile } from "node:fs/promises";
import { readArchive } from "../../../../review/evidence/archive";
import { type Archiving, archiveFolder, asciiJson } from "../../../../scripts/assemble";
import { NotRehearsed } from "../notRehearsed";
import type { Session } from "../session";

export const queueFolder = `${archiveFolder}\\queue`;
export const chainPath = `${archiveFolder}\\chain.json`;

export interface Previous {
  readonly name: string;
  readonly manifestSha256: string;
}

export interface ChainEnd {
  readonly sequence: number;
  readonly previous: Previous | null;
  readonly settingsFiles: readonly string[];
  readonly startedAnew: string | null;
}

export interface Queued {
  readonly file: string;
  readonly bytes: number;
}

/** What waits, by name. */
export async function queued(session: Session): Promise<readonly Queued[]> {
  const names = (await session.names(queueFolder)).filter((name) => /^\d{8}-\d{8}T\d{6}Z\.zip$/.test(name)).sort();
  return Promise.all(
    names.map(async (file) => ({ file, bytes: (await stat(session.path(`${queueFolder}\\${file}`))).size })),
  );
}

export async function queueState(session: Session) {
  const files = await queued(session);
  const bytes = files.reduce((sum, each) => sum + each.bytes, 0);
  const oldest = files[0]?.file.replace(/^\d{8}-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.zip$/, "$1-$2-$3T$4:$5:$6Z");
  return { count: files.length, sizeMB: Math.round((bytes / 1_048_576) * 100) / 100, oldestAt: oldest ?? null };
}

export interface WaitingCollection {
  readonly name: string;
  readonly chain: string;
  readonly sequence: number;
  readonly previous: Previous | null;
  readonly startedAnew: string | null;
  readonly collectedAt: string;
  readonly manifestSha256: string;
  readonly settingsFiles: readonly string[];
}

/** Throws where the file is damaged. */
export async function readWaiting(session: Session, file: string): Promise<WaitingCollection> {
  const files = await readArchive(session.path(`${queueFolder}\\${file}`));
  const bytes = files.find(({ path }) => path === "manifest.json")?.bytes;
  if (bytes === undefined) throw new Error("it holds no manifest.json");
  const manifest = JSON.parse(bytes.toString("utf8")) as {
    readonly collectedAt: string;
    readonly server: { readonly computerName: string };
    readonly archive?: Pick<WaitingCollection, "chain" | "sequence" | "previous" | "startedAnew">;
  };
  if (manifest.archive === undefined) throw new Error("its manifest says no place in a chain");
  const { chain, sequence, previous, startedAnew } = manifest.archive;
  return {
    name: blobName(chain, manifest.server.computerName, file),
    ...{ chain, sequence, previous, startedAnew },
    collectedAt: manifest.collectedAt,
    manifestSha256: createHash("sha256").update(bytes).digest("hex"),
    settingsFiles: files.flatMap(({ path }) => (path.startsWith("settings/") ? [path.slice(9)] : [])),
  };
}

export const blobName = (chain: string, computerName: string, file: string): string =>
  `${chain}/${computerName.toLowerCase()}/${file}`;

/** Mirrors Get-ChainEnd. */
export async function chainEnd(session: Session, chain: string): Promise<ChainEnd> {
  const record = recordOf(await session.readText(chainPath));
  const lost = (await session.exists(chainPath)) ? "was damaged or of another chain" : "was not there";
  let end: ChainEnd =
    record?.chain === chain
      ? { ...record, startedAnew: null }
      : { sequence: 0, previous: null, settingsFiles: [], startedAnew: `the record ${chainPath} ${lost}` };
  for (const { file } of await queued(session)) {
    if (Number(file.slice(0, 8)) < end.sequence) continue;
    const found = await readWaiting(session, file).catch(() => undefined);
    if (found?.chain !== chain) continue;
    const { name, manifestSha256, sequence } = found;
    const settingsFiles = [...new Set([...end.settingsFiles, ...found.settingsFiles])];
    end = { sequence, previous: { name, manifestSha256 }, settingsFiles, startedAnew: null };
  }
  return end;
}

function recordOf(text: string | undefined): (ChainEnd & { readonly chain: string }) | undefined {
  try {
    const record = JSON.parse(text ?? "") as ChainEnd & { readonly chain: string };
    return typeof record.sequence === "number" ? record : undefined;
  } catch {
    return undefined;
  }
}

export async function writeChainEnd(
  session: Session,
  chain: string,
  end: Omit<ChainEnd, "startedAnew">,
): Promise<void> {
  const { sequence, previous, settingsFiles } = end;
  await session.write(chainPath, asciiJson({ chain, sequence, previous, settingsFiles }));
}

export const triedPath = (session: Session, file: string): string => session.path(`${queueFolder}\\${file}.tried`);

export const isTried = (session: Session, file: string): Promise<boolean> =>
  session.exists(`${queueFolder}\\${file}.tried`);

/** Where it is full, the script keeps its oldest and its newest: that is the test PowerShell's. */
export async function addToQueue(
  session: Session,
  { queue: { count, megabytes } }: Archiving,
  file: string,
  zip: Buffer,
): Promise<void> {
  const waiting = await queued(session);
  const bytes = waiting.reduce((sum, each) => sum + each.bytes, zip.length);
  if (waiting.length > 0 && (waiting.length >= count || bytes > megabytes * 1_048_576))
    throw new NotRehearsed("fullQueue");
  await writeFile(session.path(`${queueFolder}\\${file}`), zip, { flag: "wx" });
}

export async function removeFromQueue(session: Session, file: string): Promise<void> {
  await rm(session.path(`${queueFolder}\\${file}`), { force: true });
  await rm(triedPath(session, file), { force: true });
}
