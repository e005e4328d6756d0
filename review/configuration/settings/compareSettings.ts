import { type Report, verdictOf } from "../../verdict";
import { type ComparisonSummary, countByClass, type Side, sorted } from "../compare/compareConfigurations";
import { compareVersions } from "../compare/compareParameters";
import { compareContainers, onePartition } from "../compare/comparePartitions";
import { compareRaw } from "../compare/compareRaw";
import { compareRoles } from "../compare/compareRoles";
import { Comparison } from "../compare/comparison";
import type { Partition, RawValue, ServerConfiguration } from "../model";
import { compareSettingsRules } from "./compareSettingsRules";
import type { Settings, SettingsConnector, SettingsPartition } from "./model";

/** Compares two settings files, or a settings file with a folder: only what both hold, and the rest is named. */
export function compareSettings(active: Settings, staging: Settings): Report<ComparisonSummary> {
  const comparison = new Comparison(shell(active), shell(staging));
  if (active.stagingMode !== undefined && staging.stagingMode !== undefined) compareRoles(comparison);
  else compareOneRole(comparison);
  compareVersions(comparison);
  if (active.hostName !== staging.hostName) comparison.folded.add("server-name", "hostName");
  const pairs = pairConnectors(active.connectors, staging.connectors);
  for (const [left, right] of pairs) {
    if (left !== undefined && right !== undefined) {
      comparePartitionFilters(comparison, left, right);
      compareSettingsRules(comparison, left, right, active.kind === staging.kind);
    } else oneConnector(comparison, left, right);
  }
  const bothFiles = active.kind === "settings-file" && staging.kind === "settings-file";
  if (bothFiles) compareRest(comparison, active.rest, staging.rest);
  const findings = sorted(comparison.differences);
  return {
    verdict: verdictOf(findings),
    findings,
    summary: {
      active: sideOf(active),
      staging: sideOf(staging),
      differences: findings.length,
      byClass: countByClass(findings),
      rules: {
        compared: pairs.reduce(
          (sum, [left, right]) => sum + Math.max(left?.rules.length ?? 0, right?.rules.length ?? 0),
          0,
        ),
        changed: new Set(findings.filter(({ code }) => code.startsWith("rule-")).map(({ subject }) => subject)).size,
      },
      folded: comparison.folded.list(),
      notCompared: notCompared(active, staging),
    },
  };
}

function notCompared(active: Settings, staging: Settings): readonly string[] {
  const result = [
    "Staging mode, source anchor, sign-in method and optional features: where a settings file keeps them is not documented.",
  ];
  if (active.kind === staging.kind) {
    result.push(
      `${active.rest.length} values on the active and ${staging.rest.length} on the staging server have no known meaning; they were compared as raw values by path.`,
    );
    return result;
  }
  const file = active.kind === "settings-file" ? active : staging;
  result.push(
    "What only the folder holds: global parameters, object types, selected attributes, anchors, run profiles, connectivity, switches of connectors, joins, schemas, content and state (disabled) of standard rules.",
    `What only the settings file ${file.source} holds: ${file.rest.length} values without known meaning${
      file.rest.length === 0
        ? ""
        : ` (${file.rest
            .slice(0, 5)
            .map(({ path }) => path)
            .join(", ")}${file.rest.length > 5 ? ", …" : ""})`
    }.`,
  );
  return result;
}

function compareOneRole(comparison: Comparison): void {
  const { active, staging } = comparison;
  if (active.stagingMode !== true && staging.stagingMode !== false) return;
  const wrong = staging.stagingMode === false ? "staging" : "active";
  comparison.add({
    code: wrong === "staging" ? "staging-mode-off" : "roles-swapped",
    severity: "blocking",
    class: "unexplained",
    subject: "staging mode",
    title:
      wrong === "staging"
        ? "The server given as staging is not in staging mode: it exports."
        : "The server given as active is in staging mode: it does not export.",
    active: active.stagingMode ?? null,
    staging: staging.stagingMode ?? null,
    cause: "The inputs were given in the wrong order, or the server does not have the role it should have.",
    next: "Check with (Get-ADSyncScheduler).StagingModeEnabled on both servers. Exactly one may be active.",
  });
}

