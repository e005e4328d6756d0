/** What the wizard made, against the settings file that it imported. */
import type { Listing, VerifyStagingAnswer } from "../../scripts/answers";
import { listingOf, plainName } from "../../scripts/listing";
import { compareCoverage, type Partition, says } from "../configuration";
import { importGap } from "../importGaps";
import type { DirectoryInFile, SettingsFileContent } from "../settingsFile";
import type { Found, Rule, Seen } from "./rule";

type AnswerConnector = VerifyStagingAnswer["connectors"][number];
type AnswerPartition = AnswerConnector["partitions"][number];

const sameName = (one: string, other: string) => plainName(one) === plainName(other);
const several = (names: readonly string[]) =>
  names.length <= 5 ? names.join("; ") : `${names.slice(0, 5).join("; ")} and ${names.length - 5} more`;

/** Only where the file is at hand, and is the one that was imported. */
function imported({ answer, context }: Seen<VerifyStagingAnswer>): SettingsFileContent | undefined {
  const { settingsFile, settingsFileSha256 } = context;
  return answer.importedSettingsFile?.sha256 === settingsFileSha256?.toLowerCase() ? settingsFile : undefined;
}

function connectorOf({ name, forest }: DirectoryInFile, answer: VerifyStagingAnswer): AnswerConnector | undefined {
  const directories = answer.connectors.filter(({ type }) => type === "AD");
  return (
    directories.find((each) => sameName(each.name, name)) ??
    directories.find((each) => forest !== undefined && sameName(each.name, forest))
  );
}

const byHand = "it was changed in the wizard after the import, or the import did not carry it";
const again = "compare the two servers (entra-connect compare), put it right on this one, then set gate.proveAgain";

export const importedRules: readonly Rule<VerifyStagingAnswer>[] = [
  {
    code: "settings-file-not-compared",
    severity: "info",
    find: ({ machine, context: { settingsFile, settingsFileSha256 } }) =>
      // Built without one, there is nothing to compare with: that is told elsewhere.
      settingsFile !== undefined || settingsFileSha256 === undefined
        ? undefined
        : {
            title: `connectors, filters and rules of ${machine} were not compared with the settings file: it is known by its hash only`,
            staging: settingsFileSha256.toLowerCase(),
            cause: "the file is not on the machine that runs Pulumi, or cannot be read as one",
            next: "run up where the file is, or compare the two servers (entra-connect compare)",
          },
  },
  {
    code: "connectors-not-as-imported",
    severity: "warning",
    find: (seen) => {
      const file = imported(seen);
      const { machine, answer } = seen;
      if (file === undefined || file.directories.length === 0) return undefined;
      const missing = file.directories.filter((directory) => connectorOf(directory, answer) === undefined);
      const known = file.directories.map((directory) => connectorOf(directory, answer)?.identifier);
      const more = answer.connectors.filter(({ type, identifier }) => type === "AD" && !known.includes(identifier));
      return [
        ...(missing.length === 0
          ? []
          : [
              {
                title: `${machine} has no connector for ${several(missing.map(({ name }) => name))}, which the settings file names`,
                staging: missing.map(({ name }) => name),
                cause: "the wizard's page Connect your directories was not completed for every forest",
                next: "write a block with a higher number and complete its wizard: directories cannot be added to an import",
              },
            ]),
        ...(more.length === 0
          ? []
          : [
              {
                title: `${machine} has connectors that the settings file does not name: ${several(more.map(({ name }) => name))}`,
                staging: more.map(({ name }) => name),
                cause: byHand,
                next: again,
              },
            ]),
      ];
    },
  },
  {
    code: "filter-not-as-imported",
    severity: "warning",
    find: (seen) => {
      const file = imported(seen);
      if (file === undefined) return undefined;
      return file.directories.flatMap((directory) => {
        const connector = connectorOf(directory, seen.answer);
        return connector === undefined ? [] : filterFindings(seen.machine, directory, connector);
      });
    },
  },
  {
    code: "filters-not-read",
    severity: "info",
    find: ({ machine, answer: { connectors } }) => {
      const silent = connectors.filter(({ type, partitions }) => type === "AD" && partitions.length === 0);
      if (silent.length === 0) return undefined;
      return {
        title: `the filters of ${several(silent.map(({ name }) => name))} on ${machine} could not be read, so they are not compared`,
        staging: silent.map(({ name }) => name),
        cause: "Get-ADSyncConnector shows no partitions here",
        next: "compare the two servers (entra-connect compare)",
      };
    },
  },
  {
    code: "rules-not-as-imported",
    severity: "warning",
    find: (seen) => {
      const file = imported(seen);
      return file === undefined ? undefined : ruleFindings(seen, file);
    },
  },
];

