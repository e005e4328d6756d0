import type { Identities } from "../judging/identities";
import type { Connector, ServerConfiguration } from "../model";

/** Connectors that belong together, and how that was found; one side is missing where the other server lacks it. */
export interface ConnectorPair {
  readonly active?: Connector;
  readonly staging?: Connector;
  readonly by: "name" | "forest" | "tenant" | "alone";
}

/**
 * Pairs connectors by name, whatever its case (of several of one name, those of one forest); what is left over by forest
 * or by partitions; and the connector to Entra ID, of which a server has one, whatever its name.
 */
export function pairConnectors(active: ServerConfiguration, staging: ServerConfiguration): readonly ConnectorPair[] {
  const here = [...active.connectors];
  const there = [...staging.connectors];
  const pairs: ConnectorPair[] = [];
  const pair = (by: ConnectorPair["by"], belong: (a: Connector, b: Connector) => boolean): void => {
    for (const connector of [...here]) {
      const at = there.findIndex((other) => belong(connector, other));
      const [other] = at < 0 ? [] : there.splice(at, 1);
      if (other === undefined) continue;
      here.splice(here.indexOf(connector), 1);
      pairs.push({ active: connector, staging: other, by });
    }
  };
  const named = (a: Connector, b: Connector): boolean => a.name.toLowerCase() === b.name.toLowerCase();
  const isEntra = (a: Connector, b: Connector): boolean => a.kind === "entra" && b.kind === "entra";
  pair("name", (a, b) => named(a, b) && sameForest(a, b));
  pair("name", (a, b) => named(a, b) && a.kind === b.kind && !repeated(active, a));
  pair(
    "forest",
    (a, b) => a.kind === "active-directory" && a.kind === b.kind && (sameForest(a, b) || samePartitions(a, b)),
  );
  pair("tenant", isEntra);
  pair("name", named);
  return [
    ...inOrder(pairs, active),
    ...here.map((connector) => ({ active: connector, by: "alone" as const })),
    ...there.map((connector) => ({ staging: connector, by: "alone" as const })),
  ];
}

function inOrder(pairs: readonly ConnectorPair[], { connectors }: ServerConfiguration): readonly ConnectorPair[] {
  const place = ({ active }: ConnectorPair): number => (active === undefined ? -1 : connectors.indexOf(active));
  return [...pairs].sort((a, b) => place(a) - place(b));
}

function repeated({ connectors }: ServerConfiguration, connector: Connector): boolean {
  return connectors.some((other) => other !== connector && other.name.toLowerCase() === connector.name.toLowerCase());
}

function forestOf(connector: Connector): string | undefined {
  return connector.connectivity.find(({ path }) => /(^|\/)forest-name$/.test(path))?.value.toLowerCase() || undefined;
}

function sameForest(a: Connector, b: Connector): boolean {
  const forest = forestOf(a);
  return forest !== undefined && forest === forestOf(b);
}

/** Where a forest's name is not said. */
function samePartitions(a: Connector, b: Connector): boolean {
  if (forestOf(a) !== undefined && forestOf(b) !== undefined) return false;
  const names = (connector: Connector): string =>
    connector.partitions
      .filter(({ selected }) => selected)
      .map(({ name }) => name.toLowerCase())
      .sort()
      .join("\n");
  return names(a) !== "" && names(a) === names(b);
}

/**
 * The staging configuration in the active server's words: its rules name their connector as the active server does, so
 * that a connector under another name still is the same one.
 */
export function inWordsOfActive(staging: ServerConfiguration, pairs: readonly ConnectorPair[]): ServerConfiguration {
  const names = new Map(
    pairs.flatMap(({ active, staging: other }) => (active && other ? [[other.id, active.name] as const] : [])),
  );
  return {
    ...staging,
    rules: staging.rules.map((rule) => {
      const connector = names.get(rule.connectorId);
      return connector === undefined || connector === rule.connector ? rule : { ...rule, connector };
    }),
  };
}

/** Identifiers of connectors and partitions may occur anywhere, so their counterparts are recorded first. */
export function recordIdentities(identities: Identities, pairs: readonly ConnectorPair[]): void {
  for (const { active, staging } of pairs) {
    if (active === undefined || staging === undefined) continue;
    identities.pair(active.id, staging.id);
    const partitions = new Map(staging.partitions.map((partition) => [partition.name.toLowerCase(), partition]));
    for (const partition of active.partitions) {
      const other = partitions.get(partition.name.toLowerCase());
      if (other !== undefined) identities.pair(partition.id, other.id);
    }
  }
}
