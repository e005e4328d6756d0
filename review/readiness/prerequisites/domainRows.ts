import type { Prerequisite } from "./prerequisite";

const page = "Microsoft's prerequisites page";

/** Kerberos refuses a clock that is further off, unless a policy says otherwise. */
const largestClockSkewSeconds = 300;

export const domainRows: readonly Prerequisite[] = [
  {
    code: "secure-channel-broken",
    severity: "blocking",
    reads: "the secure channel, by two voices (Test-ComputerSecureChannel, nltest /sc_verify)",
    check: "secureChannel",
    requires: "one of the two says that it is well: the server is a member of the domain in fact, not by name",
    source: `${page}: a domain-joined server; domain-join.md 6 for the two ways to ask`,
    mark: "D",
    remedy:
      "on the server, with an account that may join it: Test-ComputerSecureChannel -Repair -Credential DOMAIN\\account. If that fails, take it out of the domain and join it again",
    find: ({ machine, answer: { secureChannel, domain } }) =>
      secureChannel.test === false && secureChannel.verify === false
        ? {
            title: `the secure channel of ${machine} to ${domain} is broken: no domain user can sign in to it`,
            staging: false,
            cause:
              "its computer account was reset, deleted or taken by another machine of its name, or no domain controller answers",
          }
        : undefined,
  },
  {
    code: "secure-channel-unclear",
    severity: "warning",
    reads: "the secure channel, by the same two voices",
    requires: "both say that it is well",
    source: "domain-join.md 6",
    mark: "K",
    remedy: "on the server: Test-ComputerSecureChannel -Verbose, and nltest /sc_verify with the name of the domain",
    find: ({ machine, answer: { secureChannel, domain } }) => {
      const { test, verify } = secureChannel;
      if ((test !== false && verify !== false) || (test === false && verify === false)) return undefined;
      const says = (voice: boolean | null): string =>
        voice === null ? "could not say" : voice ? "says yes" : "says no";
      return {
        title: `whether the secure channel of ${machine} to ${domain} is well is not clear: Test-ComputerSecureChannel ${says(test)}, nltest ${says(verify)}`,
        staging: null,
        cause:
          "the channel failed between the two looks, or one of them cannot ask in a session without network credentials",
      };
    },
  },
  {
    code: "clock-skew",
    severity: "blocking",
    reads: "the offset to the domain's clock (w32tm /stripchart)",
    check: "clock",
    requires: "at most 300 seconds",
    source: "field report F11: further off, the wizard could not configure application-based authentication",
    mark: "S",
    remedy: "w32tm /resync on the server; UDP 123 to the domain controllers must be open",
    find: ({ machine, answer: { clockSkewSeconds, domain } }) =>
      clockSkewSeconds === null || Math.abs(clockSkewSeconds) <= largestClockSkewSeconds
        ? undefined
        : {
            title: `the clock of ${machine} is ${clockSkewSeconds} s off the clock of ${domain}`,
            staging: clockSkewSeconds,
            cause:
              "time synchronization does not work, and Kerberos and Entra ID refuse what is signed at another time",
          },
  },
  {
    code: "srv-missing",
    severity: "blocking",
    reads: "the SRV record of the domain's controllers in the server's own DNS (_ldap._tcp.dc._msdcs.DOMAIN)",
    check: "records",
    requires: "it is there: the wizard finds its domain controllers by it",
    source: `${page}, "Connectivity" (DNS must resolve Active Directory); Microsoft's ADConnectivityTools test the same`,
    mark: "D",
    remedy:
      "let the server ask the DNS of the domain (network.dnsServers, and a restart of the server), or register the record there: nltest /dsregdns on a domain controller",
    find: ({ machine, answer: { records } }) => {
      const [first] = records;
      if (first?.count !== 0) return undefined;
      return {
        title: `the DNS of ${machine} has no record ${first.name}`,
        staging: first.name,
        cause: "the server asks a DNS that does not know the domain, or the domain controllers could not register",
      };
    },
  },
  {
    code: "srv-incomplete",
    severity: "warning",
    reads: "the other SRV records (_kerberos._tcp.dc._msdcs.DOMAIN, _ldap._tcp.DOMAIN)",
    requires: "both are there",
    source: `${page}, "Connectivity"`,
    mark: "D",
    remedy: "register the records: nltest /dsregdns on a domain controller",
    find: ({ machine, answer: { records } }) => {
      const missing = records.slice(1).flatMap(({ name, count }) => (count === 0 ? [name] : []));
      return missing.length === 0
        ? undefined
        : {
            title: `the DNS of ${machine} has no record ${missing.join(", ")}`,
            staging: missing,
            cause: "the domain controllers could not register all of their records",
          };
    },
  },
  {
    code: "netbios-dotted",
    severity: "warning",
    reads: "the NetBIOS names of the domains that the server knows (Win32_NTDomain)",
    check: "names",
    requires: "no name with a period: such forests and domains are not supported",
    source: `${page}, "On-premises Active Directory"`,
    mark: "D",
    remedy: "ask Microsoft's support before you go on; a NetBIOS name cannot be changed in passing",
    find: ({ machine, answer: { names } }) => {
      const dotted = names.netBios.filter((name) => name.includes("."));
      return dotted.length === 0
        ? undefined
        : {
            title: `${machine} knows a domain whose NetBIOS name has a period: ${dotted.join(", ")}`,
            staging: dotted,
            cause: "the domain was named so",
          };
    },
  },
  {
    code: "namespace-disjoint",
    severity: "warning",
    reads: "the primary DNS suffix of the server (registry, Tcpip\\Parameters: Domain)",
    requires: "the name of the domain: a disjoint namespace is not supported",
    source: "entra-connect.md 15 (Unsupported)",
    mark: "D",
    remedy:
      "let the primary DNS suffix follow the domain (System Properties, Change, More), or take the policy off that sets another",
    find: ({ machine, answer: { names, domain } }) =>
      !names.dnsSuffix || names.dnsSuffix.toLowerCase() === domain.toLowerCase()
        ? undefined
        : {
            title: `the primary DNS suffix of ${machine} is ${names.dnsSuffix}, its domain ${domain}`,
            staging: names.dnsSuffix,
            cause: "a disjoint namespace, or a policy that sets the suffix",
          },
  },
];
