import type { Severity } from "../../review/verdict";
import type { GenerationSettings, Settings } from "../settings/settings";

/** What the rows of the port table are made of. */

export type Protocol = "Tcp" | "Udp";

/** Uses of Entra Connect that need ports of their own. */
export interface PortFeatures {
  readonly passwordWriteback: boolean;
  readonly passThroughAuthentication: boolean;
  readonly seamlessSingleSignOn: boolean;
}

/** The server that rows are asked for. */
export interface Asked {
  readonly settings: Pick<Settings, "network" | "domain" | "archive" | "location" | "monitoring">;
  readonly block: Pick<GenerationSettings, "features" | "connect">;
}

export type Destination =
  | { readonly kind: "domainControllers" }
  | { readonly kind: "dnsServers" }
  /** Servers that the settings name. */
  | { readonly kind: "database" | "proxy" | "wsus" }
  /** Addresses that Microsoft publishes, with the names that they belong to. */
  | { readonly kind: "published"; readonly addresses: readonly string[]; readonly hosts: readonly string[] }
  /** The archive's storage account: its private endpoint, else the service tag of its region. */
  | { readonly kind: "archive" }
  /** An Azure service tag: a rule takes one, never a host name. */
  | { readonly kind: "serviceTag"; readonly tag: string };

export interface PortRow {
  /** Stable: part of the rule's name in Azure. */
  readonly name: string;
  /** Of its first rule, a second protocol has the next one. Fixed for ever, so that a row that comes moves no other. */
  readonly priority: number;
  readonly destination: Destination;
  readonly protocols: readonly Protocol[];
  /** Where the settings decide, with words for the table. */
  readonly ports: string | { readonly said: string; readonly of: (asked: Asked) => readonly string[] };
  /** At most 140 characters: it stands in the rule. */
  readonly why: string;
  /** Who needs it, for people. */
  readonly neededBy: string;
  readonly needed: (asked: Asked) => boolean;
  readonly probe: Probing;
  /** How bad it is that no target answers: `blocking` where the wizard cannot go on without it. */
  readonly whenAllClosed: Severity | ((asked: Asked) => Severity);
  readonly source: string;
}

/** What proves the row from inside the server, or why nothing does. */
export type Probing =
  | { readonly by: "connect" | "time"; readonly where?: (asked: Asked) => boolean; readonly said?: string }
  | { readonly by: "nothing"; readonly because: string };
