import { type ComparisonResult, compareInputs, readInput } from "../configuration";
import { documentServer } from "../documentation";
import { type CollectedEvidence, XmlReader } from "../evidence";
import type { Cell, Page } from "../render/page";
import type { Clock } from "../verdict";
import { sizeText } from "./text";

/** One server's documentation, and what changed in it. */
export interface ServerPages {
  /** The same configuration gives the same page, to the byte. */
  readonly configuration: Page;
  /** Null where there is none to compare with. */
  readonly changes: { readonly page: Page; readonly count: number } | null;
}

/**
 * Documents a server by a collection, and what is different since an earlier one of the same server.
 *
 * @throws BadInput where one of them cannot be read as a whole, or they are of two servers
 */
export async function documentPages(
  newest: CollectedEvidence,
  since: CollectedEvidence | null,
  clock: Clock,
): Promise<ServerPages> {
  const { page } = await documentServer(newest, () => {}, clock);
  if (since === null || newest.configuration.length === 0 || since.configuration.length === 0)
    return { configuration: page, changes: null };
  const reader = new XmlReader();
  const comparison = compareInputs(readInput(since, reader), readInput(newest, reader), { oneServer: true, clock });
  return {
    configuration: page,
    changes: { page: comparison.page({ onlyDifferences: true }), count: differencesOf(comparison) },
  };
}

/** What differs in the configuration, without what is only said of the evidence. */
export const differencesOf = ({ report }: ComparisonResult): number => report.summary.differences;

/** A row of the index, kept in index.json: the next call compares with it. */
export interface Documented {
  readonly computer: string;
  readonly chain: string;
  /** Folder of its pages. */
  readonly folder: string;
  readonly name: string;
  readonly manifestSha256: string;
  readonly collectedAt: string;
  readonly bytes: number;
  /** What `changes` is the difference to; null where there was none to compare with. */
  readonly since: { readonly name: string; readonly collectedAt: string } | null;
  readonly changes: number | null;
}

export function indexPage(documented: readonly Documented[], source: string, extension: string): Page {
  return {
    title: "Entra Connect servers",
    subtitle: source,
    sections: [
      {
        id: "servers",
        title: "By server",
        blocks: [
          {
            kind: "table",
            columns: [
              { title: "Server" },
              { title: "Collected" },
              { title: "Size", align: "right" },
              { title: "Configuration" },
              { title: "Changes", align: "right" },
              { title: "Since" },
              { title: "Collection" },
            ],
            rows: documented.map((row): readonly (string | Cell)[] => [
              row.computer,
              row.collectedAt,
              sizeText(row.bytes),
              { text: `${row.folder}/configuration.${extension}`, code: true },
              row.changes === null ? "none to compare" : changesText(row, extension),
              row.since?.collectedAt ?? "",
              { text: row.name, code: true },
            ]),
          },
        ],
      },
    ],
  };
}

const changesText = ({ changes, folder }: Documented, extension: string): string =>
  changes === 0 ? "0" : `${changes} (${folder}/changes.${extension})`;
