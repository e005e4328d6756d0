import { prefix } from "./forms";

export const access = {
  type: "object",
  additionalProperties: false,
  properties: {
    managementSources: {
      type: "array",
      items: prefix,
      minItems: 1,
      description:
        "Where SSH may come from: the jump host, or the machine that runs Pulumi. Prefixes that do not overlap; public ones /24 or narrower, shared address space (100.64.0.0/10) /16 or narrower, private ones inside one private range. Required, but with a tunnel: then SSH comes from Bastion's subnet alone, and this is left out. [in place: security group rules of passive generations]",
    },
    remoteDesktopSources: {
      type: "array",
      items: prefix,
      default: [],
      description:
        "Where the operator's remote desktop may come from (privileged access workstations; the subnet of `bastion` is let in by itself); the same rules; default: nowhere. [in place: security group rules of passive generations]",
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
    tunnel: {
      type: "object",
      additionalProperties: false,
      required: ["port"],
      properties: {
        port: {
          type: "integer",
          minimum: 1024,
          maximum: 64000,
          description:
            "Base of the local ports: the server of generation N is reached at 127.0.0.1, port + N, the same on every machine that runs Pulumi. [in place: commands run again, look first, change nothing]",
        },
      },
      description:
        "The servers are reached through Bastion's native client: `az network bastion tunnel` of the Azure CLI runs beside `pulumi up` (docs/network.md has it for a pipeline). Needs `bastion`; not together with jumpHost. Default: none. [in place: commands run again, look first, change nothing]",
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
