import type { Acceptance } from "../accepted";
import type { Thresholds } from "../exports";
import type { ExportsGiven } from "../pair";
import type { TenantAnswers } from "../pair/graph";
import type { PowerAnswer } from "../pair/power";
import type { Clock, Finding, MadeFrom } from "../verdict";
import type { Reading } from "./model";

export interface LookInput {
  /** Folder of the record; made if it is not there. One for a pair, in a place that everybody who may switch shares. */
  readonly record: string;
  /** Archive of the server that is to be demoted; may be missing, or old, where it cannot be reached. */
  readonly active?: string;
  /** Archive of the server that is to be promoted. */
  readonly staging: string;
  /** Computer name of the server to be demoted, where it cannot be reached. */
  readonly unreachable?: string;
  readonly exports?: readonly ExportsGiven[];
  /** Recorded answers of Microsoft Graph. */
  readonly graph?: readonly string[];
  /** Answers of az vm get-instance-view. */
  readonly power?: readonly string[];
  /** The two change places. */
  readonly rollback?: boolean;
  /** The day on which it is looked at again, or that it has ended. */
  readonly cloudSync?: string | "ended";
  /** `NAME=2026-11-26T12:00:00Z`: since when the outbound connections of a machine are cut. */
  readonly outboundCut?: readonly string[];
  /** Codes of findings to go past. */
  readonly overrides?: readonly string[];
  /** Who says what needs saying, and why. */
  readonly by?: string;
  readonly reason?: string;
  /** Roles and fences may be this old; default 60. */
  readonly maxAgeMinutes?: number;
  /** Exports may be this old; default 24. */
  readonly evidenceHours?: number;
  readonly thresholds?: Thresholds;
  /** Default: the tenant's own, where Graph says it. */
  readonly tenantDeleteThreshold?: number | "off";
  readonly restoredDatabase?: boolean;
  readonly acceptances?: readonly Acceptance[];
  readonly clock?: Clock;
  /** Who calls, for the record. */
  readonly caller: { readonly account: string; readonly host: string };
  readonly progress?: (doing: string) => void;
}

/** Everything that was read of the inputs, before anything is concluded. */
export interface Gathered {
  readonly source: Reading | null;
  readonly target: Reading;
  readonly tenant: TenantAnswers | null;
  readonly powers: readonly PowerAnswer[];
  /** Azure's identity of each machine, by computer name, as far as its own archive says it. */
  readonly vmIds: Readonly<Record<string, string>>;
  readonly readiness: readonly Finding[];
  readonly inputs: readonly MadeFrom[];
}
