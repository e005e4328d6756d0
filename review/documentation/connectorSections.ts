import type { Connector, Partition, RunProfile } from "../configuration";
import type { Block, Section } from "../render/page";
import { byText, type Steady } from "./steady";

/** One section a connector: everything that is configured there. */
export function connectorsSection(connectors: readonly Connector[], steady: Steady): Section {
  return {
    id: "connectors",
    title: "Connectors",
    blocks: [
      {
        kind: "table",
        columns: [{ title: "Connector" }, { title: "Kind" }, { title: "Category" }, { title: "Subtype" }],
        rows: connectors.map((connector) => [
          connector.name,
          kindWords[connector.kind],
          connector.category,
          connector.subtype,
        ]),
      },
    ],
    sections: connectors.map((connector) => connectorSection(connector, steady)),
  };
}

const kindWords: Record<Connector["kind"], string> = {
  "active-directory": "Active Directory forest",
  entra: "Microsoft Entra ID",
  other: "other",
};

function connectorSection(connector: Connector, steady: Steady): Section {
  const id = `connector/${connector.name}`;
  return {
    id,
    title: connector.name,
    blocks: [{ kind: "facts", rows: factsOf(connector, steady) }],
    sections: [
      ...connector.partitions
        .toSorted((a, b) => byText([a.name], [b.name]))
        .map((partition) => partitionSection(partition, id, steady)),
      {
        id: `${id}/attributes`,
        title: `Selected attributes (${connector.selectedAttributes.length})`,
        folded: true,
        blocks: [listOrNone(connector.selectedAttributes)],
      },
      { id: `${id}/run-profiles`, title: "Run profiles", blocks: [runProfileTable(connector.runProfiles)] },
      {
        id: `${id}/connectivity`,
        title: "Connectivity and parameters",
        folded: true,
        blocks: [
          valueTable("Private configuration", steady.rows(connector.connectivity)),
          valueTable("Parameters", steady.parameters(connector.parameters)),
          valueTable("Further values", steady.rows(connector.rest)),
        ],
      },
    ],
  };
}

function factsOf(connector: Connector, steady: Steady): { label: string; value: string }[] {
  const rows: (readonly [string, string | undefined])[] = [
    ["Kind", kindWords[connector.kind]],
    ["Description", connector.description],
    ["Capability bits", connector.capabilityBits],
    [
      "Password hash synchronization",
      connector.passwordHashSync &&
        `${onOff(connector.passwordHashSync.enabled)}, to ${steady.name(connector.passwordHashSync.targetConnectorId)}`,
    ],
    ["Password writeback", connector.passwordWriteback && onOff(connector.passwordWriteback.enabled)],
    ["Password synchronization allowed", connector.passwordSyncAllowed],
    [
      "Anchors",
      connector.anchors
        .map(({ objectType, attributes }) => `${objectType}: ${attributes.join(" + ")}`)
        .sort()
        .join("\n"),
    ],
    ["Schema", schemaText(connector)],
  ];
  return rows.flatMap(([label, value]) => (value === undefined || value === "" ? [] : [{ label, value }]));
}

/** Listing a forest's schema would bury the configuration; only its size is told. */
function schemaText({ schema }: Connector): string {
  const count = (kind: string): number => schema.entries.filter((entry) => entry.kind === kind).length;
  return `${count("attribute-type")} attribute types and ${count("class")} classes of the directory (not listed here)`;
}

function partitionSection(partition: Partition, connector: string, steady: Steady): Section {
  return {
    id: `${connector}/partition/${partition.name}`,
    title: `Partition ${partition.name}${partition.selected ? "" : " (not selected)"}`,
    blocks: [
      {
        kind: "facts",
        rows: [
          { label: "Selected", value: partition.selected ? "yes" : "no" },
          { label: "Object types", value: sortedText(partition.objectTypes) },
          { label: "Containers included", value: sortedText(partition.inclusions, "\n") },
          { label: "Containers excluded", value: sortedText(partition.exclusions, "\n") },
        ],
      },
      valueTable("Parameters of the partition", steady.parameters(partition.parameters)),
    ],
  };
}

function runProfileTable(profiles: readonly RunProfile[]): Block {
  return {
    kind: "table",
    columns: [
      { title: "Run profile" },
      { title: "Step", align: "right" },
      { title: "Does" },
      { title: "Partition" },
      { title: "Settings" },
    ],
    rows: profiles
      .toSorted((a, b) => byText([a.name], [b.name]))
      .flatMap((profile) =>
        profile.steps.map((step, index) => [
          profile.name,
          String(index + 1),
          step.type,
          step.partition,
          step.settings
            .filter(({ value }) => value !== "")
            .map(({ path, value }) => `${path.split("/").slice(-2).join(" ")}: ${value}`)
            .sort()
            .join("\n"),
        ]),
      ),
  };
}

export function valueTable(caption: string, rows: readonly (readonly [string, string])[]): Block {
  return {
    kind: "table",
    caption,
    columns: [{ title: "Name" }, { title: "Value" }],
    rows: rows.map(([name, value]) => [
      name,
      { text: value === "" ? "(empty)" : value, tone: value === "" ? "muted" : "neutral" },
    ]),
  };
}

/** One a line, so that two documents differ in the lines that differ. */
function listOrNone(values: readonly string[]): Block {
  if (values.length === 0) return { kind: "paragraph", text: "none" };
  return { kind: "list", items: values.toSorted((a, b) => byText([a], [b])) };
}

function sortedText(values: readonly string[], between = ", "): string {
  const said = values.filter((value) => value !== "").toSorted((a, b) => byText([a], [b]));
  return said.length === 0 ? "none" : said.join(between);
}

const onOff = (enabled: boolean): string => (enabled ? "on" : "off");
