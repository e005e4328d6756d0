import { readFileSync, writeFileSync } from "node:fs";
import { graphRequests } from "../pair/graph";
import { markdownTable as table, withPlaces } from "../render/places";
import { checkTable } from "./checks/table";
import { fenceWays } from "./fences";
import { safetyRules } from "./rules";
import { stateTable } from "./states";

/** What docs/switch.md takes from tables of the code, by the name of its place. */
const parts: Readonly<Record<string, () => string>> = {
  states: () =>
    table(
      ["state", "means", "rests on", "the one next step", "what would change it", "allows"],
      Object.entries(stateTable).map(([state, row]) => [
        `**${state}**`,
        row.means,
        row.evidence,
        row.next,
        row.changes,
        row.permits ?? "nothing",
      ]),
    ),
  rules: () =>
    table(
      ["code", "stops", "where", "override", "source"],
      safetyRules.map(({ code, stops, means, override, source }) => [
        `\`${code}\``,
        stops === "state" ? "everything" : "a promotion",
        means,
        override ? "by name and reason" : "never",
        source,
      ]),
    ),
  checks: () =>
    table(
      ["question", "blocks", "from", "codes", "source"],
      checkTable.map(({ asks, blocks, from, codes, source }) => [
        asks,
        blocks,
        from,
        codes.map((code) => (code.startsWith("(") ? code : `\`${code}\``)).join(", "),
        source,
      ]),
    ),
  graph: () =>
    table(
      ["request", "says", "permission", "source"],
      Object.values(graphRequests).map(({ request, says, permission, source }) => [
        `\`${request}\``,
        says,
        permission,
        source,
      ]),
    ),
  fences: () =>
    table(
      ["fence", "how", "proof", "limits", "undoing it", "source"],
      Object.values(fenceWays).map((way) =>
        [way.title, way.how, way.proof, way.limits, way.undo, way.source].map(escaped),
      ),
    ),
};

/** Places to fill in are not tags. */
const escaped = (text: string): string => text.replaceAll("<", "&lt;");

/** The page with its tables as the code has them. Throws where a place for one is missing. */
export const withTables = (page: string): string => withPlaces(page, parts, "docs/switch.md");

if (require.main === module) {
  const file = process.argv[2] ?? "docs/switch.md";
  writeFileSync(file, withTables(readFileSync(file, "utf8")));
}