function filterFindings(machine: string, directory: DirectoryInFile, connector: AnswerConnector): Found[] {
  const subject = `${machine}: ${connector.name}`;
  const found: Found[] = [];
  // Every connector of Active Directory has one: this build does not show them so. That is told by a rule of its own.
  if (connector.partitions.length === 0) return [];
  for (const wanted of directory.partitions) {
    const partition = connector.partitions.find(({ name }) => sameName(name, wanted.name));
    if (partition === undefined || !partition.selected) {
      found.push({
        subject,
        title: `${connector.name} on ${machine} does not read ${wanted.name}, which the settings file selects`,
        staging: partition === undefined ? null : false,
        cause: "the domain is not there for the connector's account, or was unticked",
        next: again,
      });
      continue;
    }
    const difference = containerDifference(wanted, partition);
    if (difference !== undefined)
      found.push({
        subject,
        title: `the filter of ${wanted.name} on ${machine} is not that of the settings file: ${difference}`,
        staging: { inclusions: partition.inclusions.count, exclusions: partition.exclusions.count },
        cause: byHand,
        next: again,
      });
  }
  const more = connector.partitions.filter(
    ({ name, selected }) => selected && !directory.partitions.some((wanted) => sameName(wanted.name, name)),
  );
  if (more.length > 0)
    found.push({
      subject,
      title: `${connector.name} on ${machine} reads ${several(more.map(({ name }) => name))}, which the settings file does not select`,
      staging: more.map(({ name }) => name),
      cause: byHand,
      next: again,
    });
  return found;
}

/** In words; undefined where both read the same containers, however the filter is written. */
function containerDifference(
  wanted: DirectoryInFile["partitions"][number],
  found: AnswerPartition,
): string | undefined {
  const expected = { inclusions: listingOf(wanted.inclusions), exclusions: listingOf(wanted.exclusions) };
  const same = (one: Listing, other: Listing) => one.count === other.count && one.sha256 === other.sha256;
  if (same(expected.inclusions, found.inclusions) && same(expected.exclusions, found.exclusions)) return undefined;
  if ([found.inclusions, found.exclusions].every(({ count, names }) => names.length === count)) {
    const { lost, gained } = compareCoverage(
      asPartition(wanted),
      asPartition({
        name: wanted.name,
        inclusions: found.inclusions.names,
        exclusions: found.exclusions.names,
      }),
    );
    if (lost.length === 0 && gained.length === 0) return undefined;
    return [
      ...(lost.length === 0 ? [] : [`it leaves out ${several(lost.map(({ name }) => name))}`]),
      ...(gained.length === 0 ? [] : [`it reads ${several(gained.map(({ name }) => name))} besides`]),
    ].join("; ");
  }
  const first = (["inclusions", "exclusions"] as const).flatMap((list) => {
    if (same(expected[list], found[list])) return [];
    const at = found[list].names.findIndex((name, index) => !sameName(name, expected[list].names[index] ?? ""));
    const where = at < 0 ? "" : `, first at ${found[list].names[at]}`;
    return [`${found[list].count} ${list} instead of ${expected[list].count}${where}`];
  });
  return `${first.join("; ")} (too long a list to be told whole)`;
}

function asPartition(filter: DirectoryInFile["partitions"][number]): Partition {
  return { id: "", displayName: "", selected: true, objectTypes: [], parameters: [], rest: [], ...filter };
}

function ruleFindings({ machine, answer }: Seen<VerifyStagingAnswer>, file: SettingsFileContent): Found[] {
  const { custom, customCount, disabledStandard } = answer.rules;
  // What is not listed is not judged: nobody has so many, and "missing" would be a guess.
  if (custom.length < customCount) return [];
  const found: Found[] = [];
  const tell = (title: string, names: readonly string[], cause: string, next: string) => {
    if (names.length > 0) found.push({ title: `${title}: ${several(names)}`, staging: [...names], cause, next });
  };
  const named = (name: string, connector: string) =>
    custom.filter(
      (rule) => sameName(rule.name, name) && (connector === "Entra ID" || sameName(rule.connector, connector)),
    );
  const pairs = file.customRules.map((rule) => ({ rule, here: named(rule.name, rule.connector)[0] }));
  const gap = importGap("disabled-rule");
  tell(
    `custom rules of the settings file are missing on ${machine}`,
    pairs.filter(({ here }) => here === undefined).map(({ rule }) => rule.name),
    "the import did not carry them (a precedence outside 0 to 99), or somebody deleted them",
    "make them again in the Rules Editor of this server, then set gate.proveAgain",
  );
  tell(
    `${machine} has custom rules that the settings file does not hold`,
    custom
      .filter((rule) => !file.customRules.some((wanted) => sameName(wanted.name, rule.name)))
      .map(({ name }) => name),
    "they were made on this server after the import, or on the active one after the export",
    again,
  );
  tell(
    `rules that are disabled in the settings file are enabled on ${machine}`,
    pairs
      .filter(({ rule, here }) => says(rule, "disabled") && rule.disabled && here !== undefined && !here.disabled)
      .map(({ rule }) => rule.name),
    gap.what,
    gap.todo,
  );
  tell(
    `custom rules on ${machine} do not have the precedence of the settings file`,
    pairs
      .filter(({ rule, here }) => says(rule, "precedence") && here !== undefined && here.precedence !== rule.precedence)
      .map(({ rule, here }) => `${rule.name} (${here?.precedence} instead of ${rule.precedence})`),
    importGap("rule-precedence").what,
    importGap("rule-precedence").todo,
  );
  if (disabledStandard.names.length === disabledStandard.count)
    tell(
      `standard rules that are disabled in the settings file are enabled on ${machine}`,
      file.standardRules
        .filter((rule) => says(rule, "disabled") && rule.disabled)
        .filter(({ name }) => !disabledStandard.names.some((each) => sameName(each, name)))
        .map(({ name }) => name),
      importGap("modified-standard-rule").what,
      importGap("modified-standard-rule").todo,
    );
  return found;
}
