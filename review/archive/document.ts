import { readFileSync, writeFileSync } from "node:fs";
import { graphRequests } from "../pair/graph";
import type { ArchiveRule } from "./rules/archiveRule";
import { archiveRules } from "./rules/table";

const words: Readonly<Record<ArchiveRule["severity"], string>> = { blocking: "blocks", warning: "look", info: "told" };

/** A bar in a cell would end it. */
const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

function rulesTable(): string {
  const rows = Object.entries<ArchiveRule>(archiveRules).map(([code, { about, severity, unless, means, next }]) =>
    line([`\`${code}\``, about, unless === undefined ? words[severity] : `${words[severity]}; ${unless}`, means, next]),
  );
  return [line(["code", "about", "severity", "found where", "what to do"]), line(Array(5).fill("---")), ...rows].join(
    "\n",
  );
}

const asked = ["organization", "onPremisesSynchronization", "directoryAudits", "servicePrincipals"] as const;

function requestsTable(): string {
  const rows = asked.map((question) => {
    const { request, says, permission } = graphRequests[question];
    return line([`\`${request}\``, says, permission]);
  });
  return [line(["request", "says", "permission"]), line(Array(3).fill("---")), ...rows].join("\n");
}

const parts: Readonly<Record<string, () => string>> = { rules: rulesTable, graph: requestsTable };

/** docs/watch.md with its tables as the code has them. Throws where a place for one is missing. */
export function withTables(page: string): string {
  return Object.entries(parts).reduce((text, [name, make]) => {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/watch.md has no place ${begin} … ${end}`);
    return `${text.slice(0, from + begin.length)}\n${make()}\n${text.slice(to)}`;
  }, page);
}

if (require.main === module) {
  const file = process.argv[2] ?? "docs/watch.md";
  writeFileSync(file, withTables(readFileSync(file, "utf8")));
}
