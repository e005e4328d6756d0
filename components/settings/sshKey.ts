import type { utils } from "ssh2";

/**
 * ssh2's reader of keys by itself: with the package's main file come its client, server and SFTP, which no program
 * needs, at every preview. Undocumented as a file of its own; the tests of keys hold it.
 */
export const { parseKey } = require("ssh2/lib/protocol/keyParser.js") as Pick<typeof utils, "parseKey">;
