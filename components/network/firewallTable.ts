import { generationNames } from "../server/names";
import type { GenerationSettings, Settings } from "../settings/settings";
import { isAddress } from "./addresses";
import { endpointTable, firewallNames } from "./endpoints";
import { type NeededPort, neededPorts, tagIsEverything } from "./neededPorts";
import { fetchesOpenSsh } from "./outboundFindings";
import { type SecurityRulePlan, securityRules } from "./plan";
import type { Probing } from "./portRow";

/** The port table of one server for people: the union of its generations, and what each of them adds. Pure. */

export interface FirewallRow {
  readonly direction: "outbound" | "inbound";
  readonly name: string;
  readonly from: readonly string[];
  /** Addresses and prefixes; `service tag X`. */
  readonly to: readonly string[];
  /** Names of the hosts meant, where there are any. */
  readonly hosts: readonly string[];
  readonly protocol: "TCP" | "UDP";
  readonly ports: readonly string[];
  readonly why: string;
  readonly neededBy: string;
  readonly generations: readonly number[];
  /** How it is tried from inside, or why it is not. */
  readonly tried: string;
  readonly source: string;
}

/** For a firewall or proxy that filters by name. */
export interface NameRow {
  readonly name: string;
  readonly ports: readonly string[];
  readonly why: string;
  readonly generations: readonly number[];
  readonly tried: string;
  readonly source: string;
}

export interface ServerTable {
  readonly server: string;
  /** Name of the settings file that it was made from. */
  readonly file?: string;
  readonly generations: readonly { readonly generation: number; readonly machine: string; readonly address: string }[];
  readonly rows: readonly FirewallRow[];
  readonly names: readonly NameRow[];
  /** `directly`, or through which proxy the names are reached. */
  readonly namesThrough: string;
  readonly rules: readonly { readonly generation: number; readonly rules: readonly SecurityRulePlan[] }[];
  readonly probes: readonly ProbeRow[];
  readonly notes: readonly string[];
}

export interface ProbeRow {
  readonly generation: number;
  readonly row: string;
  readonly host: string;
  readonly port: string;
  readonly how: string;
  /** What a closed one does to the verdict, or why nothing is tried. */
  readonly closed: string;
}

const words = {
  connect: "a TCP connection",
  time: "a request for the time (NTP)",
  tls: "TLS 1.2, with the certificate looked at",
} as const;

function triedText(probe: Probing, protocol: string): string {
  if (probe.by === "nothing") return `not tried: ${probe.because}`;
  return protocol === "UDP" && probe.by === "connect" ? "not tried: UDP by itself proves nothing" : words[probe.by];
}

const targetText = (prefix: string): string => (/^[A-Za-z]/.test(prefix) ? `service tag ${prefix}` : prefix);

function outboundRows(row: NeededPort, { generation, address }: GenerationSettings): readonly FirewallRow[] {
  return row.protocols.map((each) => {
    const protocol = each === "Tcp" ? "TCP" : "UDP";
    return {
      direction: "outbound",
      name: row.name,
      from: [address],
      to: row.target.prefixes.map(targetText),
      hosts: row.target.hosts.filter((host) => !isAddress(host)),
      protocol,
      ports: row.ports,
      why: row.why,
      neededBy: row.neededBy,
      generations: [generation],
      tried: triedText(row.probe, protocol),
      source: row.source,
    };
  });
}

function inboundRows(
  rules: readonly SecurityRulePlan[],
  { generation, address }: GenerationSettings,
): readonly FirewallRow[] {
  return rules
    .filter(({ direction, access }) => direction === "Inbound" && access === "Allow")
    .map((rule) => ({
      direction: "inbound",
      name: rule.name.replace(/^in-/, ""),
      from: (rule.sourceAddressPrefixes ?? [rule.sourceAddressPrefix ?? "*"]).map(targetText),
      to: [address],
      hosts: [],
      protocol: rule.protocol === "Udp" ? "UDP" : "TCP",
      ports: rule.destinationPortRanges ?? [rule.destinationPortRange ?? "*"],
      why: rule.description,
      neededBy: "access",
      generations: [generation],
      tried: "not tried: whoever comes in finds out",
      source: "the settings",
    }));
}

const united = <T>(left: readonly T[], right: readonly T[]): readonly T[] => [...new Set([...left, ...right])];

/** Rows that differ only in the generation become one. */
function union<Row extends { readonly generations: readonly number[] }>(
  rows: readonly Row[],
  keyOf: (row: Row) => unknown,
  merge: (left: Row, right: Row) => Row,
): readonly Row[] {
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row));
    const known = byKey.get(key);
    byKey.set(
      key,
      known === undefined ? row : { ...merge(known, row), generations: united(known.generations, row.generations) },
    );
  }
  return [...byKey.values()];
}

