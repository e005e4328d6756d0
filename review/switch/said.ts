import type { Moment, SwitchState } from "./model";
import { readChain } from "./record/chain";
import { type Entry, rehearsalHost } from "./record/entry";

export { BrokenChain } from "./record/chain";

/** What a server is by the newest entry of a record; undefined where the entry does not say it. */
export type RoleByRecord = "active" | "passive" | "fenced";

/** What the newest entry of a proven record says, for whoever declares roles after it. */
export interface RecordSays {
  readonly state: SwitchState;
  /** The server that was to be demoted, and the one that was to be promoted: bare names in capitals. */
  readonly from: string;
  readonly to: string;
  readonly roles: Readonly<Record<string, RoleByRecord | undefined>>;
  /** Of the newest entry, by the clock of whoever called. */
  readonly at: Moment;
  readonly entries: number;
  /** Hash of the newest entry. */
  readonly head: string;
  /** It was written by `entra-connect rehearse switch`: its servers are simulated, whatever they are called. */
  readonly rehearsed?: boolean;
}

const exporting: Readonly<Record<SwitchState, "from" | "to" | "nobody" | "both" | undefined>> = {
  unknown: undefined,
  "not ready": "from",
  "ready to demote": "from",
  "nobody exports": "nobody",
  "ready to promote": "nobody",
  fenced: "nobody",
  "promoted, unproven": "to",
  done: "to",
  "two active": "both",
  "cloud sync active": "nobody",
};

/**
 * Proves the record (hashes, chain, conclusions) and says what its newest entry found; undefined where it has none.
 *
 * @param content text of record.jsonl
 * @throws BrokenChain with the first line that does not hold
 */
export function recordSays(content: string): RecordSays | undefined {
  const { entries, head } = readChain(content);
  const last = entries.at(-1);
  if (last === undefined) return undefined;
  const says = saysOf(last, entries.length, head);
  return entries.some(({ by }) => by.host === rehearsalHost) ? { ...says, rehearsed: true } : says;
}

/** What one entry says; it has to be the newest, of a record that holds. */
export function saysOf(
  { decision: { state }, seen }: Pick<Entry, "decision" | "seen">,
  entries: number,
  head: string,
): RecordSays {
  const { from, to, source } = seen;
  const who = exporting[state];
  const known = who !== undefined;
  // Where the old server itself did not say that it is passive, a proven fence is why a promotion was believed.
  const behind: RoleByRecord = source?.role === "staging" ? "passive" : "fenced";
  return {
    state,
    from,
    to,
    roles: {
      [from]: known ? (who === "from" || who === "both" ? "active" : behind) : undefined,
      [to]: known ? (who === "to" || who === "both" ? "active" : "passive") : undefined,
    },
    at: seen.now,
    entries,
    head,
  };
}
