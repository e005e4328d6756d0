import { headlineOf } from "../render/headline";
import type { Cell, Page, Section } from "../render/page";
import { todoSection } from "../render/todo";
import { sizeText } from "./text";
import type { VerifiedChain, VerifyReport } from "./verify";

const good = "Every collection that was looked at is whole, itself and in its place.";

/** What no reading of an archive can answer. */
const cannotShow: readonly string[] = [
  "Whether the server told the truth: whoever is administrator there can have the task collect what he wants. What it added before that stays as it was.",
  "Whether its newest collections were taken away together with all their versions, unless --expect or a watch with --state remembers them.",
];

/** The page of `archive verify`. */
export function verifyPage({ verdict, findings, summary }: VerifyReport): Page {
  const todo = todoSection(findings);
  const sections: Section[] = [
    { id: "findings", title: "Findings", blocks: [{ kind: "findings", findings }] },
    ...(todo === undefined ? [] : [todo]),
    { id: "chains", title: "What was looked at", blocks: [chainsTable(summary.chains)] },
    {
      id: "cannot-show",
      title: "What this cannot show",
      blocks: [{ kind: "list", items: [...summary.cannotSay, ...cannotShow] }],
    },
  ];
  return {
    title: "The archive of collections",
    subtitle: summary.source,
    verdict,
    headline: headlineOf(findings, good),
    sections,
    made: summary.made,
  };
}

export function chainsTable(chains: readonly VerifiedChain[]): Section["blocks"][number] {
  return {
    kind: "table",
    caption: "One row for each machine; the hash is of the newest manifest, for --expect of a later call",
    columns: [
      { title: "Computer" },
      { title: "Chain" },
      { title: "Declared" },
      { title: "Collections", align: "right" },
      { title: "Read", align: "right" },
      { title: "Size", align: "right" },
      { title: "Oldest" },
      { title: "Newest" },
      { title: "Protected until" },
      { title: "Hash of the newest" },
    ],
    rows: chains.map((row): readonly (string | Cell)[] => [
      row.computer,
      { text: row.chain, code: true },
      row.role ?? "not said",
      String(row.collections),
      row.read === row.collections ? "all" : String(row.read),
      sizeText(row.bytes),
      row.oldest,
      row.newest,
      row.protectedUntil ?? "not said",
      row.newestSha256 === null ? "not read" : { text: row.newestSha256, code: true },
    ]),
  };
}
