import { stringify } from "csv-stringify/sync";
import type { Block, Page, Section } from "../../review/render";
import type { Audience } from "./audiences";
import type { FirewallRow, NameRow, ServerTable } from "./firewallTable";
import type { SecurityRulePlan } from "./plan";
import { leftOut } from "./ports";

/** What `entra-connect ports` prints of its tables: pages and CSV. Pure. */

const titles: Readonly<Record<Audience, string>> = {
  firewall: "What the server has to reach",
  rules: "Rules of the security group",
  probes: "What the server tries before a person is called to the wizard",
};

const table = (columns: readonly string[], rows: readonly (readonly string[])[], caption?: string): Block => ({
  kind: "table",
  ...(caption === undefined ? {} : { caption }),
  columns: columns.map((title) => ({ title })),
  rows,
});

/** Said only where it is not all of them. */
function whoText({ generations }: { readonly generations: readonly number[] }, server: ServerTable): string {
  return generations.length === server.generations.length ? "" : ` (generation ${generations.join(", ")} only)`;
}

/** The protocols of a row stand together where nothing else differs. */
interface PeopleRow extends Omit<FirewallRow, "protocol"> {
  readonly protocols: readonly string[];
}

function peopleRows(rows: readonly FirewallRow[]): readonly PeopleRow[] {
  const byKey = new Map<string, PeopleRow>();
  for (const { protocol, ...row } of rows) {
    const key = JSON.stringify([row.name, row.from, row.to, row.ports, row.generations]);
    const known = byKey.get(key);
    byKey.set(
      key,
      known === undefined ? { ...row, protocols: [protocol] } : { ...known, protocols: [...known.protocols, protocol] },
    );
  }
  return [...byKey.values()];
}

/** The server's own end of every row is said above the table; the row says whose it is where it is not everybody's. */
function waysSection(server: ServerTable, direction: FirewallRow["direction"]): Section {
  const rows = peopleRows(server.rows.filter((row) => row.direction === direction));
  const others = direction === "outbound" ? "to" : "from";
  const otherEnd = (row: PeopleRow): string =>
    (direction === "outbound" ? [...row.hosts, ...row.to] : row.from).join(", ");
  const own = server.generations.map(({ address }) => address).join(", ");
  return {
    id: `${server.server}-${direction}`,
    title: direction === "outbound" ? "Outbound" : "Inbound",
    blocks: [
      { kind: "paragraph", text: `${direction === "outbound" ? "From" : "To"} ${own}.` },
      table(
        ["row", others, "ports", "why"],
        rows.map((row) => [
          row.name,
          otherEnd(row),
          row.protocols.map((protocol) => row.ports.map((port) => `${protocol} ${port}`).join(", ")).join(", "),
          `${row.why}${whoText(row, server)}`,
        ]),
      ),
    ],
  };
}

/** One row for what is needed for the same purpose: names side by side. */
function namesSection(server: ServerTable): Section {
  const groups = new Map<string, { readonly row: NameRow; readonly names: string[] }>();
  for (const row of server.names) {
    const key = JSON.stringify([row.why, row.ports, row.generations]);
    const group = groups.get(key) ?? { row, names: [] };
    group.names.push(row.name);
    groups.set(key, group);
  }
  return {
    id: `${server.server}-names`,
    title: `By name, ${server.namesThrough}`,
    blocks: [
      {
        kind: "paragraph",
        text: "For a firewall or proxy that filters by name, as Microsoft writes them. They must not be inspected (TLS). A star is Microsoft's own wildcard. CSV and JSON have one row for each, with its source.",
      },
      table(
        ["names", "TCP", "why"],
        [...groups.values()].map(({ row, names }) => [
          names.join(", "),
          row.ports.join(", "),
          `${row.why}${whoText(row, server)}`,
        ]),
      ),
    ],
  };
}

function sourcesSection(server: ServerTable): Section {
  const rows = server.rows.filter(({ direction }) => direction === "outbound");
  return {
    id: `${server.server}-sources`,
    title: "Who needs it, and how it is known",
    blocks: [
      table(
        ["row", "needed by", "tried from inside", "source"],
        peopleRows(rows).map((row) => [row.name, row.neededBy, row.tried, row.source]),
      ),
    ],
  };
}

const ends = (one: string | undefined, several: readonly string[] | undefined): string =>
  one ?? (several ?? []).join(", ");

function ruleCells(rule: SecurityRulePlan): readonly string[] {
  return [
    rule.direction,
    String(rule.priority),
    rule.name,
    rule.access,
    rule.protocol,
    ends(rule.sourceAddressPrefix, rule.sourceAddressPrefixes),
    ends(rule.destinationAddressPrefix, rule.destinationAddressPrefixes),
    ends(rule.destinationPortRange, rule.destinationPortRanges),
    rule.description,
  ];
}
const ruleColumns = [
  "direction",
  "priority",
  "rule",
  "access",
  "protocol",
  "source",
  "destination",
  "ports",
  "why",
] as const;

const sorted = (rules: readonly SecurityRulePlan[]): readonly SecurityRulePlan[] =>
  [...rules].sort((left, right) => left.direction.localeCompare(right.direction) || left.priority - right.priority);

const probeColumns = ["row", "host", "port", "how", "where it is closed, or why it is not tried"] as const;

