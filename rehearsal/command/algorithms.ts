import type { Algorithms, ServerHostKeyAlgorithm } from "ssh2";

/**
 * What the genuine plugin's SSH library offers (golang.org/x/crypto 0.48), in its order; without what ssh2 does not
 * have: the key exchange mlkem768x25519-sha256 and host certificates.
 */
export function offeredAlgorithms(hostKeyType: string | undefined): Algorithms {
  return {
    kex: [
      "curve25519-sha256",
      "curve25519-sha256@libssh.org",
      "ecdh-sha2-nistp256",
      "ecdh-sha2-nistp384",
      "ecdh-sha2-nistp521",
      "diffie-hellman-group14-sha256",
      "diffie-hellman-group14-sha1",
    ],
    cipher: [
      "aes128-gcm@openssh.com",
      "aes256-gcm@openssh.com",
      "chacha20-poly1305@openssh.com",
      "aes128-ctr",
      "aes192-ctr",
      "aes256-ctr",
    ],
    hmac: [
      "hmac-sha2-256-etm@openssh.com",
      "hmac-sha2-512-etm@openssh.com",
      "hmac-sha2-256",
      "hmac-sha2-512",
      "hmac-sha1",
      "hmac-sha1-96",
    ],
    compress: ["none"],
    serverHostKey:
      hostKeyType === undefined
        ? [
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "rsa-sha2-256",
            "rsa-sha2-512",
            "ssh-rsa",
            "ssh-dss",
            "ssh-ed25519",
          ]
        : [hostKeyType as ServerHostKeyAlgorithm],
  };
}

/** The key exchange that is offered by the genuine plugin only; its error texts begin their list with it. */
export const missingKeyExchange = "mlkem768x25519-sha256";
