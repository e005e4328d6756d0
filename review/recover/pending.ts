import type { PendingKind, PendingOperation, ReadableState } from "./checkpoint";

/** What an operation that was in flight may have done, and what the next `up` makes of it (facts: measured on engine 3.259.0). */
export interface PendingMeaning {
  readonly operation: PendingKind;
  /** What Azure, or the server, may have done. */
  readonly may: string;
  readonly up: string;
}

export const pendingMeanings: readonly PendingMeaning[] = [
  {
    operation: "creating",
    may: "it may be there, or half-made: what was asked for goes on without the engine",
    up: "looks in Azure for everything of ours that the state lacks and takes it up; a step on the server looks first and runs again",
  },
  {
    operation: "updating",
    may: "the change may have been made: the state has the values from before",
    up: "asks for the same change again. With other settings than in the run that was cut off: refresh first",
  },
  {
    operation: "deleting",
    may: "it may be gone: the state still has it",
    up: "deletes it again, and what is gone already counts as deleted. If it is to stay after all: refresh first, since `up` believes the state",
  },
  { operation: "reading", may: "nothing: it was only read", up: "reads it again" },
  { operation: "importing", may: "nothing: it was only read", up: "imports it again" },
];

export const meaningOf = (operation: string): Pick<PendingMeaning, "may" | "up"> =>
  pendingMeanings.find((each) => each.operation === operation) ?? {
    may: "this version does not know this operation",
    up: "look at it in Azure before you run anything",
  };

/** What of the pending entries is ours to settle. */
export interface SortedPending {
  /** The state has the resource: the entry is of a run before the one that made it. */
  readonly outlived: readonly PendingOperation[];
  /** `up` finds these by itself: of our component, or a step that looks first. */
  readonly found: readonly PendingOperation[];
  /** Somebody else's resources of the same program: `up` would make them a second time, or be refused. */
  readonly strangers: readonly PendingOperation[];
  /** The engine goes on with these by itself and drops the entry. */
  readonly goesOn: readonly PendingOperation[];
}

const ofOurs = /::entra-connect:index:PassiveServer\$/;
/** They make nothing outside of the state, or look first. */
const harmless = /^(command|pulumi|random|tls):/;

export function sortPending({ pending, resources }: Pick<ReadableState, "pending" | "resources">): SortedPending {
  const there = new Set(resources.map(({ urn }) => urn));
  const creating = pending.filter(({ operation }) => operation === "creating");
  const isOurs = ({ urn, type }: PendingOperation): boolean => ofOurs.test(urn) || harmless.test(type);
  const ours = creating.filter(isOurs);
  return {
    outlived: ours.filter(({ urn }) => there.has(urn)),
    found: ours.filter(({ urn }) => !there.has(urn)),
    strangers: creating.filter((each) => !isOurs(each)),
    goesOn: pending.filter(({ operation }) => operation !== "creating"),
  };
}
