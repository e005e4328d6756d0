import { retirementSettings } from "./retirementSchema";

/**
 * The settings as users write them (Pulumi.<stack>.yaml). Every description says what a change does to a running
 * server: [in place], [rebuild: raise the generation], or [refused].
 */

const ipv4 = { type: "string", format: "ipv4" } as const;
const cidr = { type: "string", pattern: "^[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}$" } as const;
const sha256 = { type: "string", pattern: "^[0-9A-Fa-f]{64}$" } as const;

const server = {
  type: "object",
  additionalProperties: false,
  required: ["name", "image"],
  oneOf: [{ required: ["generation"] }, { required: ["generations"] }],
  properties: {
    name: {
      type: "string",
      pattern: "^[a-z][a-z0-9-]*[a-z0-9]$",
      maxLength: 12,
      description:
        "Base name. Resource and computer names are <name>-g<generation>, at most 15 characters. [refused: it would be another server]",
    },
    generation: {
      type: "integer",
      minimum: 1,
      description:
        "Short for generations: [n]. Raising it builds the replacement beside the old server, proves it, then retires the old one.",
    },
    generations: {
      type: "array",
      items: { type: "integer", minimum: 1 },
      minItems: 1,
      maxItems: 4,
      uniqueItems: true,
      description:
        "The generations that exist side by side. Adding one builds it; taking one out retires it, behind its guard.",
    },
    activeGeneration: {
      type: "integer",
      minimum: 1,
      description:
        "The generation that is now the active server, after a role switch. Its commands become no-ops and it cannot be taken out. [in place; nothing on the server changes]",
    },
    synchronizedObjects: {
      type: "integer",
      minimum: 1,
      default: 50000,
      description:
        "Objects in Active Directory that are synchronized; decides size, disk and whether LocalDB is enough. [checked only]",
    },
    size: {
      type: "string",
      pattern: "^Standard_[A-Za-z0-9_]+$",
      description: "Virtual machine size; default from synchronizedObjects. [rebuild: raise the generation]",
    },
    osDiskSizeGB: {
      type: "integer",
      minimum: 127,
      maximum: 4095,
      description: "Operating system disk in GiB; default from synchronizedObjects. [rebuild: raise the generation]",
    },
    image: {
      type: "object",
      additionalProperties: false,
      required: ["version"],
      properties: {
        publisher: { type: "string", default: "MicrosoftWindowsServer" },
        offer: { type: "string", default: "WindowsServer" },
        sku: {
          type: "string",
          default: "2022-datacenter-g2",
          description: "A Generation 2 image with the desktop; Server Core is not supported by Entra Connect.",
        },
        version: {
          type: "string",
          pattern: "^[0-9]+\\.[0-9]+\\.[0-9]+$",
          description: "Exact image version, <build>.<revision>.<yymmdd>; never latest.",
        },
      },
      description: "Marketplace image, pinned. [rebuild: raise the generation]",
    },
    zone: { type: "string", enum: ["1", "2", "3"], description: "Availability zone. [rebuild: raise the generation]" },
    administratorName: {
      type: "string",
      pattern: "^[a-z][a-z0-9-]{0,19}$",
      default: "aadcadmin",
      description: "Local administrator, also the SSH login. [rebuild: raise the generation]",
    },
    licenseType: { type: "string", enum: ["Windows_Server"], description: "Azure Hybrid Benefit. [in place]" },
    timeZone: {
      type: "string",
      default: "UTC",
      description: "Windows time zone name. [rebuild: raise the generation]",
    },
    encryptionAtHost: {
      type: "boolean",
      default: true,
      description:
        "Needs the feature Microsoft.Compute/EncryptionAtHost registered in the subscription. [rebuild: raise the generation]",
    },
    ...retirementSettings,
  },
} as const;

