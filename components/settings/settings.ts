import { type Output, RunError } from "@pulumi/pulumi";

/**
 * The settings of one server, complete: defaults filled in, all checks passed. Plain values, since names, counts and
 * order are planned from them before the first resource; the three secrets stay Outputs.
 *
 * What a change of a setting does to a running server is said in `schema.ts`, where users read it.
 */
export interface Settings {
  readonly location: string;
  readonly server: ServerSettings;
  readonly network: NetworkSettings;
  readonly access: AccessSettings;
  readonly domain: { readonly name: string };
  readonly connect: ConnectSettings;
  readonly gate: { readonly waitMinutes: number; readonly pollSeconds: number };
  readonly backup: BackupSettings;
  readonly tags: Readonly<Record<string, string>>;
}

export interface ServerSettings {
  readonly name: string;
  readonly generations: readonly number[];
  readonly activeGeneration?: number;
  readonly synchronizedObjects: number;
  readonly size: string;
  readonly osDiskSizeGB: number;
  readonly image: ImageSettings;
  readonly zone?: string;
  readonly administratorName: string;
  readonly licenseType?: "Windows_Server";
  readonly timeZone: string;
  readonly encryptionAtHost: boolean;
  readonly retirementOverrides: readonly RetirementOverride[];
  readonly acknowledgedPassThroughAgents: readonly ReasonedException[];
  readonly reinstatements: readonly ReasonedException[];
}

export interface ImageSettings {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  readonly version: string;
}

/** An exception for one generation. The reason is kept in the evidence on the server. */
export interface ReasonedException {
  readonly generation: number;
  readonly reason: string;
}

export interface RetirementOverride extends ReasonedException {
  /** Not asked at all: gone, or out of reach. */
  readonly lost: boolean;
}

export interface NetworkSettings {
  /** `new`: virtual network, subnet and NAT gateway are ours. `existing`: only the network interface and its security group. */
  readonly kind: "new" | "existing";
  readonly addressSpace?: string;
  readonly existingSubnetId?: string;
  readonly subnetPrefix: string;
  readonly firstServerAddress: string;
  readonly domainControllers: readonly string[];
  readonly dnsServers: readonly string[];
  readonly peerVirtualNetworkId?: string;
}

export interface AccessSettings {
  readonly managementSources: readonly string[];
  readonly remoteDesktopSources: readonly string[];
  readonly jumpHost?: JumpHostSettings;
}

export interface JumpHostSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey: string;
}

export type DatabaseSettings =
  | { readonly kind: "localdb" }
  | { readonly kind: "sqlServer"; readonly server: string; readonly instance?: string; readonly name: string };

export type ServiceAccountSettings = { readonly kind: "virtual" } | { readonly kind: "managed"; readonly name: string };

export interface ConnectSettings {
  readonly version: string;
  readonly installer: { readonly path: string; readonly sha256: string; readonly signer: string };
  readonly settingsFile: { readonly path: string; readonly sha256: string };
  readonly installLocation?: string;
  readonly database: DatabaseSettings;
  readonly serviceAccount: ServiceAccountSettings;
  readonly features: {
    readonly passwordWriteback: boolean;
    readonly passThroughAuthentication: boolean;
    readonly seamlessSingleSignOn: boolean;
  };
}

export interface BackupSettings {
  readonly enabled: boolean;
  readonly retentionDays: number;
  readonly time: string;
  readonly timeZone: string;
  readonly redundancy: "GeoRedundant" | "LocallyRedundant" | "ZoneRedundant";
  readonly immutability: "Disabled" | "Unlocked" | "Locked";
}

/** The only secrets there are. Nothing else may be secret, and these may not be anything else. */
export interface Secrets {
  readonly administratorPassword: Output<string>;
  readonly sshPrivateKey: Output<string>;
  readonly jumpHostPrivateKey?: Output<string>;
}

/** One thing wrong with the settings: where, what, and what to write instead. */
export interface Problem {
  readonly path: string;
  readonly problem: string;
  readonly write: string;
}

/**
 * All problems of the settings at once. Thrown before the first resource, so that nothing was touched; a RunError, so
 * that the engine prints the text and no stack trace.
 */
export class SettingsError extends RunError {
  constructor(readonly problems: readonly Problem[]) {
    super(
      [
        `The settings have ${problems.length === 1 ? "a problem" : `${problems.length} problems`}. Nothing was touched.`,
        ...problems.map((each) => `  ${each.path}: ${each.problem}\n    write: ${each.write}`),
      ].join("\n"),
    );
  }
}