function sectionsFor(audience: Audience, server: ServerTable): readonly Section[] {
  switch (audience) {
    case "firewall":
      return [
        waysSection(server, "outbound"),
        waysSection(server, "inbound"),
        namesSection(server),
        sourcesSection(server),
      ];
    case "rules":
      return server.rules.map(({ generation, rules }) => ({
        id: `${server.server}-g${generation}-rules`,
        title: `Generation ${generation}`,
        blocks: [table(ruleColumns, sorted(rules).map(ruleCells))],
      }));
    case "probes":
      return server.generations.map(({ generation }) => ({
        id: `${server.server}-g${generation}-probes`,
        title: `Generation ${generation}`,
        blocks: [
          table(
            probeColumns,
            server.probes
              .filter((each) => each.generation === generation)
              .map(({ row, host, port, how, closed }) => [row, host, port, how, closed]),
          ),
          table(
            ["host of the cloud", "port", "how"],
            server.names
              .filter(({ generations, name }) => generations.includes(generation) && !name.startsWith("*"))
              .map(({ name, ports, tried }) => [name, ports.join(", "), tried]),
          ),
        ],
      }));
  }
}

function machinesText({ generations }: ServerTable): string {
  return generations.map(({ machine, address }) => `${machine} (${address})`).join(", ");
}

export function portsPage(servers: readonly ServerTable[], audience: Audience): Page {
  return {
    title: titles[audience],
    subtitle: servers.map(({ server, file }) => (file === undefined ? server : `${server}, from ${file}`)).join("; "),
    sections: [
      ...servers.map(
        (server): Section => ({
          id: server.server,
          title: server.server,
          blocks: [
            { kind: "paragraph", text: `Machines: ${machinesText(server) || "none that is not lost"}.` },
            ...(server.notes.length === 0 ? [] : [{ kind: "list", items: server.notes } as const]),
          ],
          sections: sectionsFor(audience, server),
        }),
      ),
      ...(audience === "firewall"
        ? [
            {
              id: "left-out",
              title: "Left out on purpose",
              blocks: [
                table(
                  ["ports", "what for", "why not"],
                  leftOut.map((each) => [each.ports, each.what, each.because]),
                ),
              ],
            },
          ]
        : []),
    ],
  };
}

const csvHead: Readonly<Record<Audience, readonly string[]>> = {
  firewall: [
    "server",
    "direction",
    "name",
    "from",
    "to",
    "hosts",
    "protocol",
    "ports",
    "why",
    "neededBy",
    "generations",
    "tried",
    "source",
  ],
  rules: ["server", "generation", ...ruleColumns],
  probes: ["server", "generation", "row", "host", "port", "how", "closed"],
};

function csvRows(audience: Audience, server: ServerTable): readonly (readonly string[])[] {
  const spaced = (list: readonly (string | number)[]): string => list.join(" ");
  switch (audience) {
    case "firewall": {
      const addresses = server.generations.map(({ address }) => address);
      return [
        ...server.rows.map((row) => [
          server.server,
          row.direction,
          row.name,
          spaced(row.from),
          row.to.join("; "),
          spaced(row.hosts),
          row.protocol,
          spaced(row.ports),
          row.why,
          row.neededBy,
          spaced(row.generations),
          row.tried,
          row.source,
        ]),
        ...server.names.map((row) => [
          server.server,
          "outbound by name",
          "",
          spaced(addresses),
          "",
          row.name,
          "TCP",
          spaced(row.ports),
          row.why,
          server.namesThrough,
          spaced(row.generations),
          row.tried,
          row.source,
        ]),
      ];
    }
    case "rules":
      return server.rules.flatMap(({ generation, rules }) =>
        sorted(rules).map((rule) => [server.server, String(generation), ...ruleCells(rule)]),
      );
    case "probes":
      return server.probes.map(({ generation, row, host, port, how, closed }) => [
        server.server,
        String(generation),
        row,
        host,
        port,
        how,
        closed,
      ]);
  }
}

/** RFC 4180, with a mark so that spreadsheets read UTF-8; what would start a formula has an apostrophe in front. */
export function portsCsv(servers: readonly ServerTable[], audience: Audience): string {
  return stringify(
    [csvHead[audience], ...servers.flatMap((server) => csvRows(audience, server))].map((row) => [...row]),
    {
      escape_formulas: true,
      record_delimiter: "windows",
      quoted_match: /[\r\n]/,
      bom: true,
    },
  );
}

/** What JSON holds of it: the same tables whole. */
export function portsSummary(servers: readonly ServerTable[], audience: Audience): unknown {
  return {
    for: audience,
    servers: servers.map(({ server, file, generations, rows, names, namesThrough, rules, probes, notes }) => ({
      server,
      ...(file === undefined ? {} : { file }),
      generations,
      notes,
      ...(audience === "firewall"
        ? { union: rows, byGeneration: byGeneration(rows, generations), names, namesThrough }
        : {}),
      ...(audience === "rules" ? { rules } : {}),
      ...(audience === "probes" ? { probes, names } : {}),
    })),
  };
}

function byGeneration(rows: readonly FirewallRow[], generations: ServerTable["generations"]) {
  return Object.fromEntries(
    generations.map(({ generation, address }) => [
      String(generation),
      rows
        .filter((row) => row.generations.includes(generation))
        .map(({ generations: _, ...row }) => ({
          ...row,
          ...(row.direction === "outbound" ? { from: [address] } : { to: [address] }),
        })),
    ]),
  );
}