const network = {
  type: "object",
  additionalProperties: false,
  required: ["subnetPrefix", "domainControllers"],
  properties: {
    existingSubnetId: {
      type: "string",
      pattern:
        "^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.Network/virtualNetworks/[^/]+/subnets/[^/]+$",
      description:
        "Resource id of a subnet with its own egress path. Without it a network of our own is made. [refused: build another server in a stack of its own]",
    },
    addressSpace: { ...cidr, description: "Address space of a network of our own. [in place where Azure allows it]" },
    subnetPrefix: {
      ...cidr,
      description:
        "Prefix of the subnet, of our own or existing. [refused: build another server in a stack of its own]",
    },
    firstServerAddress: {
      ...ipv4,
      description:
        "Private address of generation 1; generation n gets the n-th from there. Default: the 11th address of the subnet. [rebuild: raise the generation]",
    },
    domainControllers: {
      type: "array",
      items: ipv4,
      minItems: 1,
      uniqueItems: true,
      description: "Addresses of writable domain controllers, of every forest. [in place: security group rules]",
    },
    dnsServers: {
      type: "array",
      items: ipv4,
      minItems: 1,
      uniqueItems: true,
      description:
        "DNS servers of the server's network interface; default: the domain controllers. [in place; needs a restart of the server]",
    },
    peerVirtualNetworkId: {
      type: "string",
      pattern: "^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.Network/virtualNetworks/[^/]+$",
      description: "Hub to peer a network of our own with. The hub's owner makes the other half. [in place]",
    },
  },
} as const;

const access = {
  type: "object",
  additionalProperties: false,
  required: ["managementSources"],
  properties: {
    managementSources: {
      type: "array",
      items: cidr,
      minItems: 1,
      description: "Where SSH may come from: the jump host, or the machine that runs Pulumi. [in place]",
    },
    remoteDesktopSources: {
      type: "array",
      items: cidr,
      default: [],
      description:
        "Where the operator's remote desktop may come from (Bastion's subnet, privileged access workstations). [in place]",
    },
    jumpHost: {
      type: "object",
      additionalProperties: false,
      required: ["host", "user", "hostKey"],
      properties: {
        host: { type: "string", minLength: 1 },
        port: { type: "integer", minimum: 1, maximum: 65535, default: 22 },
        user: { type: "string", minLength: 1 },
        hostKey: {
          type: "string",
          pattern: "^(ssh-ed25519|ecdsa-sha2-nistp[0-9]+) [A-Za-z0-9+/=]+( .*)?$",
          description:
            "Its public host key, one line of known_hosts without the host. ssh-rsa is refused: the SSH client would offer SHA-1 only.",
        },
      },
      description:
        "Jump host; without it the server is reached directly at its private address. [in place: commands run again, look first, change nothing]",
    },
  },
} as const;

