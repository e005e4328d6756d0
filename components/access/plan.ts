import type { GenerationSettings, JumpHostSettings, Settings } from "../settings/settings";
import { parseKey } from "../settings/sshKey";

/** Windows answers SSH minutes after the machine exists; with the provider's back-off 60 tries are about five minutes. */
export const bootDialLimit = 60;
/**
 * Where nobody waits for a boot: one try. Every try is a login, a wrong key tried often looks like an attack, and behind
 * a jump host a second try hides the cause of the first (facts/command-provider.md, Connecting).
 */
export const steadyDialLimit = 0;
/** The jump host itself is up or it is not; a few tries bridge a dropped packet. */
const jumpHostDialLimit = 3;

export interface ConnectionSecrets {
  readonly sshPrivateKey: string;
  readonly jumpHostPrivateKey?: string;
}

/** The public line of a private key in any form that OpenSSH writes. Errors never repeat the key. */
export function publicKeyOf(privateKey: string): string {
  const parsed = parseKey(privateKey);
  if (parsed instanceof Error) throw new Error("sshPrivateKey cannot be read as a private key");
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}

/**
 * Connection of remote commands. Typed strictly and complete, since an unknown field would make the provider print the
 * private key in its error (facts/pulumi.md 3).
 */
export function connectionTo(
  { access }: Settings,
  block: GenerationSettings,
  hostKey: string,
  secrets: ConnectionSecrets,
  dialErrorLimit: number,
) {
  return {
    ...endOf(access, block),
    user: block.loginName,
    privateKey: secrets.sshPrivateKey,
    hostKey,
    dialErrorLimit,
    perDialTimeout: 15,
    ...(access.jumpHost === undefined ? {} : { proxy: proxyOf(access.jumpHost, secrets) }),
  };
}

/** Through a tunnel every server has the one address of this machine; its port, and the pinned host key, tell which. */
function endOf({ tunnel }: Settings["access"], { address, generation }: GenerationSettings) {
  return tunnel === undefined ? { host: address, port: 22 } : { host: "127.0.0.1", port: tunnel.port + generation };
}

function proxyOf(jumpHost: JumpHostSettings, { jumpHostPrivateKey }: ConnectionSecrets) {
  return {
    host: jumpHost.host,
    port: jumpHost.port,
    user: jumpHost.user,
    privateKey: jumpHostPrivateKey,
    hostKey: jumpHost.hostKey,
    dialErrorLimit: jumpHostDialLimit,
    perDialTimeout: 15,
  };
}
