import { utils } from "ssh2";
import type { KeyPair } from "./worldFile";

/**
 * A new ed25519 pair in OpenSSH form. Made until it is a good one: ssh2 1.17 cuts a leading zero byte off the public
 * half, so that one pair in 256 cannot be read by anybody (mscdex/ssh2 issue 1513).
 */
export function makeKeyPair(comment: string): KeyPair {
  for (;;) {
    const pair = utils.generateKeyPairSync("ed25519", { comment });
    if (isReadable(pair.private) && isReadable(pair.public))
      return { privateKey: pair.private, publicKey: pair.public };
  }
}

function isReadable(text: string): boolean {
  return !(utils.parseKey(text) instanceof Error);
}
