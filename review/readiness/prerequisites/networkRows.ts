import type { EndpointFound, PrerequisitesAnswer } from "../../../scripts/answers";
import type { PortMeaning } from "../rule";
import { isKnownIssuer, organizationOf } from "./issuers";
import type { Prerequisite } from "./prerequisite";

const page = "Microsoft's prerequisites page";
const connectivity = "Microsoft's page on connectivity problems (azure.md 11.6)";

interface RowSeen {
  readonly row: PortMeaning;
  readonly open: readonly string[];
  readonly closed: readonly string[];
}

function rowsSeen({ ports }: PrerequisitesAnswer, rows: readonly PortMeaning[]): readonly RowSeen[] {
  const hosts = (at: "open" | "closed", row: PortMeaning): readonly string[] =>
    ports
      .filter((each) => each[at].includes(row.port) && (row.hosts?.includes(each.host) ?? true))
      .map(({ host }) => host);
  return rows.map((row) => ({ row, open: hosts("open", row), closed: hosts("closed", row) }));
}

const places = ({ row, closed }: RowSeen): readonly string[] => closed.map((host) => `${host}:${row.port}`);
const described = (seen: RowSeen): string => `${places(seen).join(", ")} (${seen.row.protocol}: ${seen.row.why})`;

/** Sign-in and synchronization leave directly only where no proxy is set; then a direct attempt proves nothing. */
const throughProxy = ({ proxy }: PrerequisitesAnswer): boolean => Boolean(proxy.machineConfig);

/** One in a machine.config that could not be read counts here: a reading that failed stops nothing. */
const mayHaveProxy = ({ proxy }: PrerequisitesAnswer): boolean => proxy.machineConfig !== "";

const placeOf = ({ host, port }: EndpointFound): string => (port === 443 ? host : `${host}:${port}`);

