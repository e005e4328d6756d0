import type { StoredBlob, VerifyInput, VerifyResult } from "../../../review/archive";
import { verifyArchive } from "../../../review/archive";
import { type Added, listed } from "../../support/collectionChain";

/** One version of one name. */
export interface Stored {
  readonly blob: StoredBlob;
  readonly bytes: Buffer;
}

export const stored = (added: Added, more: Partial<StoredBlob> = {}): Stored => ({
  blob: listed(added, more),
  bytes: added.bytes,
});

/** An archive in memory, as a storage account has it. */
export async function verified(what: readonly Stored[], more: Partial<VerifyInput> = {}): Promise<VerifyResult> {
  return verifyArchive({
    listing: {
      source: "https://archive.test/configuration",
      kind: "account",
      blobs: what.map(({ blob }) => blob),
      cannotSay: [],
    },
    read: async ({ name, versionId }) => {
      const found = what.find(({ blob }) => blob.name === name && blob.versionId === versionId);
      if (found === undefined) throw new Error(`${name} ${versionId} was read and is not there`);
      return found.bytes;
    },
    now: new Date("2026-11-26T08:00:00Z"),
    warnHours: 36,
    blockHours: 72,
    ...more,
  });
}

/** Codes that are more than information, each once, in the order of the report. */
export const openCodes = ({ report }: VerifyResult): readonly string[] => [
  ...new Set(report.findings.filter(({ severity }) => severity !== "info").map(({ code }) => code)),
];

export const infoCodes = ({ report }: VerifyResult): readonly string[] => [
  ...new Set(report.findings.filter(({ severity }) => severity === "info").map(({ code }) => code)),
];

export const titlesOf = ({ report }: VerifyResult, code: string): readonly string[] =>
  report.findings.filter((finding) => finding.code === code).map(({ title }) => title);
