import { headlineOf } from "../render/headline";
import type { Page, Section } from "../render/page";
import { todoSection } from "../render/todo";
import { sizeText } from "./text";
import type { VerifiedChain, VerifyReport } from "./verify";

const good = "Every collection that was looked at is whole, itself and in its place.";

/** What no reading of an archive can answer. */
const cannotShow: readonly string[] = [
  "Which identity added a collection: a server may add under any name. The account's log (StorageBlobLogs) names callers.",
  "Whether the server told the truth: whoever is administrator there can have the task collect what he wants. What it added before that stays as it was.",
  "Whether its newest collections were taken away together with all their versions, unless --expect or a watch with --state remembers them.",
];

/** The page of `archive verify`. */
export function verifyPage({ verdict, findings, summary }: VerifyReport): Page {
  const todo = todoSection(findings);
  const sections: Section[] = [
    { id: "findings", title: "Findings", blocks: [{ kind: "findings", findings }] },
    ...(todo === undefined ? [] : [todo]),
    ...summary.chains.map(chainSection),
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

/** By machine, in rows that can be copied: the hash is for --expect of a later call. */
function chainSection(row: VerifiedChain): Section {
  return {
    id: `chain-${row.chain}`,
    title: row.computer,
    blocks: [
      {
        kind: "facts",
        rows: [
          { label: "Chain", value: row.chain },
          { label: "Declared", value: row.role ?? "not said (--active, --staging)" },
          {
            label: "Collections",
            value: `${row.collections} (${sizeText(row.bytes)}), ${row.read === row.collections ? "all" : row.read} read`,
          },
          { label: "Oldest", value: row.oldest },
          { label: "Newest", value: row.newest },
          { label: "Protected until", value: row.protectedUntil ?? "not said" },
          { label: "Hash of the newest", value: row.newestSha256 ?? "not read" },
        ],
      },
    ],
  };
}
