import type { JsonObject, SettingsFileEvidence } from "../../evidence";
import { BadInput } from "../../verdict";
import type { Connector, Partition, RawValue, ServerConfiguration, SynchronizationRule } from "../model";
import { Members } from "./members";
import { readSettingsRule } from "./readSettingsRule";

/** A settings file as the part of a configuration that it is, and what of it has no known meaning. */
export interface SettingsFile {
  readonly configuration: ServerConfiguration;
  readonly rest: readonly RawValue[];
}

/**
 * Reads a settings file of the wizard. Known keys are reconstructed from Microsoft's MigrateSettings.ps1 and public
 * parsers; no complete sample is public. Throws `BadInput` if it is not one; unknown keys are kept, never refused.
 */
export function readSettings({ source, document }: SettingsFileEvidence): SettingsFile {
  const root = new Members(document);
  const metadata = root.object("policyMetadata");
  const directories = root.objects("onpremisesDirectoryPolicy");
  const azure = root.object("azureDirectoryPolicy") ?? onlyOne(root.objects("azureDirectoryPolicy"));
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
  const exportedAt = policy.text("timeCreated");
  const deployment = root.object("deploymentMetadata");
  const machine = deployment && new Members(deployment);
  const serverName = machine?.text("hostName");
  const rest: RawValue[] = [
    ...policy.rest("policyMetadata"),
    ...(machine === undefined ? [] : machine.rest("deploymentMetadata")),
  ];
  const rules: SynchronizationRule[] = [];
  const connectors = directories.map((directory, index): Connector => {
    const members = new Members(directory);
    const forest = members.text("fullyQualifiedDomainName");
    const connector = { id: `directory ${index + 1}`, name: members.text("friendlyName") ?? forest ?? "" };
    const path = `onpremisesDirectoryPolicy[${connector.name}]`;
    members.text("uniqueIdentifier");
    const partitions = (members.objects("partitionFilters") ?? []).map((filter) => readPartition(filter, path, rest));
    rules.push(...readRules(members, connector));
    rest.push(...withoutEmpty(members.rest(path)));
    return {
      ...emptyConnector,
      ...connector,
      category: "AD",
      kind: "active-directory",
      partitions,
      connectivity: forestOf(forest),
    };
  });
  const members = new Members(azure);
  const entra = { id: "Entra ID", name: "Entra ID" };
  rules.push(...readRules(members, entra));
  connectors.push({ ...emptyConnector, ...entra, kind: "entra" });
  rest.push(...withoutEmpty(members.rest("azureDirectoryPolicy")), ...withoutEmpty(root.rest()));
  return {
    rest,
    configuration: {
      source,
      serverName,
      exportedAt,
      version,
      parameters: [],
      metaverse: noSchema,
      connectors,
      rules,
      rest: [],
      partial: true,
      otherFiles: [],
    },
  };
}

function onlyOne(objects: readonly JsonObject[] | undefined): JsonObject | undefined {
  return objects?.length === 1 ? objects[0] : undefined;
}

const noSchema = { entries: [], rest: [] };

const emptyConnector: Omit<Connector, "id" | "name" | "kind"> = {
  category: "",
  description: "",
  subtype: "",
  partitions: [],
  selectedAttributes: [],
  anchors: [],
  runProfiles: [],
  connectivity: [],
  parameters: [],
  schema: noSchema,
  rest: [],
  file: "",
};

function forestOf(forest: string | undefined): readonly RawValue[] {
  return forest === undefined ? [] : [{ path: "forest-name", value: forest }];
}

function withoutEmpty(values: readonly RawValue[]): readonly RawValue[] {
  return values.filter(({ path, value }) => !(value === "{}" && !path.includes("/")));
}

function readPartition(filter: JsonObject, path: string, rest: RawValue[]): Partition {
  const members = new Members(filter);
  const name = members.text("distinguishedName") ?? "";
  const partition: Partition = {
    id: "",
    name,
    displayName: "",
    selected: true,
    objectTypes: [],
    inclusions: members.texts("containerInclusions") ?? [],
    exclusions: members.texts("containerExclusions") ?? [],
    parameters: [],
    rest: [],
  };
  rest.push(...members.rest(`${path}/partitionFilters[${name}]`).filter(({ value }) => value !== "{}"));
  return partition;
}

function readRules(members: Members, connector: { readonly id: string; readonly name: string }) {
  const read = (list: string, standard: boolean) =>
    (members.objects(list) ?? []).map((rule) => readSettingsRule(rule, standard, connector));
  return [...read("standardSynchronizationRules", true), ...read("customSynchronizationRules", false)];
}
