import { ipv4, reason, sha256, until } from "./forms";
import { portNumber } from "./outboundSchema";

/** Entra Connect in one generation: product, what it is installed from, and what the wizard's pages are given. */

const rebuild = "[rebuild: write another generation block]";

export const connect = {
  type: "object",
  additionalProperties: false,
  required: ["version", "installer"],
  properties: {
    version: {
      type: "string",
      pattern: "^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$",
      description:
        "Product version of the installer. A higher one later upgrades this generation only. [in place, through the gate; on an active generation nothing changes]",
    },
    installer: {
      type: "object",
      additionalProperties: false,
      required: ["sha256"],
      properties: {
        path: {
          type: "string",
          minLength: 1,
          description:
            "AzureADConnect.msi from the Entra admin center, on the machine that runs Pulumi; needed in YAML, and looked at only when it will be copied. [in place: another path of the same file changes nothing]",
        },
        sha256: {
          ...sha256,
          description: "SHA-256 of that file. [in place: belongs to the version and changes with it]",
        },
        signer: {
          type: "string",
          minLength: 1,
          default: "Microsoft Corporation",
          description: "CN or O of its Authenticode signer. [in place: asked at an installation]",
        },
      },
      description: "The installer; nothing else is ever installed. [in place, through the gate]",
    },
    settingsFile: {
      type: "object",
      additionalProperties: false,
      required: ["sha256"],
      properties: {
        path: {
          type: "string",
          minLength: 1,
          description:
            "Settings file exported from the active server, never edited; needed in YAML. The file itself has to be there when it is copied; it is read once where it is there. [in place: another path of the same file changes nothing]",
        },
        sha256: {
          ...sha256,
          description:
            "SHA-256 of that file. [rebuild: the wizard imports the file only at installation; a changed one is delivered and not imported, with a finding. Write another generation block]",
        },
        importAnyway: {
          type: "object",
          additionalProperties: false,
          required: ["reason", "until"],
          properties: { reason, until },
          description:
            "Lets the file be imported although something in it is known to break the import, or is another server's: the refusal becomes a warning. [in place: counts until the gate is passed]",
        },
      },
      description:
        "The settings file that the wizard imports; it, or withoutSettingsFile. [rebuild: a changed file is delivered and not imported; write another generation block]",
    },
    withoutSettingsFile: {
      type: "object",
      additionalProperties: false,
      required: ["reason"],
      properties: { reason },
      description:
        "In place of settingsFile, where there is no active server left to export one from: the operator goes through a custom installation page by page, and the server cannot be compared with another. [rebuild: the wizard installs once; write another generation block]",
    },
    installLocation: {
      type: "string",
      pattern: '^[A-Za-z]:\\\\[^<>:"|?*]+$',
      description: `Custom install location, entered on the wizard's page; default: the wizard's own. The machine is made with its system disk C: alone: another drive is a warning, the temporary disk D: of sizes that have one is refused. ${rebuild}`,
    },
    database: {
      oneOf: [
        {
          type: "object",
          additionalProperties: false,
          required: ["kind"],
          properties: { kind: { const: "localdb" } },
        },
        {
          type: "object",
          additionalProperties: false,
          required: ["kind", "server"],
          properties: {
            kind: { const: "sqlServer" },
            server: { type: "string", minLength: 1, description: `Host of an existing SQL Server. ${rebuild}` },
            instance: {
              type: "string",
              minLength: 1,
              description: `Its instance; default: the default one. ${rebuild}`,
            },
            name: { type: "string", minLength: 1, description: `Database name; default ADSync. ${rebuild}` },
            port: {
              ...portNumber,
              description:
                "TCP port of the instance; default: 1433 of the default instance. Of a named instance without it the port is asked of SQL Server's browser (UDP 1434), and the dynamic range 49152-65535 is opened: fix the port instead. Entered on the wizard's page. [in place: security group rules; the wizard's entry stays as it was]",
            },
            addresses: {
              type: "array",
              items: ipv4,
              minItems: 1,
              uniqueItems: true,
              description:
                "Addresses of the SQL Server: the rule opens these only; default: the whole virtual network with what it is connected to (service tag VirtualNetwork), or server, where that is an address. [in place: security group rules]",
            },
          },
        },
      ],
      default: { kind: "localdb" },
      description: `SQL Server Express LocalDB (default, up to about 100,000 objects), or an existing SQL Server entered on the wizard's page. ${rebuild}`,
    },
    serviceAccount: {
      oneOf: [
        { type: "object", additionalProperties: false, required: ["kind"], properties: { kind: { const: "virtual" } } },
        {
          type: "object",
          additionalProperties: false,
          required: ["kind", "name"],
          properties: {
            kind: { const: "managed" },
            name: {
              type: "string",
              pattern: "^[^\\\\]+\\\\[^\\\\]+\\$$",
              description: `Group managed service account, DOMAIN\\account$. ${rebuild}`,
            },
          },
        },
      ],
      default: { kind: "virtual" },
      description: `Account of the synchronization service, settable only at first installation: virtual (default) or managed. ${rebuild}`,
    },
  },
  description: "Entra Connect in this generation. [see its parts]",
} as const;
