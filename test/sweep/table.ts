import type { Outcome } from "./disturb";
import type { Point } from "./points";
import { faultText } from "./points";

/** One line of the results file. */
export interface Line {
  readonly point: Point;
  readonly outcome: Outcome;
  readonly why: readonly string[];
  readonly words: readonly string[];
  readonly cpuSeconds: number;
}

/** Stands in the place of the effect, of which a pair has two. */
const pair = "two faults";

interface Row {
  points: number;
  survived: number;
  hands: number;
  broken: number;
  notMet: number;
  silent: number;
}

const columns = [
  "scenario",
  "effect",
  "points",
  "survived",
  "needed hands",
  "broken",
  "never struck",
  "cause or next step missing",
];

/** Points by scenario and effect, with a sum for each scenario and for all. */
export function table(lines: readonly Line[]): string {
  const rows = new Map<string, Row>();
  const scenarios = [...new Set(lines.map(({ point }) => point.scenario))];
  for (const line of lines)
    for (const key of [
      `${line.point.scenario}|${line.point.second ? pair : line.point.effect}`,
      `${line.point.scenario}|all`,
      "all|all",
    ])
      add(rows, key, line);
  const text = (key: string): string => {
    const [scenario = "", effect = ""] = key.split("|");
    const { points, survived, hands, broken, notMet, silent } = rows.get(key) as Row;
    const strong = effect === "all" ? (word: string | number) => `**${word}**` : String;
    return `| ${[scenario, effect, points, survived, hands, broken, notMet, silent].map(strong).join(" | ")} |`;
  };
  const keys = scenarios.flatMap((scenario) => [
    ...[...rows.keys()].filter((key) => key.startsWith(`${scenario}|`) && !key.endsWith("|all")),
    `${scenario}|all`,
  ]);
  return [
    `| ${columns.join(" | ")} |`,
    `| ${columns.map(() => "---").join(" | ")} |`,
    ...keys.map(text),
    ...(lines.length > 0 ? [text("all|all")] : []),
  ].join("\n");
}

function add(rows: Map<string, Row>, key: string, { outcome, words }: Line): void {
  const row = rows.get(key) ?? { points: 0, survived: 0, hands: 0, broken: 0, notMet: 0, silent: 0 };
  rows.set(key, row);
  row.points += 1;
  if (outcome === "survived") row.survived += 1;
  if (outcome === "needed hands") row.hands += 1;
  if (outcome === "broken") row.broken += 1;
  if (outcome === "not met") row.notMet += 1;
  if (words.length > 0) row.silent += 1;
}

/** Whether this point is one that the sweep is to end without. */
export const isWanting = ({ point, outcome, words }: Pick<Line, "point" | "outcome" | "words">): boolean =>
  // Of a pair that is drawn by chance the second place may not be met in a run that has less left to do.
  (outcome !== "survived" && !(outcome === "not met" && point.second)) || words.length > 0;

/** The command that repeats one point, for a shell. */
export function repeats(point: Point): string {
  const second = point.second ? ` --second '${faultText(point.second)}'` : "";
  return `npm run sweep -- --scenario ${point.scenario} --point '${faultText(point)}'${second}`;
}

/** Everything that did not survive, the same reasons together, each with its command. */
export function wanting(lines: readonly Line[]): string {
  return lines
    .filter(isWanting)
    .map((line) =>
      [
        `${line.outcome}${line.words.length > 0 ? `, ${line.words.join(", ")}` : ""}`,
        ...line.why.slice(0, 6).map((why) => `    ${why.slice(0, 400)}`),
        ...(line.why.length > 6 ? [`    and ${line.why.length - 6} more`] : []),
        `    ${repeats(line.point)}`,
      ].join("\n"),
    )
    .join("\n");
}

const [begin, end] = ["<!-- sweep: begin -->", "<!-- sweep: end -->"];

/** A page with this text between its two marks. */
export function written(page: string, text: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`there are no marks ${begin} and ${end} in the page`);
  return `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`;
}
