import { headlineOf } from "../render/headline";
import type { Cell, Page } from "../render/page";
import { type Finding, identified, type Made, type Report, verdictOf, worstFirst } from "../verdict";
import { madeBy } from "../version";
import { missingNumbers } from "./chainFindings";
import { type Chain, type Listing, named, sortListing } from "./listing";
import { found } from "./rules/table";
import { agoText, namesText, sizeText, whoseText } from "./text";

export interface ListedChain {
  readonly chain: string;
  readonly computers: readonly string[];
  readonly collections: number;
  readonly bytes: number;
  readonly oldest: string;
  readonly newest: string;
  readonly newestName: string;
}

export interface ListSummary {
  readonly source: string;
  readonly chains: readonly ListedChain[];
  readonly made: Made;
}

/** What has been added, by names alone: whether it is true, `verifyArchive` says. */
export function listArchive(
  listing: Listing,
  servers: readonly string[],
  now: Date,
): { readonly report: Report<ListSummary>; readonly page: Page } {
  const { chains: all, strays } = sortListing(listing);
  const chains = named(all, servers, listing.source);
  const findings: Finding[] = [];
  if (all.length === 0) findings.push(found("archive-empty", "archive", `${listing.source} holds no collection.`));
  if (strays.length > 0)
    findings.push(
      found("name-of-nothing", "archive", `${strays.length} names are none of a collection: ${namesText(strays)}.`),
    );
  for (const chain of chains) {
    const missing = missingNumbers(chain).length;
    const who = whoseText(chain);
    if (missing > 0) findings.push(found("sequence-gap", who, `${who}: numbers are missing in ${missing} places.`));
  }
  const told = identified(worstFirst(findings));
  const report: Report<ListSummary> = {
    verdict: verdictOf(told),
    findings: told,
    summary: {
      source: listing.source,
      chains: chains.map(listed),
      made: { at: now.toISOString(), by: madeBy(), inputs: [] },
    },
  };
  return { report, page: page(report, chains, now) };
}

function listed(chain: Chain): ListedChain {
  return {
    chain: chain.id,
    computers: chain.computers,
    collections: chain.members.length,
    bytes: chain.members.reduce((sum, { first }) => sum + first.size, 0),
    oldest: chain.oldest.collectedAt.toISOString(),
    newest: chain.newest.collectedAt.toISOString(),
    newestName: chain.newest.name,
  };
}

function page({ verdict, findings, summary }: Report<ListSummary>, chains: readonly Chain[], now: Date): Page {
  const count = chains.reduce((sum, { members }) => sum + members.length, 0);
  return {
    title: "What lies in the archive",
    subtitle: summary.source,
    verdict,
    headline: headlineOf(
      findings,
      `${count} collections of ${chains.length === 1 ? "one machine" : `${chains.length} machines`}. Listed, not proven: archive verify reads them.`,
    ),
    sections: [
      ...(findings.length === 0
        ? []
        : [{ id: "findings", title: "Findings", blocks: [{ kind: "findings" as const, findings }] }]),
      {
        id: "chains",
        title: "By machine",
        blocks: [
          {
            kind: "table",
            columns: [
              { title: "Computer" },
              { title: "Chain" },
              { title: "Collections", align: "right" },
              { title: "Size", align: "right" },
              { title: "Oldest" },
              { title: "Newest" },
              { title: "Age" },
            ],
            rows: chains.map((chain, index): readonly (string | Cell)[] => [
              namesText(chain.computers),
              { text: chain.id, code: true },
              String(chain.members.length),
              sizeText(summary.chains[index]?.bytes ?? 0),
              chain.oldest.collectedAt.toISOString(),
              chain.newest.collectedAt.toISOString(),
              agoText(chain.newest.collectedAt, now),
            ]),
          },
        ],
      },
    ],
    made: summary.made,
  };
}
