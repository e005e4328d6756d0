/**
 * *The* port table: the security group's rules, the test from inside the server, `entra-connect ports` and docs/ports.md come
 * from this one list. Sources: Microsoft's ports page (facts/entra-connect.md 16), outbound needs (facts/azure.md 11.6), the
 * domain join (facts/domain-join.md 6), field reports F2 and F14.
 */
import { hasPrivateEndpoint } from "../archive/plan";
import type { DatabaseSettings } from "../settings/settings";
import type { Asked, Destination, PortRow } from "./portRow";

const always = (): boolean => true;
const domainControllers: Destination = { kind: "domainControllers" };
const connect = { by: "connect" } as const;
const notUdp = "UDP by itself proves nothing; the same port by TCP is tried";

const portsPage = "Microsoft's ports page (entra-connect.md 16)";
const directly = ({ settings }: Asked): boolean => settings.network.proxy === undefined;
const joins = ({ settings }: Asked): boolean => settings.domain.join.method !== "operator";
/** Where 0.0.0.0/0 leads elsewhere, Azure's own way to its activation servers is off. */
const tunnelled = ({ settings: { network } }: Asked): boolean =>
  network.firewallAddress !== undefined || network.routeTableId !== undefined;

type SqlServer = Extract<DatabaseSettings, { kind: "sqlServer" }>;
function sqlServerOf({ block }: Asked): SqlServer | undefined {
  const { database } = block.connect;
  return database.kind === "sqlServer" ? database : undefined;
}
const sqlPages = "Microsoft's SQL Server pages on firewalls and on the browser service; field report F2";

