/** The domain, and how a new server becomes a member of it (docs/joining.md). */

const noRejoin = "[in place: for servers that are still to be joined; a server that is a member is never joined again]";

export const domain = {
  type: "object",
  additionalProperties: false,
  required: ["name"],
  properties: {
    name: {
      type: "string",
      pattern: "^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$",
      description:
        "Active Directory domain the server is a member of, by its DNS name. [refused by the server, which is a member of another: write another generation block]",
    },
    join: {
      type: "object",
      additionalProperties: false,
      default: {},
      properties: {
        method: {
          type: "string",
          enum: ["operator", "offlineBlob", "machinePassword"],
          default: "operator",
          description: `Who joins a new server. operator: you do, and \`up\` stops at the prerequisites until it is done. offlineBlob (recommended): from a file that \`djoin /provision\` wrote for this server's computer account, without a domain controller in reach at that moment. machinePassword: with the one-time password of a computer account that you made beforehand. Both need the generation's secret in domainJoinSecrets and restart the server once. There is no way with a join account: no credential of the domain that could be used twice is kept anywhere. ${noRejoin}`,
        },
        organizationalUnit: {
          type: "string",
          pattern: "^(OU|CN)=([^,\\\\]|\\\\.)+(,(OU|CN|DC)=([^,\\\\]|\\\\.)+)+$",
          description: `Distinguished name of the organizational unit for the computer account, for example OU=Tier0,DC=corp,DC=contoso,DC=com; named in the commands that you run on a member of the domain. Default: the domain's own container. ${noRejoin}`,
        },
        domainController: {
          type: "string",
          pattern: "^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$",
          description: `DNS name of the one domain controller that the account is made on, and with machinePassword joined at, so that replication is not waited for. Default: any. ${noRejoin}`,
        },
      },
      description: "How a new server becomes a member of the domain. [see its parts]",
    },
  },
  description: "The domain. [see its parts]",
} as const;