function pairConnectors(
  active: readonly SettingsConnector[],
  staging: readonly SettingsConnector[],
): readonly (readonly [SettingsConnector | undefined, SettingsConnector | undefined])[] {
  const key = (connector: SettingsConnector): string => `${connector.kind}\n${connector.name.toLowerCase()}`;
  const there = new Map(staging.map((connector) => [key(connector), connector]));
  const pairs = active.map((connector): readonly [SettingsConnector | undefined, SettingsConnector | undefined] => {
    const other = there.get(key(connector));
    there.delete(key(connector));
    return [connector, other];
  });
  return [...pairs, ...[...there.values()].map((connector) => [undefined, connector] as const)];
}

function oneConnector(comparison: Comparison, active?: SettingsConnector, staging?: SettingsConnector): void {
  const connector = active ?? staging;
  if (connector === undefined) return;
  const missing = staging === undefined;
  comparison.add({
    code: missing ? "connector-missing-on-staging" : "connector-only-on-staging",
    severity: missing ? "blocking" : "warning",
    class: "your-change",
    subject: `connector ${connector.name}`,
    title: missing
      ? `The staging server does not have the directory ${connector.name}: if it were promoted, the objects of this directory would be deleted from Entra ID.`
      : `Only the staging server has the directory ${connector.name}: its objects would be added to Entra ID after a promotion.`,
    active: active?.name ?? null,
    staging: staging?.name ?? null,
    cause: "The directory was added, removed or renamed on one server only.",
    next: "Make both servers hold the same directories. They are compared by name (friendlyName).",
  });
}

function comparePartitionFilters(comparison: Comparison, active: SettingsConnector, staging: SettingsConnector): void {
  const here = new Map(active.partitions.map((partition) => [partition.name.toLowerCase(), asPartition(partition)]));
  const there = new Map(staging.partitions.map((partition) => [partition.name.toLowerCase(), asPartition(partition)]));
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    const left = here.get(key);
    const right = there.get(key);
    if (left !== undefined && right !== undefined)
      compareContainers(comparison, `partition ${left.name} of connector ${active.name}`, left, right);
    else onePartition(comparison, active.name, left, right);
  }
}

function asPartition({ name, inclusions, exclusions }: SettingsPartition): Partition {
  return {
    id: "",
    name,
    displayName: "",
    selected: true,
    objectTypes: [],
    inclusions,
    exclusions,
    parameters: [],
    rest: [],
  };
}

/** Of what is not imported, differences are as it should be; of what is, they have no known meaning. */
function compareRest(comparison: Comparison, active: readonly RawValue[], staging: readonly RawValue[]): void {
  const informational = ({ path }: RawValue): boolean => /^(policyMetadata|deploymentMetadata)\//i.test(path);
  const texts = (values: readonly RawValue[]) =>
    new Map(values.filter(informational).map(({ path, value }) => [path, value]));
  const here = texts(active);
  const there = texts(staging);
  for (const path of new Set([...here.keys(), ...there.keys()])) {
    if (here.get(path) === there.get(path)) continue;
    comparison.folded.add("metadata", path);
  }
  const others = (values: readonly RawValue[]) => values.filter((value) => !informational(value));
  compareRaw(
    comparison,
    { subject: "settings without known meaning", where: "settings file" },
    others(active),
    others(staging),
  );
}

/** A configuration that holds nothing but what a comparison asks of each side. */
function shell(settings: Settings): ServerConfiguration {
  return {
    source: settings.source,
    serverName: settings.hostName,
    version: settings.version,
    stagingMode: settings.stagingMode,
    parameters: [],
    metaverse: { entries: [], rest: [] },
    connectors: [],
    rules: [],
    rest: [],
    otherFiles: [],
  };
}

function sideOf(settings: Settings): Side {
  return {
    source: settings.source,
    server: settings.hostName ?? null,
    version: settings.version ?? null,
    stagingMode: settings.stagingMode ?? null,
    connectors: settings.connectors.length,
    rules: settings.connectors.reduce((sum, connector) => sum + connector.rules.length, 0),
  };
}
