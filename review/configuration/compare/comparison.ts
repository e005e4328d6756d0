import type { Finding } from "../../verdict";
import type { ServerConfiguration } from "../model";
import { Folded, type FoldReason } from "./folded";
import { hasGuid, Identities } from "./identities";

export const classes = ["expected", "build-difference", "known-import-gap", "your-change", "unexplained"] as const;
export type DifferenceClass = (typeof classes)[number];

export interface Difference extends Finding {
  readonly class: DifferenceClass;
}

export type Builds = "same" | "staging-newer" | "active-newer" | "unknown";

/** State of one comparison: the two sides, what was found, what was folded, which identifiers stand for each other. */
export class Comparison {
  readonly differences: Difference[] = [];
  readonly folded = new Folded();
  readonly identities = new Identities();
  readonly builds: Builds;

  constructor(
    readonly active: ServerConfiguration,
    readonly staging: ServerConfiguration,
  ) {
    this.builds = compareBuilds(active.version, staging.version);
  }

  get buildsDiffer(): boolean {
    return this.builds === "active-newer" || this.builds === "staging-newer";
  }

  /** For a cause: `1.1.130.0 on the active server, 2.6.92.0 on the staging server`. */
  get versions(): string {
    return `${this.active.version ?? "unknown"} on the active server, ${this.staging.version ?? "unknown"} on the staging server`;
  }

  /** In the order of keys that every report has. */
  add({ code, severity, class: kind, subject, title, active, staging, cause, next }: Difference): void {
    this.differences.push({ code, severity, class: kind, subject, title, active, staging, cause, next });
  }

  /**
   * Judges two values that sit at the same place without typed meaning. True: no difference, and what had to be
   * folded for that is counted.
   */
  sameRaw(place: string, path: string, active: string, staging: string): boolean {
    if (active === staging) return true;
    const reason = noiseAt(path) ?? this.noiseIn(active, staging);
    if (reason !== undefined) this.folded.add(reason, place);
    return reason !== undefined;
  }

  private noiseIn(active: string, staging: string): FoldReason | undefined {
    if (active.toLowerCase() === staging.toLowerCase() && caseless.test(active)) return "case";
    const here = withoutServerName(active, this.active.serverName);
    const there = withoutServerName(staging, this.staging.serverName);
    if (here === there) return "server-name";
    if (hasGuid(active) && this.identities.sameText(here, there)) return "identifier";
    return undefined;
  }
}

/** Truth values, DNS names and distinguished names. */
const caseless = /^(true|false|[\w-]+(\.[\w-]+)+|(dc|ou|cn)=.+)$/i;

function noiseAt(path: string): FoldReason | undefined {
  const last = path.slice(path.lastIndexOf("/") + 1);
  if (
    /^(creation-time|last-modification-time|modified-timestamp|parameter\[Microsoft\.Synchronize\.NextStartTime\])$/i.test(
      last,
    )
  )
    return "date";
  if (/^(cookie|water-mark|last-dc|parameter\[(cookie|last-dc)\])$/i.test(last)) return "import-state";
  if (last === "version") return "counter";
  if (last === "id" || last === "internal-id") return "identifier";
  return undefined;
}

/** The name itself, and the account `Sync_<server>_<identifier>` that the wizard makes for each server. */
function withoutServerName(text: string, server: string | undefined): string {
  const plain = text.replace(/\bSync_[^_@\s]+_[0-9a-f]{12}(?=@|$)/gi, "Sync_<server>");
  if (server === undefined || server === "") return plain;
  const name = server.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return plain.replace(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, "gi"), "<server>");
}

function compareBuilds(active: string | undefined, staging: string | undefined): Builds {
  const here = numbers(active);
  const there = numbers(staging);
  if (here === undefined || there === undefined) return active !== undefined && active === staging ? "same" : "unknown";
  for (let index = 0; index < Math.max(here.length, there.length); index++) {
    const difference = (here[index] ?? 0) - (there[index] ?? 0);
    if (difference !== 0) return difference > 0 ? "active-newer" : "staging-newer";
  }
  return "same";
}

function numbers(version: string | undefined): readonly number[] | undefined {
  return version !== undefined && /^\d+(\.\d+)*$/.test(version) ? version.split(".").map(Number) : undefined;
}
