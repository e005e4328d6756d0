import type { ComparisonSummary } from "../configuration";
import type { ExportsReport } from "../exports";
import type { StatisticsReport } from "../statistics";
import type { Finding, Report } from "../verdict";
import type { PairSide } from "./side";

/** The export files of one connector, as they were given. */
export interface ExportsGiven {
  readonly connector: string;
  readonly active: readonly string[];
  readonly staging: readonly string[];
}

export interface JudgedParts {
  readonly active: PairSide;
  readonly staging: PairSide;
  readonly configuration: Report<ComparisonSummary> | null;
  readonly statistics: StatisticsReport | null;
  readonly exports: readonly { readonly given: ExportsGiven; readonly report: ExportsReport }[];
}

const base = { severity: "warning", class: "missing", active: null, staging: null, tool: "evidence" } as const;
const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** What was not given, named: that nothing speaks against a promotion is no proof where nothing was looked at. */
export function missingFindings({
  active,
  staging,
  configuration,
  statistics,
  exports,
}: JudgedParts): readonly Finding[] {
  const found: Finding[] = [];
  const without = (part: "configuration" | "statistics"): string =>
    [active, staging]
      .filter((side) => side[part] === undefined)
      .map(({ identity }) => identity.source)
      .join(" and ");
  if (configuration === null)
    found.push({
      ...base,
      code: "configuration-missing",
      subject: "configuration",
      title: `The configurations were not compared: ${without("configuration")} holds none.`,
      cause: "The collector could not export it; the manifest of the archive says why.",
      next: "Mend what is named there and run the collector again.",
    });
  if (statistics === null)
    found.push({
      ...base,
      code: "statistics-missing",
      subject: "statistics",
      title: `Runs, schedulers and counts were not compared: ${without("statistics")} holds no statistics.`,
      cause:
        "Only an archive of the collector holds them. Whether the passive server synchronizes at all is not known.",
      next: "Run scripts/collect.ps1 -CountObjects on both servers and give both archives.",
    });
  else found.push(...runFindings(statistics));
  found.push(...connectorFindings(active, staging, exports));
  for (const { given, report } of exports) found.push(...exportFindings(given, report));
  return found;
}

/** A connector of which the staging server's archive knows no run: whether it is up to date is not known. */
function runFindings({ summary, findings }: StatisticsReport): readonly Finding[] {
  return summary.connectors
    .filter(({ name, on, runs }) => {
      const told = findings.some(({ code, subject }) => code === "connector-never-ran" && subject === name);
      return on !== "active" && !told && runs.every(({ staging }) => staging === null);
    })
    .map(({ name }) => ({
      ...base,
      code: "runs-missing",
      subject: name,
      title: `${name}: when the staging server last imported and synchronized this connector is not known.`,
      cause: "Its archive holds no run of it.",
      next: "Look at the run history in Synchronization Service Manager, then run the collector again.",
    }));
}

function connectorFindings(active: PairSide, staging: PairSide, exports: JudgedParts["exports"]): readonly Finding[] {
  const names = [...(staging.connectors ?? []), ...(active.connectors ?? [])];
  if (names.length === 0)
    return [
      {
        ...base,
        code: "connectors-unknown",
        subject: "connectors",
        title: "The evidence does not name the connectors, so it is not known whether exports of every one were given.",
        cause: "A settings file of the wizard does not list them by the names that csexport takes.",
        next: "Give archives of the collector, or folders of Get-ADSyncServerConfiguration.",
      },
    ];
  const unique = names.filter((name, index) => names.findIndex((other) => same(other, name)) === index);
  const missing = unique
    .filter((name) => !exports.some(({ given }) => same(given.connector, name)))
    .map(
      (name): Finding => ({
        ...base,
        code: "exports-missing",
        subject: name,
        title: `${name}: what this connector would export was not looked at.`,
        cause: "No --exports was given for it. Every connector exports after a promotion, the on-premises ones too.",
        next: `On both servers: csexport "${name}" <file.xml> /f:x, then give both files with --exports.`,
      }),
    );
  const strange = exports
    .filter(({ given }) => !unique.some((name) => same(name, given.connector)))
    .map(
      ({ given }): Finding => ({
        ...base,
        code: "exports-of-unknown-connector",
        subject: given.connector,
        title: `${given.connector}: neither server has a connector of this name.`,
        cause: `The connectors are ${unique.join(", ")}.`,
        next: "Check the name given with --exports, and that the evidence is of these servers.",
      }),
    );
  return [...missing, ...strange];
}

function exportFindings(given: ExportsGiven, { summary }: ExportsReport): readonly Finding[] {
  const found: Finding[] = [];
  if (summary.connector !== null && !same(summary.connector, given.connector))
    found.push({
      ...base,
      severity: "blocking",
      code: "exports-of-another-connector",
      subject: given.connector,
      title: `${given.connector}: the files given for it are exports of ${summary.connector}.`,
      cause: "The files were mixed up: what this connector would export was not looked at.",
      next: `Give the files of ${given.connector}.`,
    });
  if (given.active.length === 0)
    found.push({
      ...base,
      code: "exports-one-sided",
      subject: given.connector,
      title: `${given.connector}: there is no export of the active server, so what it would do as well cannot be told apart.`,
      cause: "Only files of the staging server were given.",
      next: `On the active server: csexport "${given.connector}" <file.xml> /f:x, then give it as active=.`,
    });
  const empty = summary.files.filter((file) => file.objects === 0);
  if (empty.length > 0 && summary.connector === null)
    found.push({
      ...base,
      code: "exports-say-nothing",
      subject: given.connector,
      title: `${given.connector}: its export files hold no object, so they do not say which connector and filter they were made with.`,
      cause: "Nothing is pending, or csexport was run with another name or before the first synchronization.",
      next: "Check in Synchronization Service Manager that nothing is pending for export on this connector.",
      tool: "service-manager",
    });
  return found;
}
