import { stringify } from "csv-stringify/sync";
import type { Block, Page, Section } from "../../review/render";
import type { Audience } from "./audiences";
import type { FirewallRow, ServerTable } from "./firewallTable";
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

const destination = ({ to, hosts }: FirewallRow): string => [...hosts, ...to].join(", ");

function whoText({ generations }: { readonly generations: readonly number[] }, server: ServerTable): string {
  return generations.length === server.generations.length ? "all" : generations.join(", ");
}

function firewallSections(server: ServerTable): readonly Section[] {
  const ways = (direction: FirewallRow["direction"]): readonly FirewallRow[] =>
    server.rows.filter((row) => row.direction === direction);
  const rows = (direction: FirewallRow["direction"]): Block =>
    table(
      ["row", "from", "to", "protocol", "ports", "why", "generations"],
      ways(direction).map((row) => [
        row.name,
        row.from.join(", "),
        destination(row),
        row.protocol,
        row.ports.join(", "),
        row.why,
        whoText(row, server),
      ]),
    );
  return [
    { id: `${server.server}-outbound`, title: "Outbound", blocks: [rows("outbound")] },
    { id: `${server.server}-inbound`, title: "Inbound", blocks: [rows("inbound")] },
    {
      id: `${server.server}-names`,
      title: `Names, ${server.namesThrough}`,
      blocks: [
        {
          kind: "paragraph",
          text: "For a firewall or proxy that filters by name: hosts of TCP 443 and 80 as Microsoft writes them. They must not be inspected (TLS). Names with a star are Microsoft's own wildcards, and nobody tries them.",
        },
        table(
          ["name", "ports", "why", "generations", "source"],
          server.names.map((row) => [row.name, row.ports.join(", "), row.why, whoText(row, server), row.source]),
        ),
      ],
    },
    {
      id: `${server.server}-sources`,
      title: "Who needs it, and how it is known",
      blocks: [
        table(
          ["row", "protocol", "needed by", "tried from inside", "source"],
          ways("outbound").map((row) => [row.name, row.protocol, row.neededBy, row.tried, row.source]),
        ),
      ],
    },
  ];
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
      return firewallSections(server);
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
    subtitle: servers.map(({ server }) => server).join(", "),
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
    servers: servers.map(({ server, generations, rows, names, namesThrough, rules, probes, notes }) => ({
      server,
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