function nameRows(
  { generation, features }: GenerationSettings,
  { network, monitoring }: Pick<Settings, "network" | "monitoring">,
): readonly NameRow[] {
  const direct = network.proxy === undefined;
  const hosts = endpointTable
    .filter(({ needed }) => needed(features))
    .map(({ host, port, why, source }) => ({
      name: host,
      ports: [String(port)],
      why,
      source,
      tried: direct ? (port === 443 ? words.tls : words.connect) : "not tried: the proxy knows what it lets through",
    }));
  const wildcards = firewallNames
    .filter(({ needed }) => needed(features, network, monitoring?.agent === true))
    .map(({ name, ports, why, source }) => ({
      name,
      ports: ports.map(String),
      why,
      source,
      tried: name.startsWith("*") ? "not tried: a wildcard names no host" : "not tried: one of many",
    }));
  return [...hosts, ...wildcards].map((row) => ({ ...row, generations: [generation] }));
}

const consequence = { blocking: "stops before the wizard", warning: "verdict review", info: "told" } as const;

function probeRows(settings: Settings, block: GenerationSettings): readonly ProbeRow[] {
  const { generation } = block;
  const rows = neededPorts({ settings, block });
  const tried = rows.flatMap(({ name, target, ports, probe, whenAllClosed }) =>
    probe.by === "nothing"
      ? []
      : target.hosts.flatMap((host) =>
          ports.map((port) => ({
            generation,
            row: name,
            host,
            port,
            how: words[probe.by],
            closed: consequence[whenAllClosed],
          })),
        ),
  );
  const left = rows.flatMap(({ name, target, ports, probe }) =>
    probe.by === "nothing"
      ? [
          {
            generation,
            row: name,
            host: target.prefixes.map(targetText).join(", "),
            port: ports.join(", "),
            how: "not tried",
            closed: probe.because,
          },
        ]
      : [],
  );
  return [...tried, ...left];
}

/** What a reader should know of these settings before the table is handed on. */
function notesOf(rows: readonly FirewallRow[], settings: Settings): readonly string[] {
  const { network, generations } = settings;
  const opened = tagIsEverything(settings)
    ? "every address there is: with a route for 0.0.0.0/0 the service tag VirtualNetwork holds everything"
    : "the whole virtual network with what it is connected to";
  const wide = rows.filter(({ to }) => to.includes("service tag VirtualNetwork"));
  const where: Readonly<Record<string, string>> = {
    proxy: "network.proxy.address",
    "update-server": "network.wsus.address",
  };
  return [
    ...[...new Set(wide.map(({ name }) => name))].map(
      (name) =>
        `${name}: only a name is known, so the security group opens ${opened}. ${where[name] ?? "connect.database.addresses"} narrows it.`,
    ),
    ...(rows.some(({ name }) => name === "sql-dynamic")
      ? [
          "sql-dynamic: give the SQL Server instance a fixed port and write connect.database.port, and this range is closed.",
        ]
      : []),
    ...(network.proxy !== undefined && generations.some(fetchesOpenSsh)
      ? [
          "network.proxy closes the direct way to Windows Update, from which Windows Server 2019 and 2022 get their OpenSSH server at first boot, when no proxy is set on them yet. Use a Windows Server 2025 image, which has it, or an image with OpenSSH in it; or set network.proxy after the first `up`.",
        ]
      : []),
    ...generations
      .filter(({ role }) => role === "active")
      .map(
        ({ generation }) =>
          `Generation ${generation} is active: its security group is not touched and stays as it was built. These are the rows that it would have by the settings of today.`,
      ),
    ...(network.kind === "existing"
      ? ["The subnet exists already: what its own security group, route table or firewall closes is not known here."]
      : []),
  ];
}

/** Lost generations reach nothing any more. */
export function serverTable(settings: Settings): ServerTable {
  const blocks = settings.generations.filter(({ role }) => role !== "lost");
  const rules = blocks.map((block) => ({ generation: block.generation, rules: securityRules(settings, block) }));
  const rows = union(
    blocks.flatMap((block) => [
      ...neededPorts({ settings, block }).flatMap((row) => outboundRows(row, block)),
      ...inboundRows(securityRules(settings, block), block),
    ]),
    ({ direction, name, protocol, ports, to, from, tried }) => [
      direction,
      name,
      protocol,
      ports,
      direction === "outbound" ? to : from,
      tried,
    ],
    (left, right) => ({ ...left, from: united(left.from, right.from), to: united(left.to, right.to) }),
  );
  const { proxy } = settings.network;
  return {
    server: settings.name,
    generations: blocks.map(({ generation, address }) => ({
      generation,
      machine: generationNames(settings.name, generation).machine,
      address,
    })),
    rows,
    names: union(
      blocks.flatMap((block) => nameRows(block, settings)),
      ({ name, ports, why }) => [name, ports, why],
      (left) => left,
    ),
    namesThrough: proxy === undefined ? "directly" : `through the proxy ${proxy.host ?? proxy.address}:${proxy.port}`,
    rules,
    probes: blocks.flatMap((block) => probeRows(settings, block)),
    notes: notesOf(rows, settings),
  };
}