export const networkRows: readonly Prerequisite[] = [
  {
    code: "port-closed-everywhere",
    severity: "blocking",
    reads: "every row of the port table (docs/ports.md) that can be tried, to every target (TCP; the time port by UDP)",
    requires:
      "DNS, Kerberos, the RPC endpoint mapper and LDAP answer at one target at least; so do, where they are set, the proxy, the SQL Server, and what the domain join needs",
    source: "Microsoft's ports page; entra-connect.md 16",
    mark: "D",
    remedy:
      "open these ports from the server to these hosts: in firewalls on the way and on the hosts themselves (the security group opens them already; `entra-connect ports` prints the table for whoever runs the firewall)",
    find: ({ machine, answer, context }) => {
      const dead = rowsSeen(answer, context.prerequisites.ports).filter(
        ({ row, open, closed }) => row.whenAllClosed === "blocking" && open.length === 0 && closed.length > 0,
      );
      return dead.length === 0
        ? undefined
        : {
            title: `${machine} reaches nobody at ${dead.map(described).join("; ")}`,
            staging: dead.flatMap(places),
            cause: "a firewall between the server and these hosts, no route, or nothing listens there",
          };
    },
  },
  {
    code: "port-closed",
    severity: "warning",
    reads: "the same attempts",
    requires:
      "every row answers at every target: 445 serves seamless single sign-on, password writeback and group policy; rows of network.extraOutbound what their reason says",
    source: "Microsoft's ports page; entra-connect.md 16",
    mark: "D",
    remedy:
      "open these ports from the server to these hosts: in firewalls on the way and on the hosts themselves (the security group opens them already; `entra-connect ports` prints the table for whoever runs the firewall)",
    find: ({ machine, answer, context }) => {
      const closed = rowsSeen(answer, context.prerequisites.ports).filter(
        (seen) =>
          seen.closed.length > 0 &&
          (seen.row.whenAllClosed === "warning" || (seen.row.whenAllClosed === "blocking" && seen.open.length > 0)),
      );
      return closed.length === 0
        ? undefined
        : {
            title: `${machine} cannot reach ${closed.map(described).join("; ")}`,
            staging: closed.flatMap(places),
            cause: "a firewall between the server and these hosts, or nothing listens there",
          };
    },
  },
  {
    code: "port-optional-closed",
    severity: "info",
    reads: "the same attempts, for rows that only some configurations use",
    requires: "LDAP with TLS answers, where it is used",
    source: "Microsoft's ports page (636 only with TLS)",
    mark: "D",
    remedy: "",
    find: ({ machine, answer, context }) => {
      const closed = rowsSeen(answer, context.prerequisites.ports).filter(
        (seen) => seen.closed.length > 0 && seen.row.whenAllClosed === "info",
      );
      return closed.length === 0
        ? undefined
        : {
            title: `${machine} cannot reach ${closed.map(described).join("; ")}`,
            staging: closed.flatMap(places),
            cause: "nothing listens there, which is usual where the domain controllers have no certificate",
          };
    },
  },
  {
    code: "cloud-unreachable",
    severity: "blocking",
    reads: "the sign-in hosts of Entra ID, by TLS 1.2, directly",
    requires: "one of them answers, unless a proxy is set in machine.config",
    source: `${connectivity}: the absolute bare minimum`,
    mark: "D",
    remedy:
      "give the server a way out to TCP 443 (NAT gateway, firewall), or write the proxy into C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\Config\\machine.config",
    find: ({ machine, answer, context: { prerequisites } }) => {
      const hosts = answer.endpoints.filter(({ host }) => prerequisites.signInHosts.includes(host));
      if (hosts.length === 0 || mayHaveProxy(answer) || hosts.some(({ state }) => state !== "closed")) return undefined;
      return {
        title: `${machine} reaches no sign-in host of Entra ID: ${hosts.map(({ host, reason }) => `${host} (${reason})`).join(", ")}`,
        staging: hosts.map(({ host }) => host),
        cause: "no way out to the Internet, a firewall without these names, or a DNS that does not resolve them",
      };
    },
  },
  {
    code: "endpoint-closed",
    severity: "warning",
    reads: "every host of the cloud table: port 443 by TLS 1.2, port 80 (revocation lists) by connecting, directly",
    requires: "each answers, or a proxy is set in machine.config",
    source: `${connectivity}; Connect Health's and pass-through authentication's pages for theirs`,
    mark: "D",
    remedy: "let the server reach these hosts: firewall rules by name, since most have no service tag",
    find: ({ machine, answer, context: { prerequisites } }) => {
      const closed = answer.endpoints.filter(({ state }) => state === "closed");
      const signIn = closed.filter(({ host }) => prerequisites.signInHosts.includes(host));
      const refused = signIn.length === prerequisites.signInHosts.length && !mayHaveProxy(answer);
      const told = refused ? closed.filter((each) => !signIn.includes(each)) : closed;
      if (told.length === 0 || throughProxy(answer)) return undefined;
      return {
        title: `${machine} cannot reach ${told.map(placeOf).join(", ")}`,
        staging: told.map(placeOf),
        cause: `${[...new Set(told.map(({ reason }) => reason))].join("; ")}`,
      };
    },
  },
  {
    code: "certificate-refused",
    severity: "warning",
    reads: "the same handshakes: whether Windows trusts the certificate",
    requires: "it does",
    source: `${page}: to break and analyze the traffic is not supported`,
    mark: "D",
    remedy:
      "take these hosts out of TLS inspection; where nobody inspects, look at the machine's root certificates and at TLS 1.2 (Invoke-WebRequest -UseBasicParsing with one of these addresses says more)",
    find: ({ machine, answer }) => {
      const refused = answer.endpoints.filter(
        ({ state, issuer }) => state === "refused" && (issuer !== "" || !throughProxy(answer)),
      );
      return refused.length === 0
        ? undefined
        : {
            title: `${machine} gets no trusted TLS from ${refused.map((each) => `${each.host}${each.issuer === "" ? "" : ` (signed by ${each.issuer})`}`).join(", ")}`,
            staging: refused.map(({ host, issuer }) => `${host}: ${issuer}`),
            cause: `${[...new Set(refused.map(({ reason }) => reason))].join("; ")}`,
          };
    },
  },
  {
    code: "tls-interception",
    severity: "warning",
    reads: "who signed the certificate of each cloud host",
    requires: "an authority that is known to sign Microsoft's hosts (the table of issuers may lag behind)",
    source: `${page}: to break and analyze the traffic is not supported; the issuers from the revocation lists of ${connectivity}`,
    mark: "K",
    remedy:
      "ask who runs the firewall or proxy whether it inspects TLS, and have these hosts taken out; if nobody does, the issuer is new to this library: tell its maintainers",
    find: ({ machine, answer }) => {
      const foreign = answer.endpoints.filter(
        ({ state, issuer }) => state === "trusted" && issuer !== "" && !isKnownIssuer(issuer),
      );
      if (foreign.length === 0) return undefined;
      const signers = [...new Set(foreign.map(({ issuer }) => organizationOf(issuer) || issuer))];
      return {
        title: `TLS from ${machine} is probably inspected: the certificate of ${foreign.map(({ host }) => host).join(", ")} is signed by ${signers.join(", ")}`,
        staging: foreign.map(({ host, issuer }) => `${host}: ${issuer}`),
        cause: "a firewall or proxy signs anew with an authority that Windows on this server trusts",
      };
    },
  },
  {
    code: "proxy-set",
    severity: "info",
    reads: "the proxy of .NET (machine.config: system.net/defaultProxy)",
    check: "proxy",
    requires:
      "where one is set: it lets the cloud hosts through, waits 6 minutes for an answer, and needs no sign-in, or the service account is a domain account",
    source: `${page}, "Connectivity"`,
    mark: "D",
    remedy:
      "see that the proxy lets the hosts through and waits at least 6 minutes; it was not asked here. The security group opens the way to it only with network.proxy: write it there",
    find: ({ machine, answer: { proxy }, context: { prerequisites } }) => {
      if (!proxy.machineConfig) return undefined;
      const found = { staging: proxy.machineConfig, cause: "machine.config" };
      const set = `a proxy is set on ${machine}: ${proxy.machineConfig}`;
      return prerequisites.proxy === undefined
        ? {
            ...found,
            title: `${set}; the cloud hosts were tried directly, which says nothing of the way through it`,
          }
        : {
            ...found,
            title: `${set}, and network.proxy is ${prerequisites.proxy}; what it lets through was not tried`,
            next: "see that they are the same proxy, and that it lets the hosts of `entra-connect ports` through and waits at least 6 minutes",
          };
    },
  },
  {
    code: "proxy-missing",
    severity: "blocking",
    reads: "the proxy of .NET, where network.proxy is set",
    check: "proxy",
    requires: "machine.config has one: the security group then opens no other way to the Internet",
    source: `${page}, "Connectivity"; network.proxy closes TCP 443 and 80`,
    mark: "D",
    remedy:
      "write system.net/defaultProxy with that proxy into C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\Config\\machine.config, or take network.proxy out of the settings if the server goes out directly",
    find: ({ machine, answer, context: { prerequisites } }) =>
      prerequisites.proxy !== undefined && answer.proxy.machineConfig === ""
        ? {
            title: `the settings say that ${machine} goes out through ${prerequisites.proxy}, and .NET on it has no proxy: nobody can sign in at the wizard`,
            staging: answer.proxy.machineConfig,
            cause: "machine.config has no system.net/defaultProxy, and with network.proxy the direct way out is closed",
          }
        : undefined,
  },
  {
    code: "proxy-not-for-dotnet",
    severity: "warning",
    reads: "the proxy of WinHTTP (netsh winhttp show proxy) beside that of .NET",
    check: "proxy",
    requires: "where WinHTTP has one, machine.config has one too: the wizard and the engine read only that",
    source: `${page}, "Connectivity"; ${connectivity}`,
    mark: "D",
    remedy:
      "write system.net/defaultProxy into C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\Config\\machine.config, or take WinHTTP's proxy away (netsh winhttp reset proxy)",
    find: ({ machine, answer: { proxy } }) =>
      proxy.winHttp && proxy.machineConfig === ""
        ? {
            title: `WinHTTP on ${machine} has a proxy (${proxy.winHttp}), .NET has none`,
            staging: proxy.winHttp,
            cause: "the proxy was set with netsh only",
          }
        : undefined,
  },
];
