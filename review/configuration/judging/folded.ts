/** Why a difference between two files is no difference between two servers. */
export const foldReasons = {
  identifier: "identifiers (GUIDs) that each server makes for itself, renamed one to one",
  date: "dates and times of creation, change, export and next run",
  counter: "counters of edits inside one server",
  "server-name": "the server's own name",
  "import-state": "positions of imports (cookies, watermarks) and the domain controller used last",
  metadata: "who made a settings file, when, and on which machine (not imported by the wizard)",
  order: "order of list members where order means nothing",
  case: "upper and lower case where it means nothing (names of connectors, distinguished names, True/true)",
  "own-identity": "the application and certificate with which each server signs in to Entra ID: they must be its own",
  secret: "secrets and encrypted values, which each server encrypts with its own key: neither compared nor shown",
  "white-space": "white space between the parts of an expression",
} as const;

export type FoldReason = keyof typeof foldReasons;

export interface FoldedNoise {
  readonly reason: FoldReason;
  readonly meaning: string;
  readonly count: number;
  /** Up to three places. */
  readonly examples: readonly string[];
}

/** Counts what was folded away: noise is not hidden. */
export class Folded {
  private readonly byReason = new Map<FoldReason, { count: number; examples: string[] }>();

  add(reason: FoldReason, place: string): void {
    const entry = this.byReason.get(reason) ?? { count: 0, examples: [] };
    entry.count++;
    if (entry.examples.length < 3) entry.examples.push(place);
    this.byReason.set(reason, entry);
  }

  list(): readonly FoldedNoise[] {
    return (Object.keys(foldReasons) as FoldReason[]).flatMap((reason) => {
      const entry = this.byReason.get(reason);
      return entry === undefined ? [] : [{ reason, meaning: foldReasons[reason], ...entry }];
    });
  }
}
