/**
 * *The* table of cloud hosts: what the server tries before a person is called. Only names that a source writes out; where
 * one says `*.example.net` no host is guessed. Names of proxies' logs and pages in facts/azure.md 11.6 and Microsoft's page
 * on connectivity problems of Entra Connect. The public cloud only.
 */
import type { PortFeatures } from "./ports";

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

export function endpointsToTry(features: PortFeatures): readonly { readonly host: string; readonly port: number }[] {
  return endpointTable.filter(({ needed }) => needed(features)).map(({ host, port }) => ({ host, port }));
}

export const signInHosts: readonly string[] = endpointTable.filter(({ signIn }) => signIn).map(({ host }) => host);