const connect = {
  type: "object",
  additionalProperties: false,
  required: ["version", "installer", "settingsFile"],
  properties: {
    version: {
      type: "string",
      pattern: "^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$",
      description:
        "Product version of the installer. A higher one is an in-place upgrade of the passive server. [in place, through the gate]",
    },
    installer: {
      type: "object",
      additionalProperties: false,
      required: ["path", "sha256"],
      properties: {
        path: {
          type: "string",
          minLength: 1,
          description: "AzureADConnect.msi from the Entra admin center, on the machine that runs Pulumi.",
        },
        sha256: { ...sha256, description: "SHA-256 of that file." },
        signer: {
          type: "string",
          minLength: 1,
          default: "Microsoft Corporation",
          description: "CN or O of its Authenticode signer.",
        },
      },
    },
    settingsFile: {
      type: "object",
      additionalProperties: false,
      required: ["path", "sha256"],
      properties: {
        path: {
          type: "string",
          minLength: 1,
          description: "Settings file exported from the active server; never edited.",
        },
        sha256: { ...sha256, description: "SHA-256 of that file." },
      },
    },
    installLocation: {
      type: "string",
      pattern: '^[A-Za-z]:\\\\[^<>:"|?*]+$',
      description: "Custom install location, entered on the wizard's page. [rebuild: raise the generation]",
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
            server: { type: "string", minLength: 1 },
            instance: { type: "string", minLength: 1 },
            name: { type: "string", minLength: 1, description: "Database name; default ADSync." },
          },
        },
      ],
      default: { kind: "localdb" },
      description:
        "SQL Server Express LocalDB, or an existing SQL Server entered on the wizard's page. [rebuild: raise the generation]",
    },
    serviceAccount: {
      oneOf: [
        { type: "object", additionalProperties: false, required: ["kind"], properties: { kind: { const: "virtual" } } },
        {
          type: "object",
          additionalProperties: false,
          required: ["kind", "name"],
          properties: { kind: { const: "managed" }, name: { type: "string", pattern: "^[^\\\\]+\\\\[^\\\\]+\\$$" } },
        },
      ],
      default: { kind: "virtual" },
      description:
        "Account of the synchronization service; settable only at first installation. [rebuild: raise the generation]",
    },
    features: {
      type: "object",
      additionalProperties: false,
      default: {},
      properties: {
        passwordWriteback: { type: "boolean", default: false },
        passThroughAuthentication: { type: "boolean", default: false },
        seamlessSingleSignOn: { type: "boolean", default: false },
      },
      description:
        "What the active server uses, as far as it decides ports and hazards. [in place: security group rules]",
    },
  },
} as const;

const backup = {
  type: "object",
  additionalProperties: false,
  default: {},
  properties: {
    enabled: { type: "boolean", default: true },
    retentionDays: {
      type: "integer",
      minimum: 7,
      maximum: 9999,
      default: 30,
      description: "Daily recovery points kept, in days. [in place]",
    },
    time: {
      type: "string",
      pattern: "^([01][0-9]|2[0-3]):(00|30)$",
      default: "02:00",
      description: "Daily snapshot, on the half hour. [in place]",
    },
    timeZone: { type: "string", default: "UTC" },
    redundancy: {
      type: "string",
      enum: ["GeoRedundant", "LocallyRedundant", "ZoneRedundant"],
      default: "GeoRedundant",
      description: "Fixed by Azure once something is protected. [refused by Azure afterwards]",
    },
    immutability: {
      type: "string",
      enum: ["Disabled", "Unlocked", "Locked"],
      default: "Disabled",
      description: "Immutability of the vault; Locked cannot be undone. [in place]",
    },
  },
} as const;

export const settingsSchema = {
  type: "object",
  additionalProperties: false,
  required: ["location", "server", "network", "access", "domain", "connect"],
  properties: {
    location: {
      type: "string",
      pattern: "^[a-z0-9]+$",
      description: "Azure region, short name. [refused: build another server in a stack of its own]",
    },
    server,
    network,
    access,
    domain: {
      type: "object",
      additionalProperties: false,
      required: ["name"],
      properties: {
        name: {
          type: "string",
          pattern: "^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$",
          description: "Active Directory domain the server is a member of, by its DNS name.",
        },
      },
    },
    connect,
    gate: {
      type: "object",
      additionalProperties: false,
      default: {},
      properties: {
        waitMinutes: {
          type: "integer",
          minimum: 0,
          maximum: 600,
          default: 60,
          description:
            "How long `up` waits for the operator at the wizard; 0: not at all, the next `up` goes on. [in place]",
        },
        pollSeconds: {
          type: "integer",
          minimum: 5,
          maximum: 60,
          default: 30,
          description: "Seconds between two looks at the gate. [in place]",
        },
      },
    },
    backup,
    tags: {
      type: "object",
      additionalProperties: { type: "string", maxLength: 256 },
      default: {},
      description: "On every resource that takes tags. [in place]",
    },
  },
} as const;

export const secretNames = ["administratorPassword", "sshPrivateKey", "jumpHostPrivateKey"] as const;
export type SecretName = (typeof secretNames)[number];
