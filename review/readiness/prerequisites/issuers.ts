/**
 * Who signs the certificates of Microsoft's sign-in and synchronization hosts, as far as public sources say: the
 * authorities behind the revocation lists that Microsoft's page names as the bare minimum (facts/azure.md 11.6), Microsoft
 * itself first. Another signer is an inspecting proxy or a change that this table does not know yet: a warning, never more.
 */
const organizations: readonly string[] = [
  "Microsoft Corporation",
  "DigiCert Inc",
  "DigiCert, Inc.",
  "VeriSign, Inc.",
  "Entrust, Inc.",
  "D-Trust GmbH",
];

/** `O` of an issuer such as `CN=Microsoft TLS RSA Root G2, O="DigiCert, Inc.", C=US`; empty where it has none. */
export function organizationOf(issuer: string): string {
  const [, quoted, plain] = /(?:^|,\s*)O=(?:"([^"]*)"|([^,]*))/.exec(issuer) ?? [];
  return (quoted ?? plain ?? "").trim();
}

export function isKnownIssuer(issuer: string): boolean {
  const found = organizationOf(issuer).toLowerCase();
  return organizations.some((each) => each.toLowerCase() === found);
}
