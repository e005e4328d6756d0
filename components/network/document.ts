import { endpointTable, firewallNames } from "./endpoints";
import { extraPriorities } from "./neededPorts";
import type { Destination, PortRow } from "./portRow";
import { leftOut, portTable } from "./ports";

/** docs/ports.md, made from the port table: one truth, and a test that holds the document to it. */

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("*", "\\*");

function destinationText(destination: Destination): string {
  switch (destination.kind) {
    case "domainControllers":
      return "`network.domainControllers`";
    case "dnsServers":
      return "`network.dnsServers`";
    case "database":
      return "`connect.database.addresses`, else the service tag VirtualNetwork";
    case "proxy":
    case "wsus":
      return `\`network.${destination.kind}.address\`, else the service tag VirtualNetwork`;
    case "published":
      return cell(`${destination.addresses.join(", ")} (${destination.hosts.join(", ")})`);
    case "archive":
      return "service tag Storage.&lt;`location`&gt;, or the address of the private endpoint";
    case "serviceTag":
      return `service tag ${destination.tag}`;
  }
}

function triedText({ probe }: PortRow): string {
  if (probe.by === "nothing") return `no: ${probe.because}`;
  const how = probe.by === "time" ? "a request for the time" : "a TCP connection";
  return probe.said === undefined ? how : `${how}; ${probe.where === undefined ? "" : "only "}${probe.said}`;
}

function consequenceText({ whenAllClosed, probe }: PortRow): string {
  if (probe.by === "nothing") return "–";
  return typeof whenAllClosed === "function" ? "refuse where the join needs it, else warn" : words[whenAllClosed];
}
const words = { blocking: "refuse", warning: "warn", info: "info" } as const;

function tableRow(row: PortRow): string {
  const ports = typeof row.ports === "string" ? row.ports : row.ports.said;
  return `| \`${[
    row.name,
    `${row.protocols.map((each) => each.toUpperCase()).join(", ")} ${ports}`,
    destinationText(row.destination),
    cell(row.why),
    cell(row.neededBy),
    cell(triedText(row)),
    consequenceText(row),
    cell(row.source),
  ]
    .join(" | ")
    .replace(" | ", "` | ")} |`;
}

export function portsDocument(): string {
  return `${[
    "# Ports",
    "",
    "Made from `components/network/ports.ts` and `endpoints.ts` by `npm run document-ports`; a test holds the document to them.",
    "",
    "One table decides what a server may reach: the security group of each generation, the attempts from inside the server before a",
    "person is called to the wizard ([prerequisites.md](prerequisites.md)), and what you hand to whoever runs the firewall:",
    "",
    "```",
    "npx entra-connect ports --stack prod                                       # text",
    "npx entra-connect ports --stack prod --format csv --output ports.csv       # or markdown, html, json",
    "npx entra-connect ports --config Pulumi.a.yaml Pulumi.b.yaml               # several servers, from any folder",
    "npx entra-connect ports --stack prod --for rules                           # the security group's rules, with priorities",
    "npx entra-connect ports --stack prod --for probes                          # what is tried from inside, and what is not",
    "```",
    "",
    "It reads settings files only: no Azure, no Pulumi, no network, and no secret (encrypted values are never decrypted). The table is the",
    "union of the generations; where a row is not of all of them it says of which, and JSON has the rows of each generation besides. Values",
    "that a program of your own computes, and settings from Pulumi ESC, are not in a file and so not in the table.",
    "",
    "Everything that no row opens is denied, in both directions.",
    "",
    "## Rows",
    "",
    "| row | ports | to | why | needed by | tried from inside | where every target is closed | source |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...portTable.map(tableRow),
    "",
    "*Refuse*: nothing goes on before the wizard. A row that is open at one target and closed at another is a warning. All attempts are made",
    "at once and end after ten seconds, however many there are. Sources named `*.md` are the project's collections of facts.",
    "",
    "A named instance of SQL Server listens at a port that its browser tells (UDP 1434): give it a fixed port and write",
    "`connect.database.port`, else the whole dynamic range is open towards it, and nothing of it can be tried. Where only a name is known, the",
    "rule opens the virtual network with what it is connected to (service tag VirtualNetwork); an address narrows it. With a route for 0.0.0.0/0",
    "that tag holds everything (Microsoft's page on service tags): a warning (`opened-by-name`) until an address is written.",
    "",
    "**With `network.proxy`** the rows `entra-id`, `web-tls` and `web-crl` are gone: no direct way to the Internet is left, the hosts below are",
    "not tried, and a server whose machine.config names no proxy is refused before the wizard. The library sets no proxy on a server. Windows",
    "Server 2019 and 2022 fetch their OpenSSH server from Windows Update at first boot, when no proxy is set on them yet: use a Windows Server",
    "2025 image, which has it, or write `network.proxy` after the first `up`.",
    "",
    "## Rows of your own",
    "",
    "`network.extraOutbound` ([settings.md](settings.md)) adds rows. Refused are a name twice or one of the names above, addresses that overlap",
    "or have host bits, a prefix wider than /8, all ports, and a range of ports towards everybody (the service tags Internet and AzureCloud, VirtualNetwork",
    "too where 0.0.0.0/0 is routed elsewhere, public prefixes wider than /16). A TCP row of single addresses and single ports is tried from inside, up to 16 attempts; a closed one is a",
    "warning with its reason.",
    "",
    `Rows of the table have fixed priorities below ${extraPriorities.first}. Rows of your own have one from ${extraPriorities.first} to ${extraPriorities.first + extraPriorities.count - 1} that follows from the name, so that a row`,
    "that comes or goes does not move another (but for two names that fall on one number: then the later in the alphabet moves on).",
    "",
    "## Hosts of the cloud",
    "",
    "Tried by name, those of 443 by TLS 1.2 with a look at the certificate.",
    "",
    "| host | port | why | source |",
    "| --- | --- | --- | --- |",
    ...endpointTable.map(({ host, port, why, source }) => `| \`${host}\` | ${port} | ${cell(why)} | ${cell(source)} |`),
    "",
    "## Names for a firewall",
    "",
    "As Microsoft writes them, beside the hosts above; never tried, since a star names no host. TLS must not be inspected.",
    "",
    "| name | TCP | why | source |",
    "| --- | --- | --- | --- |",
    ...firewallNames.map(
      ({ name, ports, why, source }) => `| \`${name}\` | ${ports.join(", ")} | ${cell(why)} | ${cell(source)} |`,
    ),
    "",
    "## Left out on purpose",
    "",
    "| ports | what for | why not |",
    "| --- | --- | --- |",
    ...leftOut.map(({ ports, what, because }) => `| ${cell(ports)} | ${cell(what)} | ${cell(because)} |`),
  ].join("\n")}\n`;
}

if (require.main === module) process.stdout.write(portsDocument());
