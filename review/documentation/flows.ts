import { type AttributeMapping, flowText, type ServerConfiguration, type SynchronizationRule } from "../configuration";

/** What one rule puts into an attribute. */
export interface Contribution {
  /** Lower numbers win, among the rules whose scope an object meets. */
  readonly precedence: number;
  readonly rule: string;
  /** The connector at the far end: where an inbound rule reads, where an outbound rule writes. */
  readonly connector: string;
  readonly sourceObjectType: string;
  /** `attribute mail`, `constant "…"`, `expression …`, with the manner of merging where it is not the usual one. */
  readonly takes: string;
  /** Attributes that it reads. */
  readonly reads: readonly string[];
}

/** One attribute of an object type in a connector, with everything behind it. */
export interface TargetFlow {
  readonly connector: string;
  readonly objectType: string;
  readonly attribute: string;
  /** In precedence order. */
  readonly outbound: readonly OutboundStep[];
}

export interface OutboundStep extends Contribution {
  /** For each metaverse attribute that is read: what feeds it, in precedence order. */
  readonly fedBy: readonly { readonly attribute: string; readonly inbound: readonly Contribution[] }[];
}

export interface MetaverseFlow {
  readonly objectType: string;
  readonly attribute: string;
  /** In precedence order. */
  readonly inbound: readonly Contribution[];
  /** Where it goes: attributes of connectors. */
  readonly outbound: readonly { readonly connector: string; readonly objectType: string; readonly attribute: string }[];
}

export interface AttributeFlows {
  readonly targets: readonly TargetFlow[];
  readonly metaverse: readonly MetaverseFlow[];
}

/** Follows every attribute from its sources through the metaverse to its targets. Disabled rules take no part. */
export function attributeFlows({ rules }: Pick<ServerConfiguration, "rules">): AttributeFlows {
  const metaverse = new Grouped<Contribution>();
  const outgoing = new Grouped<{ connector: string; objectType: string; attribute: string }>();
  const targets = new Grouped<Contribution>();
  for (const rule of rules.filter((candidate) => !candidate.disabled)) {
    for (const mapping of rule.mappings) {
      const contribution = contributionOf(rule, mapping);
      if (rule.direction === "Inbound") {
        metaverse.add([rule.targetObjectType, mapping.target], contribution);
        continue;
      }
      targets.add([rule.connector, rule.targetObjectType, mapping.target], contribution);
      const goal = { connector: rule.connector, objectType: rule.targetObjectType, attribute: mapping.target };
      for (const attribute of contribution.reads) outgoing.add([rule.sourceObjectType, attribute], goal);
    }
  }
  return {
    targets: targets.entries().map(([[connector = "", objectType = "", attribute = ""], members]) => ({
      connector,
      objectType,
      attribute,
      outbound: members.sort(byPrecedence).map((step) => ({
        ...step,
        fedBy: step.reads.map((name) => ({
          attribute: name,
          inbound: metaverse.get([step.sourceObjectType, name]).sort(byPrecedence),
        })),
      })),
    })),
    metaverse: Grouped.keysOf(metaverse, outgoing).map(([objectType = "", attribute = ""]) => ({
      objectType,
      attribute,
      inbound: metaverse.get([objectType, attribute]).sort(byPrecedence),
      outbound: unique(outgoing.get([objectType, attribute])),
    })),
  };
}

function contributionOf(rule: SynchronizationRule, mapping: AttributeMapping): Contribution {
  const notes = [mapping.mergeType === "Update" ? "" : mapping.mergeType, mapping.executeOnce ? "once" : ""];
  const said = notes.filter((note) => note !== "").join(", ");
  return {
    precedence: rule.precedence,
    rule: rule.name,
    connector: rule.connector,
    sourceObjectType: rule.sourceObjectType,
    takes: `${flowText(mapping)}${said === "" ? "" : ` [${said}]`}`,
    reads: readsOf(mapping),
  };
}

/** Expressions name attributes in brackets that the list of sources leaves out. Brackets in quotation marks are text. */
function readsOf({ flow }: AttributeMapping): readonly string[] {
  if (flow.kind === "constant" || flow.kind === "written") return [];
  if (flow.kind === "direct") return [flow.source];
  const written = [...flow.expression.replace(/"[^"]*"/gu, '""').matchAll(/\[([^\][]+)\]/gu)].map(
    (match) => match[1] ?? "",
  );
  const byName = new Map([...flow.sources, ...written].map((name) => [name.toLowerCase(), name]));
  return [...byName.keys()].sort().map((key) => byName.get(key) ?? key);
}

function byPrecedence(a: Contribution, b: Contribution): number {
  return a.precedence - b.precedence || compareText(describe(a), describe(b));
}

const describe = (step: Contribution): string =>
  [step.connector, step.rule, step.sourceObjectType, step.takes].join("\n");
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function unique<Value extends object>(values: readonly Value[]): Value[] {
  const byText = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...byText.keys()].sort().flatMap((key) => byText.get(key) ?? []);
}

/** Lists under a path of names, whatever their case; the first spelling is kept. */
class Grouped<Value> {
  private readonly groups = new Map<string, { path: readonly string[]; values: Value[] }>();

  add(path: readonly string[], value: Value): void {
    const key = keyOf(path);
    const group = this.groups.get(key) ?? { path, values: [] };
    group.values.push(value);
    this.groups.set(key, group);
  }

  get(path: readonly string[]): Value[] {
    return [...(this.groups.get(keyOf(path))?.values ?? [])];
  }

  /** In the order of their paths. */
  entries(): (readonly [readonly string[], Value[]])[] {
    return [...this.groups.keys()].sort().flatMap((key) => {
      const group = this.groups.get(key);
      return group === undefined ? [] : [[group.path, [...group.values]] as const];
    });
  }

  static keysOf(...all: readonly Grouped<unknown>[]): readonly (readonly string[])[] {
    const paths = new Map<string, readonly string[]>();
    for (const grouped of all) for (const [key, { path }] of grouped.groups) if (!paths.has(key)) paths.set(key, path);
    return [...paths.keys()].sort().map((key) => paths.get(key) ?? []);
  }
}

function keyOf(path: readonly string[]): string {
  return path.map((part) => part.toLowerCase()).join("\u0000");
}