export const portTable: readonly PortRow[] = [
  {
    name: "dns",
    priority: 200,
    destination: { kind: "dnsServers" },
    protocols: ["Tcp", "Udp"],
    ports: "53",
    why: "DNS lookups",
    neededBy: "every server",
    needed: always,
    probe: { ...connect, said: notUdp },
    whenAllClosed: "blocking",
    source: portsPage,
  },
  {
    name: "kerberos",
    priority: 210,
    destination: domainControllers,
    protocols: ["Tcp", "Udp"],
    ports: "88",
    why: "Kerberos authentication to the forest",
    neededBy: "every server",
    needed: always,
    probe: { ...connect, said: notUdp },
    whenAllClosed: "blocking",
    source: portsPage,
  },
  {
    name: "time",
    priority: 220,
    destination: domainControllers,
    protocols: ["Udp"],
    ports: "123",
    why: "Domain members take their time from domain controllers",
    neededBy: "every server",
    needed: always,
    probe: { by: "time" },
    whenAllClosed: "warning",
    source: "azure.md 11.6",
  },
  {
    name: "rpc",
    priority: 230,
    destination: domainControllers,
    protocols: ["Tcp"],
    ports: "135",
    why: "RPC endpoint mapper: wizard, password synchronization",
    neededBy: "every server",
    needed: always,
    probe: connect,
    whenAllClosed: "blocking",
    source: portsPage,
  },
  {
    name: "ldap",
    priority: 240,
    destination: domainControllers,
    protocols: ["Tcp", "Udp"],
    ports: "389",
    why: "Import from Active Directory",
    neededBy: "every server",
    needed: always,
    probe: { ...connect, said: notUdp },
    whenAllClosed: "blocking",
    source: portsPage,
  },
  {
    name: "smb",
    priority: 250,
    destination: domainControllers,
    protocols: ["Tcp"],
    ports: "445",
    why: "Domain join, group policy, seamless single sign-on, password writeback",
    neededBy: "every server",
    needed: always,
    probe: connect,
    whenAllClosed: (asked) => (joins(asked) ? "blocking" : "warning"),
    source: `${portsPage}; needed by a join in any case (domain-join.md 6)`,
  },
  {
    name: "ldaps",
    priority: 260,
    destination: domainControllers,
    protocols: ["Tcp", "Udp"],
    ports: "636",
    why: "Import from Active Directory with TLS",
    neededBy: "servers that import with TLS",
    needed: always,
    probe: { ...connect, said: notUdp },
    whenAllClosed: "info",
    source: `${portsPage}: only if TLS is used`,
  },
  {
    name: "global-catalog",
    priority: 270,
    destination: domainControllers,
    protocols: ["Tcp"],
    ports: "3268",
    why: "Seamless single sign-on setup",
    neededBy: "seamless single sign-on",
    needed: ({ block }) => block.features.seamlessSingleSignOn,
    probe: connect,
    whenAllClosed: "warning",
    source: portsPage,
  },
  {
    name: "global-catalog-tls",
    priority: 280,
    destination: domainControllers,
    protocols: ["Tcp"],
    ports: "3269",
    why: "Global catalog with TLS: met by people who import with LDAPS",
    neededBy: "servers that import with TLS, seamless single sign-on",
    needed: always,
    probe: {
      ...connect,
      where: ({ block }) => block.features.seamlessSingleSignOn,
      said: "where seamless single sign-on is used",
    },
    whenAllClosed: "info",
    source: "not in Microsoft's table: azure-docs issue 92030 and pull request 64303; field report F14",
  },
  {
    name: "kerberos-password",
    priority: 290,
    destination: domainControllers,
    protocols: ["Tcp", "Udp"],
    ports: "464",
    why: "Kerberos password change: domain join, the machine account's password",
    neededBy: "every server, as a member of its domain",
    needed: always,
    probe: { ...connect, where: joins, said: "where domain.join joins the server" },
    whenAllClosed: ({ settings }) => (settings.domain.join.method === "machinePassword" ? "blocking" : "warning"),
    source: "not in Microsoft's table: domain-join.md 6; azure-docs pull request 71487; field report F14",
  },
  {
    name: "rpc-dynamic",
    priority: 300,
    destination: domainControllers,
    protocols: ["Tcp"],
    ports: "49152-65535",
    why: "RPC dynamic ports: wizard, password synchronization, domain join",
    neededBy: "every server",
    needed: always,
    probe: { by: "nothing", because: "a range: which of its ports a service has is told by 135 only" },
    whenAllClosed: "warning",
    source: portsPage,
  },
  {
    name: "entra-id",
    priority: 400,
    destination: { kind: "serviceTag", tag: "AzureActiveDirectory" },
    protocols: ["Tcp"],
    ports: "443",
    why: "Sign-in and synchronization with Entra ID",
    neededBy: "every server without a proxy",
    needed: directly,
    probe: { by: "nothing", because: "a service tag; the hosts themselves are tried by name" },
    whenAllClosed: "warning",
    source: `${portsPage}; azure.md 11.6`,
  },
  {
    name: "web-tls",
    priority: 410,
    destination: { kind: "serviceTag", tag: "Internet" },
    protocols: ["Tcp"],
    ports: "443",
    why: "Windows Update, Connect Health, synchronization hosts outside the tag: none of them has a service tag of its own",
    neededBy: "every server without a proxy",
    needed: directly,
    probe: { by: "nothing", because: "a service tag; the hosts themselves are tried by name" },
    whenAllClosed: "warning",
    source: "azure.md 11.6",
  },
  {
    name: "web-crl",
    priority: 420,
    destination: { kind: "serviceTag", tag: "Internet" },
    protocols: ["Tcp"],
    ports: "80",
    why: "Certificate revocation lists; they have no service tag",
    neededBy: "every server without a proxy",
    needed: directly,
    probe: { by: "nothing", because: "a service tag; the hosts themselves are tried by name" },
    whenAllClosed: "warning",
    source: `${portsPage}; azure.md 11.6`,
  },
  {
    name: "activation",
    priority: 430,
    destination: {
      kind: "published",
      addresses: ["20.118.99.224", "40.83.235.53", "23.102.135.246"],
      hosts: ["azkms.core.windows.net", "kms.core.windows.net"],
    },
    protocols: ["Tcp"],
    ports: "1688",
    why: "Activation of Windows (KMS), where a 0.0.0.0/0 route switches Azure's own way off; must leave from an Azure public address",
    neededBy: "every server whose way out is a firewall or a tunnel",
    // Everywhere: it opens three addresses, and of an existing subnet nobody here knows the routes.
    needed: always,
    probe: {
      ...connect,
      where: tunnelled,
      said: "where network.firewallAddress or network.routeTableId leads 0.0.0.0/0 elsewhere",
    },
    whenAllClosed: "warning",
    source: "azure.md 11.6 (Microsoft's page on KMS activation with custom routes); field report F14",
  },
  {
    name: "proxy",
    priority: 440,
    destination: { kind: "proxy" },
    protocols: ["Tcp"],
    ports: { said: "`network.proxy.port`", of: ({ settings: { network } }) => portOf(network.proxy) },
    why: "The proxy through which the server reaches Entra ID and the Internet",
    neededBy: "network.proxy",
    needed: ({ settings }) => settings.network.proxy !== undefined,
    probe: connect,
    whenAllClosed: "blocking",
    source: "entra-connect.md 15; field report F14",
  },
  {
    name: "update-server",
    priority: 450,
    destination: { kind: "wsus" },
    protocols: ["Tcp"],
    ports: { said: "`network.wsus.port`", of: ({ settings: { network } }) => portOf(network.wsus) },
    why: "The update server (WSUS) in place of Windows Update",
    neededBy: "network.wsus",
    needed: ({ settings }) => settings.network.wsus !== undefined,
    probe: connect,
    whenAllClosed: "warning",
    source: "windows-server.md 1: a WSUS policy decides where updates and OpenSSH come from",
  },
  {
    name: "archive",
    priority: 460,
    destination: { kind: "archive" },
    protocols: ["Tcp"],
    ports: "443",
    why: "Collections of the configuration, to the archive's storage account; past every firewall and proxy",
    neededBy: "archive.enabled",
    needed: ({ settings }) => settings.archive.enabled,
    // A new endpoint answers before the first collection is due.
    probe: {
      ...connect,
      where: ({ settings }) => hasPrivateEndpoint(settings),
      said: "where archive.reach is privateEndpoint",
    },
    whenAllClosed: "warning",
    source: "archive.md 7; service tags of storage are regional (azure-docs service-tags-overview)",
  },
  {
    name: "azure-monitor",
    priority: 470,
    destination: { kind: "serviceTag", tag: "AzureMonitor" },
    protocols: ["Tcp"],
    ports: "443",
    why: "Azure Monitor agent: its configuration, and the logs that it sends; it is not sent through the proxy",
    neededBy: "monitoring.agent",
    needed: ({ settings }) => settings.monitoring?.agent === true,
    probe: { by: "nothing", because: "a service tag; that the agent gets through shows in its heartbeat" },
    whenAllClosed: "warning",
    source: "azure.md 11.6 (service tags page, 2021)",
  },
  {
    name: "sql-server",
    priority: 500,
    destination: { kind: "database" },
    protocols: ["Tcp"],
    ports: {
      said: "1433, or `connect.database.port`",
      of: (asked) => [String(sqlServerOf(asked)?.port ?? 1433)],
    },
    why: "The SQL Server that holds the database of Entra Connect",
    neededBy: "connect.database of kind sqlServer: its default instance, or a port that is set",
    needed: (asked) => {
      const server = sqlServerOf(asked);
      return server !== undefined && (server.port !== undefined || server.instance === undefined);
    },
    probe: connect,
    whenAllClosed: "blocking",
    source: sqlPages,
  },
  {
    name: "sql-browser",
    priority: 510,
    destination: { kind: "database" },
    protocols: ["Udp"],
    ports: "1434",
    why: "SQL Server's browser, which says at which port the named instance listens",
    neededBy: "connect.database.instance",
    needed: (asked) => sqlServerOf(asked)?.instance !== undefined,
    probe: { by: "nothing", because: "UDP by itself proves nothing" },
    whenAllClosed: "warning",
    source: sqlPages,
  },
  {
    name: "sql-dynamic",
    priority: 520,
    destination: { kind: "database" },
    protocols: ["Tcp"],
    ports: "49152-65535",
    why: "The dynamic port of the named SQL Server instance; fix it and write database.port instead",
    neededBy: "connect.database.instance without connect.database.port",
    needed: (asked) => {
      const server = sqlServerOf(asked);
      return server?.instance !== undefined && server.port === undefined;
    },
    probe: { by: "nothing", because: "a range: which of its ports the instance has is told by its browser only" },
    whenAllClosed: "warning",
    source: sqlPages,
  },
];

