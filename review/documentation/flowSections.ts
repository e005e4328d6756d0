import type { DirectorySchema } from "../configuration";
import type { Block, Section } from "../render/page";
import type { AttributeFlows, Contribution, MetaverseFlow, TargetFlow } from "./flows";

/** From every target attribute back to its sources, a section for each connector and object type. */
export function flowsSection({ targets }: AttributeFlows): Section {
  const groups = new Map<string, TargetFlow[]>();
  for (const target of targets) {
    const key = `${target.connector}\u0000${target.objectType}`;
    groups.set(key, [...(groups.get(key) ?? []), target]);
  }
  return {
    id: "flows",
    title: "Attribute flows, end to end",
    blocks: [
      {
        kind: "paragraph",
        text: "Each target attribute with the rules that write it and, for each metaverse attribute that they read, the rules that feed it. Everything in precedence order: the lowest number wins among the rules whose scope an object meets. Disabled rules take no part.",
      },
    ],
    sections: [...groups.values()].map((members) => {
      const { connector = "", objectType = "" } = members[0] ?? {};
      return {
        id: `flows/${connector}/${objectType}`,
        title: `To ${connector}: ${objectType}`,
        folded: true,
        blocks: [targetTable(members)],
      };
    }),
  };
}

function targetTable(members: readonly TargetFlow[]): Block {
  return {
    kind: "table",
    columns: [{ title: "Target attribute" }, { title: "Written by" }, { title: "Fed by" }],
    rows: members.map((target) => [
      target.attribute,
      target.outbound.map((step) => `${step.precedence} ${step.rule}: ${step.takes}`).join("\n"),
      feedText(target),
    ]),
  };
}

/** Several rules often read the same metaverse attribute: what feeds it is told once. */
function feedText(target: TargetFlow): string {
  const lines = target.outbound.flatMap((step) =>
    step.fedBy.flatMap(({ attribute, inbound }) => {
      const name = `${step.sourceObjectType}.${attribute}`;
      return inbound.length === 0 ? [`${name} ← no rule`] : inbound.map((source) => `${name} ← ${sourceText(source)}`);
    }),
  );
  return [...new Set(lines)].join("\n");
}

function sourceText(source: Contribution): string {
  return `${source.precedence} ${source.connector} ${source.sourceObjectType}: ${source.takes} (${source.rule})`;
}

const syntaxWords: Readonly<Record<string, string>> = {
  "1.3.6.1.4.1.1466.115.121.1.5": "binary",
  "1.3.6.1.4.1.1466.115.121.1.7": "boolean",
  "1.3.6.1.4.1.1466.115.121.1.12": "reference",
  "1.3.6.1.4.1.1466.115.121.1.15": "text",
  "1.3.6.1.4.1.1466.115.121.1.27": "number",
};

/** Every object type of the metaverse with its attributes: what they are, where they come from, where they go. */
export function metaverseSection(schema: DirectorySchema, flows: AttributeFlows): Section {
  const types = new Map(
    schema.entries.filter((entry) => entry.kind === "attribute-type").map((entry) => [entry.name, entry.properties]),
  );
  const flowOf = new Map(flows.metaverse.map((flow) => [keyOf(flow.objectType, flow.attribute), flow]));
  const classes = schema.entries
    .filter((entry) => entry.kind === "class")
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    id: "metaverse",
    title: "Metaverse",
    blocks: [
      {
        kind: "table",
        columns: [{ title: "Object type" }, { title: "Attributes", align: "right" }],
        rows: classes.map((entry) => [entry.name, String(attributesOf(entry.properties).length)]),
      },
    ],
    sections: classes.map((entry) => ({
      id: `metaverse/${entry.name}`,
      title: entry.name,
      folded: true,
      blocks: [
        {
          kind: "table",
          columns: [
            { title: "Attribute" },
            { title: "Type" },
            { title: "Comes from, in precedence order" },
            { title: "Goes to" },
          ],
          rows: attributesOf(entry.properties).map(([attribute, required]) => [
            attribute,
            typeText(types.get(attribute), required),
            ...wayOf(flowOf.get(keyOf(entry.name, attribute))),
          ]),
        },
      ],
    })),
  };
}

function keyOf(objectType: string, attribute: string): string {
  return `${objectType}\u0000${attribute}`.toLowerCase();
}

function attributesOf(properties: ReadonlyMap<string, string>): readonly (readonly [string, boolean])[] {
  return [...properties]
    .flatMap(([name, value]): (readonly [string, boolean])[] =>
      name.startsWith("attribute ") ? [[name.slice("attribute ".length), /required=true/u.test(value)]] : [],
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function typeText(properties: ReadonlyMap<string, string> | undefined, required: boolean): string {
  const syntax = properties?.get("syntax");
  return [
    syntax === undefined ? "" : (syntaxWords[syntax] ?? syntax),
    properties?.get("single-value") === "false" ? "many values" : "",
    properties?.get("indexable") === "true" ? "indexed" : "",
    required ? "required" : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function wayOf(flow: MetaverseFlow | undefined): readonly [string, string] {
  if (flow === undefined) return ["", ""];
  return [
    flow.inbound.map(sourceText).join("\n"),
    flow.outbound.map(({ connector, objectType, attribute }) => `${connector} ${objectType}: ${attribute}`).join("\n"),
  ];
}
