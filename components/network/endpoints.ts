/**
 * *The* table of cloud hosts: what the server tries before a person is called. Only names that a source writes out; where
 * one says `*.example.net` no host is guessed. Names of proxies' logs and pages in facts/azure.md 11.6 and Microsoft's page
 * on connectivity problems of Entra Connect. The public cloud only.
 */
import type { NetworkSettings } from "../settings/settings";
import type { PortFeatures } from "./portRow";

export interface Endpoint {
  readonly host: string;
  /** 443: a TLS handshake is tried; 80: a connection. */
  readonly port: 443 | 80;
  readonly why: string;
  readonly source: string;
  /** Without any of these nobody signs in at the wizard. */
  readonly signIn?: true;
  readonly needed: (features: PortFeatures) => boolean;
}

const always = (): boolean => true;
const minimum = "connectivity page, bare minimum";
const health = "Connect Health's installation page";

const revocation = (host: string): Endpoint => ({
  host,
  port: 80,
  why: "Revocation of certificates",
  source: minimum,
  needed: always,
});

export const endpointTable: readonly Endpoint[] = [
  {
    host: "login.microsoftonline.com",
    port: 443,
    why: "Sign-in to Entra ID",
    source: "connectivity page, its proxy log",
    signIn: true,
    needed: always,
  },
  {
    host: "login.windows.net",
    port: 443,
    why: "Sign-in to Entra ID",
    source: "connectivity page, its proxy log",
    signIn: true,
    needed: always,
  },
  {
    host: "adminwebservice.microsoftonline.com",
    port: 443,
    why: "Synchronization, through which the server finds its region's hosts",
    source: "connectivity page, its proxy log",
    needed: always,
  },
  {
    host: "secure.aadcdn.microsoftonline-p.com",
    port: 443,
    why: "Multifactor authentication at the wizard",
    source: minimum,
    needed: always,
  },
  { host: "aadcdn.msauth.net", port: 443, why: "The sign-in window", source: health, needed: always },
  { host: "aadcdn.msftauth.net", port: 443, why: "The sign-in window", source: health, needed: always },
  { host: "management.azure.com", port: 443, why: "Connect Health", source: health, needed: always },
  {
    host: "policykeyservice.dc.ad.msft.net",
    port: 443,
    why: "Connect Health",
    source: health,
    needed: always,
  },
  {
    host: "autologon.microsoftazuread-sso.com",
    port: 443,
    why: "Pass-through authentication and seamless single sign-on",
    source: "pass-through authentication's quickstart",
    needed: (features) => features.passThroughAuthentication || features.seamlessSingleSignOn,
  },
  ...["mscrl.microsoft.com", "crl.microsoft.com", "oneocsp.microsoft.com", "ocsp.msocsp.com"].map(revocation),
  ...["crl3.digicert.com", "crl4.digicert.com", "ocsp.digicert.com", "www.d-trust.net"].map(revocation),
];

/** Behind a proxy the direct way is closed: an attempt would say nothing. */
export function endpointsToTry(
  { proxy }: Pick<NetworkSettings, "proxy">,
  features: PortFeatures,
): readonly { readonly host: string; readonly port: number }[] {
  if (proxy !== undefined) return [];
  return endpointTable.filter(({ needed }) => needed(features)).map(({ host, port }) => ({ host, port }));
}

export const signInHosts: readonly string[] = endpointTable.filter(({ signIn }) => signIn).map(({ host }) => host);

/**
 * Names for a firewall that filters by name, as Microsoft writes them. `*.example.net` names no host, so that nothing here is
 * ever tried; the hosts of `endpointTable` come beside these.
 */
export interface FirewallName {
  readonly name: string;
  readonly ports: readonly (443 | 80)[];
  readonly why: string;
  readonly source: string;
  readonly needed: (features: PortFeatures, network: Pick<NetworkSettings, "wsus">, agent: boolean) => boolean;
}

const names = (
  list: readonly string[],
  ports: FirewallName["ports"],
  why: string,
  source: string,
  needed: FirewallName["needed"] = always,
): readonly FirewallName[] => list.map((name) => ({ name, ports, why, source, needed }));

const passThrough = (features: PortFeatures): boolean => features.passThroughAuthentication;
const writeback = (features: PortFeatures): boolean => features.passwordWriteback;
const monitored: FirewallName["needed"] = (_, __, agent) => agent;
const windowsUpdate: FirewallName["needed"] = (_, { wsus }) => wsus === undefined;
const updates = "Microsoft Configuration Manager's page on software update points: what automatic updates reach";

export const firewallNames: readonly FirewallName[] = [
  ...names(
    ["*.microsoftonline.com", "*.graph.windows.net", "*.management.core.windows.net"],
    [443],
    "Sign-in and synchronization with Entra ID, in any region",
    minimum,
  ),
  ...names(
    ["*.digicert.cn", "*.verisign.com", "*.entrust.net", "root-c3-ca2-2009.ocsp.d-trust.net"],
    [80],
    "Revocation of certificates",
    minimum,
  ),
  ...names(
    [
      "*.aadconnecthealth.azure.com",
      "*.adhybridhealth.azure.com",
      "*.servicebus.windows.net",
      "*.blob.core.windows.net",
      "autoupdate.msappproxy.net",
      "www.office.com",
      "www.microsoft.com",
    ],
    [443],
    "Connect Health",
    health,
  ),
  ...names(
    ["*.msappproxy.net", "*.servicebus.windows.net"],
    [443, 80],
    "Pass-through authentication agents",
    "pass-through authentication's quickstart",
    passThrough,
  ),
  ...names(
    ["*.passwordreset.microsoftonline.com", "*.servicebus.windows.net"],
    [443],
    "Password writeback",
    "Microsoft's page on problems of password writeback, network connectivity",
    writeback,
  ),
  ...names(
    ["global.handler.control.monitor.azure.com", "*.handler.control.monitor.azure.com", "*.ods.opinsights.azure.com"],
    [443],
    "Azure Monitor agent (monitoring.agent), directly and not through the proxy",
    "azure.md 11.6 (container agent page)",
    monitored,
  ),
  ...names(
    ["*.windowsupdate.microsoft.com", "*.update.microsoft.com"],
    [443, 80],
    "Windows Update; on Windows Server 2019 and 2022 OpenSSH comes from there too",
    updates,
    windowsUpdate,
  ),
  ...names(
    ["*.windowsupdate.com", "*.download.windowsupdate.com", "download.microsoft.com"],
    [80],
    "Windows Update",
    updates,
    windowsUpdate,
  ),
];