function portOf(server: { readonly port: number } | undefined): readonly string[] {
  return server === undefined ? [] : [String(server.port)];
}

/** Ports that tables of others have and this one leaves out on purpose: somebody will ask. */
export const leftOut: readonly { readonly ports: string; readonly what: string; readonly because: string }[] = [
  {
    ports: "TCP 8080",
    what: "Pass-through authentication agents",
    because: "only where 443 is blocked, and for the agent's status only (azure.md 11.6); 443 is open here",
  },
  {
    ports: "TCP 5671, TCP 9090",
    what: "Connect Health",
    because: "optional: agents fall back to 443 (azure.md 11.6); 9090 is on no page of today",
  },
  {
    ports: "TCP 5985, TCP 9389",
    what: "AD FS managed by the wizard",
    because:
      "only for the group managed service account of AD FS (entra-connect.md 16), which this library does not set up",
  },
  {
    ports: "UDP 123 to time.windows.com",
    what: "Time from the Internet",
    because: "not required: a domain member follows its domain (azure.md 11.6)",
  },
  {
    ports: "168.63.129.16, 169.254.169.254",
    what: "Azure's platform: agent, DNS, metadata",
    because: "not filtered by a security group unless its own tags are denied (azure.md 11.6)",
  },
  {
    ports: "anything inbound from the Internet",
    what: "–",
    because: "nothing of Entra Connect needs it (entra-connect.md 16)",
  },
];
