import { CouldNotRun } from "../../review/verdict";

/** What an error of Azure's libraries says of itself. */
interface AzureError {
  readonly name?: string;
  readonly code?: string;
  readonly statusCode?: number;
  readonly message?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

interface Asked {
  /** The address of the container. */
  readonly where: string;
  readonly doing: "list" | "read" | "add";
}

const roles: Readonly<Record<Asked["doing"], string>> = {
  list: "Storage Blob Data Reader",
  read: "Storage Blob Data Reader",
  add: "a role with blobs/add/action (the archive's own writer role, or Storage Blob Data Contributor)",
};

const ways =
  "Ways in: az login on this machine; in a pipeline a federated credential (AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE); a managed identity; or AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_CERTIFICATE_PATH.";

const noIdentity = (message: string): string => `no identity could sign in (${firstLine(message)}). ${ways}`;

/** For other services than storage. */
export const couldNotSignIn = (thrown: unknown): string =>
  noIdentity(thrown instanceof Error ? thrown.message : String(thrown));

interface Meaning {
  readonly when: (error: AzureError) => boolean;
  readonly why: (asked: Asked, error: AzureError) => string;
}

const network = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/u;
const certificate =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_.*|ERR_TLS_.*)$/u;

/** What Azure's answers mean to whoever has to mend it (facts/archive.md 4, 6, 7). */
const meanings: readonly Meaning[] = [
  {
    when: ({ name = "" }) =>
      /^(CredentialUnavailableError|AggregateAuthenticationError|AuthenticationError|AuthenticationRequiredError|ChainedTokenCredential.*)$/u.test(
        name,
      ),
    why: (_asked, { message = "" }) => `${noIdentity(message)} Reading needs ${roles.list} on the container.`,
  },
  {
    when: ({ code }) => code === "AuthorizationPermissionMismatch",
    why: ({ doing }) =>
      `the identity that signed in may not ${doing === "add" ? "add to" : "read"} it. It needs ${roles[doing]} on this container or its account; an assignment takes up to ten minutes. Not the server's own identity: that one can only add.`,
  },
  {
    when: ({ code }) => code === "AuthorizationFailure" || code === "PublicAccessNotPermitted",
    why: () =>
      "the account's network rules refuse this machine (or it is not the account's own tenant). Run it where the private endpoint is reached, or have the rules allow this network.",
  },
  {
    when: ({ code }) => code === "KeyBasedAuthenticationNotPermitted",
    why: () =>
      "the account takes no keys, and none is used here: another program set one. Unset AZURE_STORAGE_KEY and the like.",
  },
  {
    when: ({ code, statusCode }) =>
      code === "InvalidAuthenticationInfo" || code === "NoAuthenticationInformation" || statusCode === 401,
    why: () =>
      `the account refuses the token: it is of another tenant or cloud. Sign in to the tenant of the account (AZURE_TENANT_ID, az login --tenant). ${ways}`,
  },
  {
    when: ({ statusCode }) => statusCode === 403,
    why: ({ doing }, { code }) =>
      `Azure answered 403 (${code ?? "no code"}). The role it takes is ${roles[doing]} on the container.`,
  },
  {
    when: ({ code }) => code === "ContainerNotFound" || code === "ContainerBeingDeleted",
    why: () => "the account has no such container (default: configuration). Check --container.",
  },
  {
    when: ({ code }) => code === "BlobNotFound",
    why: () =>
      "the collection was there when the archive was listed, and is not any more: somebody deletes from it. Run the command again.",
  },
  {
    when: ({ statusCode, code }) => statusCode === 404 || code === "ResourceNotFound",
    why: () => "there is nothing at this address. Check --account and --container.",
  },
  {
    when: ({ code = "" }) => code === "ENOTFOUND" || code === "EAI_AGAIN",
    why: () =>
      "the account's name does not resolve here. It may be misspelt; or the private DNS zone privatelink.blob.core.windows.net is not linked to this network (ask the domain controllers' forwarder for it).",
  },
  {
    when: ({ code = "" }) => network.test(code),
    why: (_asked, { code }) =>
      `no connection (${code}). A firewall, or a private endpoint that is not reached from here: TCP 443 to the account's address.`,
  },
  {
    when: ({ code = "" }) => certificate.test(code),
    why: (_asked, { code }) =>
      `the certificate is not trusted here (${code}). A proxy opens TLS: give Node its certificate with NODE_EXTRA_CA_CERTS.`,
  },
  {
    when: ({ statusCode }) => statusCode === 429 || statusCode === 503,
    why: (_asked, { statusCode }) =>
      `Azure is busy (${statusCode}) and stayed so after several tries. Run the command again later.`,
  },
];

/** One sentence for a person: what could not be done, where, why, what to do. */
export function couldNot(asked: Asked, thrown: unknown): CouldNotRun {
  const chain = reasons(thrown);
  for (const { when, why } of meanings) {
    const error = chain.find(when);
    if (error !== undefined) return new CouldNotRun(`${asked.where}: could not ${asked.doing}: ${why(asked, error)}`);
  }
  const said = chain.map(({ message }) => firstLine(message ?? "")).find((line) => line !== "");
  return new CouldNotRun(`${asked.where}: could not ${asked.doing}: ${said ?? String(thrown)}`);
}

/** The error, what caused it, and those that it gathers. */
function reasons(thrown: unknown, depth = 0): readonly AzureError[] {
  if (typeof thrown !== "object" || thrown === null || depth > 4) return [];
  const error = thrown as AzureError;
  return [
    error,
    ...reasons(error.cause, depth + 1),
    ...(error.errors ?? []).flatMap((each) => reasons(each, depth + 1)),
  ];
}

const firstLine = (text: string): string => (text.split("\n")[0] ?? "").trim().replace(/\.$/u, "");
