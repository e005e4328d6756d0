/**
 * *The* port table: the security group's rules and the test from inside the server come from this one list.
 * Sources: Microsoft's ports page (facts/entra-connect.md 16), outbound needs (facts/azure.md 11.6).
 */

export type Protocol = "Tcp" | "Udp";

/** Uses of Entra Connect that need ports of their own. */
export interface PortFeatures {
  readonly passwordWriteback: boolean;
  readonly passThroughAuthentication: boolean;
  readonly seamlessSingleSignOn: boolean;
}

export type Destination =
  | { readonly kind: "domainControllers" }
  | { readonly kind: "dnsServers" }
  /** An Azure service tag: a rule takes one, never a host name. */
  | { readonly kind: "serviceTag"; readonly tag: string };

export interface PortRow {
  /** Stable: part of the rule's name in Azure. */
  readonly name: string;
  readonly destination: Destination;
  readonly protocols: readonly Protocol[];
  readonly ports: string;
  readonly why: string;
  readonly needed: (features: PortFeatures) => boolean;
  /** What proves the row from inside the server: a TCP connection, a request for the time; nothing for ranges and service tags. */
  readonly probe: "connect" | "time" | "none";
  /** How bad it is that no target answers: `blocking` where the wizard cannot go on without it. */
  readonly whenAllClosed: "blocking" | "warning" | "info";
}

const always = (): boolean => true;
const domainControllers: Destination = { kind: "domainControllers" };

export const portTable: readonly PortRow[] = [
  {
    name: "dns",
    destination: { kind: "dnsServers" },
    protocols: ["Tcp", "Udp"],
    ports: "53",
    why: "DNS lookups",
    needed: always,
    probe: "connect",
    whenAllClosed: "blocking",
  },
  {
    name: "kerberos",
    destination: domainControllers,
    protocols: ["Tcp", "Udp"],
    ports: "88",
    why: "Kerberos authentication to the forest",
    needed: always,
    probe: "connect",
    whenAllClosed: "blocking",
  },
  {
    name: "time",
    destination: domainControllers,
    protocols: ["Udp"],
    ports: "123",
    why: "Domain members take their time from domain controllers",
    needed: always,
    probe: "time",
    whenAllClosed: "warning",
  },
  {
    name: "rpc",
    destination: domainControllers,
    protocols: ["Tcp"],
    ports: "135",
    why: "RPC endpoint mapper: wizard, password synchronization",
    needed: always,
    probe: "connect",
    whenAllClosed: "blocking",
  },
  {
    name: "ldap",
    destination: domainControllers,
    protocols: ["Tcp", "Udp"],
    ports: "389",
    why: "Import from Active Directory",
    needed: always,
    probe: "connect",
    whenAllClosed: "blocking",
  },
  {
    name: "smb",
    destination: domainControllers,
    protocols: ["Tcp"],
    ports: "445",
    why: "Seamless single sign-on, password writeback; domain members also read group policy with it",
    needed: always,
    probe: "connect",
    whenAllClosed: "warning",
  },
  {
    name: "ldaps",
    destination: domainControllers,
    protocols: ["Tcp", "Udp"],
    ports: "636",
    why: "Import from Active Directory with TLS",
    needed: always,
    probe: "connect",
    whenAllClosed: "info",
  },
  {
    name: "global-catalog",
    destination: domainControllers,
    protocols: ["Tcp"],
    ports: "3268",
    why: "Seamless single sign-on setup",
    needed: (features) => features.seamlessSingleSignOn,
    probe: "connect",
    whenAllClosed: "warning",
  },
  {
    name: "rpc-dynamic",
    destination: domainControllers,
    protocols: ["Tcp"],
    ports: "49152-65535",
    why: "RPC dynamic ports: password synchronization",
    needed: always,
    probe: "none",
    whenAllClosed: "warning",
  },
  {
    name: "entra-id",
    destination: { kind: "serviceTag", tag: "AzureActiveDirectory" },
    protocols: ["Tcp"],
    ports: "443",
    why: "Sign-in and synchronization with Entra ID",
    needed: always,
    probe: "none",
    whenAllClosed: "warning",
  },
  {
    name: "web-tls",
    destination: { kind: "serviceTag", tag: "Internet" },
    protocols: ["Tcp"],
    ports: "443",
    why: "Windows Update, Connect Health, synchronization hosts outside the tag: none of them has a service tag of its own",
    needed: always,
    probe: "none",
    whenAllClosed: "warning",
  },
  {
    name: "web-crl",
    destination: { kind: "serviceTag", tag: "Internet" },
    protocols: ["Tcp"],
    ports: "80",
    why: "Certificate revocation lists; they have no service tag",
    needed: always,
    probe: "none",
    whenAllClosed: "warning",
  },
];
