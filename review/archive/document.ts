import { readFileSync, writeFileSync } from "node:fs";
import { graphRequests } from "../pair/graph";
import { markdownTable, withPlaces } from "../render/places";
import type { ArchiveRule } from "./rules/archiveRule";
import { archiveRules } from "./rules/table";
import { watchedQuestions } from "./tenantFindings";

const words: Readonly<Record<ArchiveRule["severity"], string>> = { blocking: "blocks", warning: "look", info: "told" };

const parts: Readonly<Record<string, () => string>> = {
  rules: () =>
    markdownTable(
      ["code", "about", "severity", "found where", "what to do"],
      Object.entries<ArchiveRule>(archiveRules).map(([code, { about, severity, unless, means, next }]) => [
        `\`${code}\``,
        about,
        unless === undefined ? words[severity] : `${words[severity]}; ${unless}`,
        means,
        next,
      ]),
    ),
  graph: () =>
    markdownTable(
      ["request", "says", "permission"],
      watchedQuestions.map((question) => {
        const { request, says, permission } = graphRequests[question];
        return [`\`${request}\``, says, permission];
      }),
    ),
};

/** The page with its tables as the code has them. Throws where a place for one is missing. */
export const withTables = (page: string): string => withPlaces(page, parts, "docs/watch.md");

if (require.main === module) {
  const file = process.argv[2] ?? "docs/watch.md";
  writeFileSync(file, withTables(readFileSync(file, "utf8")));
}
