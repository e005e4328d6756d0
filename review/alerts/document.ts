import { readFileSync, writeFileSync } from "node:fs";
import { markdownTable, withPlaces } from "../render/places";
import type { Alert } from "./alert";
import { collectedCounters, collectedEvents } from "./collected";
import { alertTable } from "./table";
import { durationText, needText, roleText, severityText } from "./words";

/** What docs/monitoring.md takes from the tables of the code, by the name of its place. */

const whenText = ({ signal }: Alert): string =>
  signal.kind === "activity" ? "at once" : `${durationText(signal.window)}, every ${durationText(signal.every)}`;

const parts: Readonly<Record<string, () => string>> = {
  alerts: () =>
    markdownTable(
      ["alert", "a server that …", "severity", "for", "looks back", "why, and what to do first", "needs", "source"],
      alertTable.map((alert) => [
        `\`${alert.name}\``,
        alert.title,
        severityText(alert, alert.severity),
        alert.signal.kind === "metric" ? "the vault" : alert.for.map((role) => roleText[role]).join(", "),
        whenText(alert),
        `${alert.why} **First:** ${alert.first}`.replaceAll("<", "&lt;"),
        alert.needs.map((need) => needText[need]).join(", "),
        alert.source,
      ]),
    ),
  collected: () =>
    markdownTable(
      ["XPath", "what it is", "source"],
      [
        ...collectedEvents.map(({ xPath, what, source }) => [`\`${xPath}\``, what, source]),
        ...collectedCounters.specifiers.map((specifier) => [
          `\`${specifier}\``,
          `counter, every ${collectedCounters.everySeconds / 60} minutes`,
          "facts/monitoring.md 2 [K]",
        ]),
      ],
    ),
};

/** The page with its tables as the code has them. Throws where a place for one is missing. */
export const withTables = (page: string): string => withPlaces(page, parts, "docs/monitoring.md");

if (require.main === module) {
  const file = process.argv[2] ?? "docs/monitoring.md";
  writeFileSync(file, withTables(readFileSync(file, "utf8")));
}
