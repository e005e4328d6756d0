import { prefix } from "./forms";

export const access = {
  type: "object",
  additionalProperties: false,
  required: ["managementSources"],
  properties: {
    managementSources: {
      type: "array",
      items: prefix,
      minItems: 1,
      description:
        "Where SSH may come from: the jump host, or the machine that runs Pulumi. Prefixes that do not overlap; public ones /24 or narrower, shared address space (100.64.0.0/10) /16 or narrower, private ones inside one private range. [in place: security group rules of passive generations]",
    },
    remoteDesktopSources: {
      type: "array",
      items: prefix,
      default: [],
      description:
        "Where the operator's remote desktop may come from (Bastion's subnet, privileged access workstations); the same rules; default: nowhere. [in place: security group rules of passive generations]",
    },
    jumpHost: {
      type: "object",
      additionalProperties: false,
      required: ["host", "user", "hostKey"],
      properties: {
        host: { type: "string", minLength: 1, description: "Name or address of the jump host. [in place]" },
        port: { type: "integer", minimum: 1, maximum: 65535, default: 22, description: "Its SSH port. [in place]" },
        user: { type: "string", minLength: 1, description: "Login on the jump host. [in place]" },
        hostKey: {
          type: "string",
          pattern: "^(ssh-ed25519|ecdsa-sha2-nistp[0-9]+) [A-Za-z0-9+/=]+( .*)?$",
          description:
            "Its public host key, one line of known_hosts without the host. ssh-rsa is refused: the SSH client would offer SHA-1 only. [in place]",
        },
      },
      description:
        "Jump host; default: none, the server is reached directly at its private address. [in place: commands run again, look first, change nothing]",
    },
    hostKeyRefresh: {
      type: "integer",
      minimum: 0,
      default: 0,
      description:
        "Another number runs the run command again and reads the servers' SSH host keys anew, when they were changed on purpose. [in place: nothing else on the server changes]",
    },
  },
  description: "Remote access. [see its parts]",
} as const;
