import { type Check, problem } from "../context";
import { parseKey } from "../sshKey";

export const jumpHostKey: Check = {
  concern: "the jump host's key is a whole one: a cut one would be found out when the server is built",
  runs: "always",
  judge: ({ access: { jumpHost } }) =>
    jumpHost === undefined || !(parseKey(jumpHost.hostKey) instanceof Error)
      ? []
      : [
          problem(
            "access.jumpHost.hostKey",
            "is not a whole public key",
            `a line of "ssh-keyscan -t ed25519 ${jumpHost.host}" without the host, compared with what its owner tells you`,
          ),
        ],
};
