import { madeNow } from "../evidence";
import { headlineOf } from "../render/headline";
import type { Page } from "../render/page";
import { type Finding, identified, type Made, type Report, verdictOf, worstFirst } from "../verdict";
import { listingFindings, missingNumbers } from "./chainFindings";
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
  const sorted = sortListing(listing);
  const chains = named(sorted.chains, servers, listing.source);
  const findings: Finding[] = [...listingFindings(listing.source, sorted)];
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
      made: madeNow(now, []),
    },
  };
  return { report, page: page(report, now) };
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

function page({ verdict, findings, summary }: Report<ListSummary>, now: Date): Page {
  const { chains } = summary;
  const count = chains.reduce((sum, { collections }) => sum + collections, 0);
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
      ...summary.chains.map((row) => ({
        id: `chain-${row.chain}`,
        title: namesText(row.computers),
        blocks: [
          {
            kind: "facts" as const,
            rows: [
              { label: "Chain", value: row.chain },
              { label: "Collections", value: `${row.collections} (${sizeText(row.bytes)})` },
              { label: "Oldest", value: row.oldest },
              { label: "Newest", value: `${row.newest}, ${agoText(new Date(row.newest), now)}` },
            ],
          },
        ],
      })),
    ],
    made: summary.made,
  };
}
