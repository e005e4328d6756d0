import { knownSettings } from "./knownSettings";
import type { KnownSetting, Place } from "./model";

const places = Object.keys(knownSettings) as readonly Place[];

/** All known settings as a Markdown table: what docs/compare.md holds between its marks. */
export function knownSettingsTable(): string {
  const words: Record<KnownSetting["equality"], string> = {
    text: "letter by letter",
    name: "whatever the case",
    list: "same members, any order and case",
    "per-server": "each server its own",
    "outside-world": "must be equal: names the outside world",
    own: "each server its own; judged by account",
    metadata: "not compared",
  };
  const rows = places.flatMap((place) =>
    knownSettings[place].map(
      ({ name, equality, class: kind, severity, means }) =>
        `| ${place} | \`${name.replaceAll("|", "\\|")}\` | ${words[equality]} | \`${kind}\` | ${severity} | ${means} |`,
    ),
  );
  return [
    "| Place | Setting | Equal | Class | Severity | A difference means |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}
