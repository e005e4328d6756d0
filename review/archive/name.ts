/** The name of a collection in the archive: `<chain>/<computer>/<sequence>-<time>.zip`. */
export interface CollectionName {
  readonly name: string;
  /** A GUID in lower case, one for each machine. */
  readonly chain: string;
  /** In lower case. */
  readonly computer: string;
  /** From 1. */
  readonly sequence: number;
  readonly collectedAt: Date;
}

const guid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const chainPattern = new RegExp(`^${guid}$`, "u");
// A computer name of Windows: at most 15 characters that a path cannot be made of.
const namePattern = new RegExp(`^(${guid})/([a-z0-9_-]{1,15})/(\\d{8})-(\\d{8}T\\d{6}Z)\\.zip$`, "u");

export const isChain = (text: string): boolean => chainPattern.test(text);

/** Undefined for every other name: with one like this a path is safe, on Windows too. */
export function readName(name: string): CollectionName | undefined {
  const [, chain, computer, digits, stamp] = namePattern.exec(name) ?? [];
  if (chain === undefined || computer === undefined || stamp === undefined) return undefined;
  const sequence = Number(digits);
  const collectedAt = momentOfStamp(stamp);
  if (sequence === 0 || collectedAt === undefined || /^(con|prn|aux|nul|com\d|lpt\d)$/u.test(computer))
    return undefined;
  return { name, chain, computer, sequence, collectedAt };
}

/** The name that a collection has to have. */
export function nameOf({ chain, computer, sequence, collectedAt }: Omit<CollectionName, "name">): string {
  return `${chain}/${computer.toLowerCase()}/${String(sequence).padStart(8, "0")}-${stampOf(collectedAt)}.zip`;
}

/** `20261126T190000Z`. */
export const stampOf = (at: Date): string => at.toISOString().replace(/[-:]|\.\d+/gu, "");

function momentOfStamp(stamp: string): Date | undefined {
  const iso = stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u, "$1-$2-$3T$4:$5:$6Z");
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) || stampOf(at) !== stamp ? undefined : at;
}
