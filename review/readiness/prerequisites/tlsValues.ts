/**
 * *The* table of registry values for TLS 1.2: what is read, judged, and set where the settings ask for it.
 * Source: Microsoft's page on TLS 1.2 enforcement for Entra Connect (facts/entra-connect.md 15), all of them with a restart.
 */
import type { WantedValue } from "../../../scripts/arguments";

const net64 = "HKLM:\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319";
const net32 = "HKLM:\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework\\v4.0.30319";
const tls12 = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2";

/** SCHANNEL's key for what this server asks of others: the one without which nothing reaches Entra ID. */
export const clientKey = `${tls12}\\Client`;

export const tlsValues: readonly WantedValue[] = [
  ...[net64, net32].flatMap((key): WantedValue[] => [
    { key, name: "SystemDefaultTlsVersions", value: 1 },
    { key, name: "SchUseStrongCrypto", value: 1 },
  ]),
  ...[`${tls12}\\Server`, clientKey].flatMap((key): WantedValue[] => [
    { key, name: "Enabled", value: 1 },
    { key, name: "DisabledByDefault", value: 0 },
  ]),
];

/** Windows takes every number but 0 for on. */
export function isSatisfied({ value }: WantedValue, found: number | null): boolean {
  return found !== null && (found !== 0) === (value !== 0);
}

/** `HKLM\SOFTWARE\…: SchUseStrongCrypto = 1`, as people type it. */
export const valueText = ({ key, name, value }: WantedValue): string => `${key.replace(":", "")}: ${name} = ${value}`;

/** Where a value stands, in words: several of one place are told together. */
export function placeOf({ key }: WantedValue): string {
  if (key === net64) return "64-bit .NET";
  return key === net32 ? "32-bit .NET" : "SCHANNEL";
}
