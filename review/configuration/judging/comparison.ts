import type { Finding } from "../../verdict";
import type { DifferenceClass } from "../classes";
import { movingAt } from "../known/moving";
import { lastName } from "../known/secrets";
import type { ServerConfiguration } from "../model";
import { Folded, type FoldReason } from "./folded";
import { hasGuid, Identities } from "./identities";
import { toolFor } from "./tools";

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
  /** One side at least is a settings file, which holds less. */
  readonly partial: boolean;
  /** The two are of one kind, so what only one of them has is a difference. */
  readonly sameKind: boolean;
  /**
   * The Entra connector has the same identifier on every server. Where an export lacks it, identifiers were replaced
   * (anonymized), so those of forests, domains and tenants say nothing either.
   */
  readonly identifiersReplaced: boolean;

  constructor(
    readonly active: ServerConfiguration,
    readonly staging: ServerConfiguration,
    /** Both are of one server: what two servers must have of their own is the same here. */
    readonly oneServer = false,
  ) {
    this.builds = compareBuilds(active.version, staging.version);
    this.partial = active.partial === true || staging.partial === true;
    this.sameKind = active.partial === staging.partial;
    this.identifiersReplaced = [active, staging].some(replaced);
  }

  get buildsDiffer(): boolean {
    return this.builds === "active-newer" || this.builds === "staging-newer";
  }

  /** For a cause: `1.1.130.0 on the active server, 2.6.92.0 on the staging server`. */
  get versions(): string {
    return `${this.active.version ?? "unknown"} on the active server, ${this.staging.version ?? "unknown"} on the staging server`;
  }

  /** In the order of keys that every report has. */
  add({ code, severity, class: kind, subject, title, active, staging, cause, next, tool }: Difference): void {
    const told = { code, severity, class: kind, subject, title, active, staging, cause, next };
    const by = next === "" ? undefined : (tool ?? toolFor(code));
    this.differences.push(by === undefined ? told : { ...told, tool: by });
  }

  /**
   * Judges two values that sit at the same place without typed meaning. True: no difference, and what had to be
   * folded for that is counted.
   */
  sameRaw(place: string, path: string, active: string, staging: string): boolean {
    if (active === staging) return true;
    const reason = movingAt(lastName(path)) ?? this.noiseIn(path, active, staging);
    if (reason !== undefined) this.folded.add(reason, place);
    return reason !== undefined;
  }

  private noiseIn(path: string, active: string, staging: string): FoldReason | undefined {
    if (active.toLowerCase() === staging.toLowerCase() && caseless.test(active)) return "case";
    const whole = namesMachine.test(lastName(path));
    const here = withoutServerName(active, this.active.serverName, whole);
    const there = withoutServerName(staging, this.staging.serverName, whole);
    if (here === there) return "server-name";
    if (hasGuid(active) && this.identities.sameText(here, there)) return "identifier";
    return undefined;
  }
}

const entraConnectorId = "{b891884f-051e-4a83-95af-2544101c9083}";

function replaced({ connectors, partial }: ServerConfiguration): boolean {
  return !partial && connectors.some(({ kind, id }) => kind === "entra" && id !== entraConnectorId);
}

/** Truth values, DNS names and distinguished names. */
const caseless = /^(true|false|[\w-]+(\.[\w-]+)+|(dc|ou|cn)=.+)$/i;

/** Only there can a lone word be the name of the machine; elsewhere it may be a department. */
const namesMachine = /(server|host|computer|machine|source)(name)?$/i;

/**
 * The machine's name where it names the machine: alone in a place for it, in a host name, an account (`DOMAIN\NAME$`), a
 * URL, or in the account `Sync_<server>_<identifier>` that the wizard makes. Not as any word of a text or name.
 */
function withoutServerName(text: string, server: string | undefined, whole: boolean): string {
  const plain = text.replace(/\bSync_[^_@\s]+_[0-9a-f]{12}(?=@|$)/gi, "Sync_<server>");
  if (server === undefined || server === "") return plain;
  if (whole && plain.trim().toLowerCase() === server.toLowerCase()) return "<server>";
  const name = server.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return plain
    .replace(new RegExp(`(^|[\\\\/@])${name}(?=\\$|[\\\\/:]|\\.[a-z0-9-]+\\.)`, "gi"), "$1<server>")
    .replace(new RegExp(`(\\\\\\\\|//)${name}(?![\\w.-])`, "gi"), "$1<server>");
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
