import { noGuid } from "../read/values";

const guids = /\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?/gi;

/**
 * Which identifier of one server stands for which of the other. Two values that differ in identifiers only are the
 * same exactly if every identifier always has the same counterpart: a consistent renaming, not a different reference.
 */
export class Identities {
  private readonly toStaging = new Map<string, string>();
  private readonly toActive = new Map<string, string>();

  /** Records a counterpart; false if either already has another one. */
  pair(active: string, staging: string): boolean {
    const a = bare(active);
    const s = bare(staging);
    const nothing = bare(noGuid);
    if (a === nothing || s === nothing) return a === s;
    const known = this.toStaging.get(a);
    const knownBack = this.toActive.get(s);
    if (known !== undefined || knownBack !== undefined) return known === s && knownBack === a;
    this.toStaging.set(a, s);
    this.toActive.set(s, a);
    return true;
  }

  /** True if both are recorded, and for each other. Records nothing. */
  arePaired(active: string, staging: string): boolean {
    return this.toStaging.get(bare(active)) === bare(staging);
  }

  /** True if the texts are equal once identifiers are read as what they stand for. */
  sameText(active: string, staging: string): boolean {
    if (skeleton(active) !== skeleton(staging)) return false;
    const here = active.match(guids) ?? [];
    const there = staging.match(guids) ?? [];
    return here.length === there.length && here.every((id, index) => this.pair(id, there[index] ?? ""));
  }

  /** Like `sameText`, but only identifiers already known to be counterparts may differ: for texts that people write. */
  sameWrittenText(active: string, staging: string): boolean {
    if (skeleton(active) !== skeleton(staging)) return false;
    const here = active.match(guids) ?? [];
    const there = staging.match(guids) ?? [];
    return here.every((id, index) => {
      const other = there[index] ?? "";
      return bare(id) === bare(other)
        ? !this.toStaging.has(bare(id)) || this.arePaired(id, other)
        : this.arePaired(id, other);
    });
  }
}

function bare(id: string): string {
  return id.replace(/[{}]/g, "").toLowerCase();
}

function skeleton(text: string): string {
  return text.replace(guids, "{}");
}

export function hasGuid(text: string): boolean {
  return text.search(guids) >= 0;
}
