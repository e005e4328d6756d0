import type { JsonObject, SettingsFileEvidence } from "../../evidence";
import { BadInput } from "../../verdict";
import type { RawValue, ServerConfiguration, SynchronizationRule } from "../model";
import { Members } from "./members";
import type { Settings, SettingsConnector, SettingsPartition, SettingsRule } from "./model";

/** Reads a settings file of the wizard. Throws `BadInput` if it is not one; unknown keys are kept, never refused. */
export function readSettings({ source, document }: SettingsFileEvidence): Settings {
  const root = new Members(document);
  const metadata = root.object("policyMetadata");
  const directories = root.objects("onpremisesDirectoryPolicy");
  const azure = root.object("azureDirectoryPolicy");
  if (metadata === undefined || directories === undefined || azure === undefined)
    throw new BadInput(
      `${source}: is JSON but not a settings file of the wizard: it has no ${[
        metadata === undefined ? "policyMetadata object" : "",
        directories === undefined ? "onpremisesDirectoryPolicy list" : "",
        azure === undefined ? "azureDirectoryPolicy object" : "",
      ]
        .filter((part) => part !== "")
        .join(", no ")}. Give an Applied- or Exported-SynchronizationPolicy file, or MigratedPolicy.json.`,
    );
  const policy = new Members(metadata);
  const version = policy.text("azureADConnectVersion");
  const deployment = root.object("deploymentMetadata");
  const machine = deployment && new Members(deployment);
  const hostName = machine?.text("hostName");
  const rest: RawValue[] = [
    ...policy.rest("policyMetadata"),
    ...(machine === undefined ? [] : machine.rest("deploymentMetadata")),
  ];
  const connectors = directories.map((directory): SettingsConnector => {
    const members = new Members(directory);
    const domain = members.text("fullyQualifiedDomainName");
    const name = members.text("friendlyName") ?? domain ?? "";
    const path = `onpremisesDirectoryPolicy[${name}]`;
    members.text("uniqueIdentifier");
    const partitions = (members.objects("partitionFilters") ?? []).map((filter) => readPartition(filter, path, rest));
    const rules = readRules(members);
    if (domain !== undefined) rest.push({ path: `${path}/fullyQualifiedDomainName`, value: domain });
    rest.push(...withoutEmpty(members.rest(path)));
    return { name, kind: "active-directory", partitions, rules };
  });
  const members = new Members(azure);
  connectors.push({ name: "Entra ID", kind: "entra", partitions: [], rules: readRules(members) });
  rest.push(...withoutEmpty(members.rest("azureDirectoryPolicy")), ...withoutEmpty(root.rest()));
  return { source, kind: "settings-file", hostName, version, connectors, rest };
}

function withoutEmpty(values: readonly RawValue[]): readonly RawValue[] {
  return values.filter(({ path, value }) => !(value === "{}" && !path.includes("/")));
}

function readPartition(filter: JsonObject, path: string, rest: RawValue[]): SettingsPartition {
  const members = new Members(filter);
  const name = members.text("distinguishedName") ?? "";
  const partition = {
    name,
    inclusions: members.texts("containerInclusions") ?? [],
    exclusions: members.texts("containerExclusions") ?? [],
  };
  rest.push(...members.rest(`${path}/partitionFilters[${name}]`).filter(({ value }) => value !== "{}"));
  return partition;
}

function readRules(members: Members): readonly SettingsRule[] {
  return [
    ...(members.objects("standardSynchronizationRules") ?? []).map((rule) => readRule(rule, true)),
    ...(members.objects("customSynchronizationRules") ?? []).map((rule) => readRule(rule, false)),
  ];
}

function readRule(rule: JsonObject, standard: boolean): SettingsRule {
  const members = new Members(rule);
  const name = members.text("name") ?? "";
  const tag = members.text("immutableTag") ?? "";
  const precedence = members.number("precedence");
  members.text("uniqueIdentifier");
  members.text("internalIdentifier");
  const parts = new Map<string, string>();
  const put = (label: string, value: string | undefined): void => {
    if (value !== undefined) parts.set(label, value);
  };
  put("description", members.text("description"));
  put("direction", members.text("direction"));
  put("source object type", members.text("source"));
  put("target object type", members.text("target"));
  put("link type", members.text("linkType"));
  // Whether the file nests filters in groups is not documented, so conditions are compared as one set.
  const filters = members.objects("scopeFilters");
  if (filters !== undefined) put("scope", filters.map(conditionOf).sort().join("; "));
  for (const flow of members.objects("attributeMappings") ?? []) {
    const mapping = new Members(flow);
    const target = mapping.text("destination") ?? "";
    const label = `flow of ${target}`;
    const more = mapping.rest().filter(({ value }) => value !== "{}");
    const source = [mapping.text("source") ?? "", ...more.map(({ path, value }) => `${path}=${value}`).sort()]
      .filter((part) => part !== "")
      .join(", ");
    parts.set(label, parts.has(label) ? [parts.get(label), source].sort().join(" | ") : source);
  }
  return { name, standard, tag, precedence, parts, rest: members.rest().filter(({ value }) => value !== "{}") };
}

function conditionOf(filter: JsonObject): string {
  const members = new Members(filter);
  const text = [members.text("attribute"), members.text("condition"), members.text("value")]
    .filter((part) => part !== undefined)
    .join(" ");
  const more = members.rest().filter(({ value }) => value !== "{}");
  return [text, ...more.map(({ path, value }) => `${path}=${value}`).sort()].filter((part) => part !== "").join(" ");
}

/** The part of an exported configuration that a settings file holds too. */
export function settingsOf(configuration: ServerConfiguration): Settings {
  const rulesOf = (id: string): readonly SettingsRule[] =>
    configuration.rules.filter((rule) => rule.connectorId === id).map(settingsRule);
  return {
    source: configuration.source,
    kind: "folder",
    hostName: configuration.serverName,
    version: configuration.version,
    stagingMode: configuration.stagingMode,
    connectors: configuration.connectors
      .filter((connector) => connector.kind !== "other")
      .map((connector) => ({
        name: connector.kind === "entra" ? "Entra ID" : connector.name,
        kind: connector.kind === "entra" ? "entra" : "active-directory",
        partitions: connector.kind === "entra" ? [] : connector.partitions.filter((partition) => partition.selected),
        rules: rulesOf(connector.id),
      })),
    rest: [],
  };
}

function settingsRule(rule: SynchronizationRule): SettingsRule {
  const parts = new Map<string, string>();
  if (!rule.standard) {
    parts.set("description", rule.description);
    parts.set("direction", rule.direction);
    parts.set("source object type", rule.sourceObjectType);
    parts.set("target object type", rule.targetObjectType);
    parts.set("link type", rule.linkType);
    parts.set(
      "scope",
      rule.scope
        .flat()
        .map(({ attribute, operator, value }) => `${attribute} ${operator} ${value}`.trim())
        .sort()
        .join("; "),
    );
    for (const { target, flow } of rule.mappings) {
      const label = `flow of ${target}`;
      const source = flow.kind === "direct" ? flow.source : flow.kind === "constant" ? flow.value : flow.expression;
      parts.set(label, parts.has(label) ? [parts.get(label), source].sort().join(" | ") : source);
    }
  }
  return {
    name: rule.name,
    standard: rule.standard,
    tag: rule.immutableTag,
    precedence: rule.precedence,
    parts,
    rest: [],
  };
}
