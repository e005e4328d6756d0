import type { Course, FenceKind, FenceSeen, Moment, Seen, SwitchLimits } from "./model";

export interface FenceWay {
  readonly title: string;
  /** What is done, by whom. */
  readonly how: string;
  /** What proves it, and what the command wants to see. */
  readonly proof: string;
  readonly limits: string;
  readonly undo: string;
  readonly source: string;
}

/** The three fences of an old active server that cannot be reached, or must not come back. Facts: role-switch.md 5. */
export const fenceWays: Readonly<Record<FenceKind, FenceWay>> = {
  deallocated: {
    title: "The machine is deallocated",
    how: "az vm deallocate --resource-group GROUP --name MACHINE. A generation of this library: role: fenced beside it, so that every run looks. Outside Azure: shut it down, and use one of the other two as the proof.",
    proof:
      "az vm get-instance-view --resource-group GROUP --name MACHINE > power.json, taken afterwards, says PowerState/deallocated: --power power.json",
    limits:
      "The answer names a machine by its computer name: be sure that it is the one. Somebody may start it again: take away the right to start it (role or deny assignment; a CanNotDelete lock does not prevent a start). Its pass-through authentication and Health agents stop too.",
    undo: "Do not start it: see what becomes of a fenced server.",
    source: "role-switch.md 5 [I]; Microsoft's staging page: shut it down or isolate its outbound connections",
  },
  "identity-disabled": {
    title: "Its application identity is disabled in Entra ID",
    how: "Entra admin center, Enterprise applications, ConnectSyncProvisioning_<HOST>_…: Enabled for users to sign in: No (Application Administrator). Every one of that host.",
    proof:
      "Two answers of Graph servicePrincipals, an hour to three hours apart, say accountEnabled false for every principal of that host: --graph principals.json, each in a call of its own",
    limits:
      "A token lives up to an hour longer. It does not stop exports to Active Directory (writeback). Only where the server signs in with an application, not with a Sync_… account. No Microsoft page that recommends it was found.",
    undo: "Enable it again only when the server is in staging mode or gone.",
    source: "role-switch.md 5 [I]",
  },
  "outbound-cut": {
    title: "Its outbound connections are cut",
    how: "A firewall or network security group denies it everything outbound (role: fenced makes that rule for a generation of this library), and it (or its ADSync service) is restarted: established connections survive a change of rules.",
    proof:
      "Somebody says when it was made (--outbound-cut NAME=TIME), and Graph signIns show 90 minutes after it, complete, with sign-ins of the other server's principal and none of this one's: --graph signins.json",
    limits:
      "The list of hosts is incomplete, so the rule is to deny everything. Silence alone proves nothing: a dead server is silent too, and returns. It does not stop exports to Active Directory.",
    undo: "Take the rule away only when the server is in staging mode or gone.",
    source: "role-switch.md 4 (sign-ins prove alive) and 5 [I]; Microsoft's staging page",
  },
};

export const fenceKey = ({ machine, kind }: Pick<FenceSeen, "machine" | "kind">): string => `${kind} ${machine}`;

/** What is known of the fences after these answers: a break begins anew, and so does what nobody has looked at for hours. */
export function fencesAfter(
  known: Course["fences"],
  seen: readonly FenceSeen[],
  now: Moment,
  { clockMargin, answersApart }: SwitchLimits,
): Course["fences"] {
  if (seen.length === 0) return known;
  const after: Record<string, { since: Moment | null; at: Moment }> = { ...known };
  for (const answer of [...seen].sort((a, b) => a.at - b.at || Number(b.holds) - Number(a.holds))) {
    const key = fenceKey(answer);
    const before = after[key];
    // An answer of the future would make every true one after it an old one.
    if (answer.at > now + clockMargin || (before !== undefined && answer.at < before.at)) continue;
    const follows = before !== undefined && answer.at - before.at <= answersApart;
    after[key] = { since: answer.holds ? ((follows ? before.since : null) ?? answer.at) : null, at: answer.at };
  }
  return after;
}

/** Why a fence that was seen to hold proves nothing (any more). */
export interface FenceDoubt {
  readonly kind: FenceKind;
  readonly why: "old" | "token lives" | "read since" | "exported since";
  readonly since: Moment;
  readonly at: Moment;
  /** When it was read, or exported. */
  readonly trace: Moment | null;
}

interface FencesOf {
  readonly provenAt: Moment | undefined;
  readonly doubts: readonly FenceDoubt[];
}

type Known = Pick<Course, "fences" | "known" | "exported">;

/**
 * Of the fences of this machine: the moment to which one is proven, the newest of its kinds, and what speaks against the
 * others. Old answers prove nothing, one answer about an identity nothing yet; a machine that was read after its power
 * was is running, and one that exported after it was fenced is not fenced.
 */
export function fencesOfMachine(
  machine: string,
  { now, fences: answers }: Pick<Seen, "now" | "fences">,
  course: Known,
  lastRead: Moment | null,
  limits: SwitchLimits,
): FencesOf {
  let provenAt: Moment | undefined;
  const doubts: FenceDoubt[] = [];
  const fences = fencesAfter(course.fences, answers, now, limits);
  const read = Math.max(course.known[machine]?.at ?? Number.NEGATIVE_INFINITY, lastRead ?? Number.NEGATIVE_INFINITY);
  const exported = course.exported[machine] ?? Number.NEGATIVE_INFINITY;
  for (const kind of Object.keys(fenceWays) as FenceKind[]) {
    const fence = fences[fenceKey({ machine, kind })];
    if (fence === undefined || fence.since === null) continue;
    const { since, at } = fence;
    const ended = kind === "identity-disabled" ? since + limits.tokenLife : at;
    const doubt = (why: FenceDoubt["why"], trace: Moment | null = null): number =>
      doubts.push({ kind, why, since, at, trace });
    if (now - at > limits.maxAge) doubt("old");
    else if (kind === "identity-disabled" && at - since < limits.tokenLife) doubt("token lives");
    else if (kind === "deallocated" && read >= at) doubt("read since", read);
    else if (exported > ended + limits.clockMargin) doubt("exported since", exported);
    else provenAt = Math.max(provenAt ?? Number.NEGATIVE_INFINITY, at);
  }
  return { provenAt, doubts };
}

/** The moment to which a fence of this machine is proven; undefined where none is. */
export function provenFence(...of: Parameters<typeof fencesOfMachine>): Moment | undefined {
  return fencesOfMachine(...of).provenAt;
}
