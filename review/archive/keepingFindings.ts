import type { Finding } from "../verdict";
import type { Chain, Member } from "./listing";
import { found } from "./rules/table";
import { whoseText } from "./text";

export interface KeepingOptions {
  readonly now: Date;
  /** Days for which every collection has to be protected since it was added; undefined: not said. */
  readonly keptDays?: number;
  /** An unlocked policy is a warning. */
  readonly locked?: boolean;
}

const day = 86_400_000;

/** Until when what was added can neither be changed nor deleted, by the first version of each. */
export function keepingFindings(chain: Chain, { now, keptDays, locked = false }: KeepingOptions): readonly Finding[] {
  const who = whoseText(chain);
  const asked = keptDays !== undefined || locked;
  const said = chain.members.filter(({ first }) => first.protection !== null);
  // Without a demand the page says that this source cannot say it.
  if (said.length === 0)
    return asked
      ? [found("protection-unknown", who, `${who}: until when its collections are protected is not said.`)]
      : [];
  const counted = (members: readonly Member[]): string =>
    `${members.length} of ${said.length} collections${members.length === 1 ? ` (${members[0]?.name ?? ""})` : ""}`;
  const due = said.filter((member) => !isOver(member, now, keptDays));
  const bare = due.filter(({ first: { protection } }) => protection?.until == null && protection?.legalHold !== true);
  const dated = due.filter(({ first: { protection } }) => protection?.until != null);
  const short =
    keptDays === undefined ? [] : dated.filter(({ first, collectedAt }) => daysOf(first, collectedAt) < keptDays - 1);
  const unlocked = dated.filter(
    // Where a lock is asked for, only one that is said is one.
    ({ first: { protection } }) =>
      (protection?.mode === "unlocked" || (locked && protection?.mode !== "locked")) && protection?.legalHold !== true,
  );
  const findings: Finding[] = [];
  const unsaid = chain.members.length - said.length;
  if (asked && unsaid > 0)
    findings.push(
      found(
        "protection-unknown",
        who,
        `${who}: until when ${unsaid} of ${chain.members.length} collections are protected is not said.`,
      ),
    );
  if (bare.length > 0) findings.push(found("not-protected", who, `${who}: nothing protects ${counted(bare)}.`));
  if (short.length > 0)
    findings.push(
      found(
        "protection-short",
        who,
        `${who}: ${counted(short)} are protected for less than ${keptDays} days; the shortest for ${Math.round(Math.min(...short.map(({ first, collectedAt }) => daysOf(first, collectedAt))))}.`,
      ),
    );
  if (unlocked.length > 0)
    findings.push(
      found("protection-unlocked", who, `${who}: the policy of ${counted(unlocked)} is not locked.`, {
        severity: locked ? "warning" : "info",
      }),
    );
  return findings;
}

const daysOf = (first: Member["first"], collectedAt: Date): number =>
  ((first.protection?.until?.getTime() ?? 0) - (first.createdAt ?? collectedAt).getTime()) / day;

/** A policy that has ended as it should. */
function isOver({ first, collectedAt }: Member, now: Date, keptDays: number | undefined): boolean {
  const added = (first.createdAt ?? collectedAt).getTime();
  if (keptDays !== undefined) return now.getTime() - added > keptDays * day;
  const until = first.protection?.until;
  return until != null && until < now;
}
