import { protectedItemName } from "../../review/posture/ownNames";
import type { Finding } from "../../review/verdict";
import { readiness } from "../findings";
import type { ItemState, RememberedItem } from "../memory/items";
import type { Treatment } from "../server/members";

/**
 * What becomes of a machine's protected item in this run, from what the state holds and what Azure says. Pure.
 *
 * Azure knows four states (facts/azure.md 5.2, 11.7): absent, active, stopped, soft-deleted. A soft-deleted one takes no
 * policy before it was undeleted, which leaves it stopped; only another PUT resumes it. One run of the engine makes one
 * PUT of a resource, so undeleting takes two runs. The same holds for a retirement: the guard passes in the deletions,
 * which come last, so the run after it stops the protection.
 */

/** An item as Azure tells it. */
export interface SeenItem {
  readonly id: string;
  readonly state: ItemState;
  /** Instant of its newest recovery point. */
  readonly lastRecoveryPoint?: string;
  /** Of a soft-deleted one: how long it can still be undeleted, as Azure writes it (`13.23:59:59`). */
  readonly remaining?: string;
}

/** Where commands for people point. */
export interface ItemPlace {
  /** Name of the component in the program. */
  readonly component: string;
  readonly generation: number;
  readonly machine: string;
  readonly resourceGroupName: string;
  readonly vaultName: string;
  /** Name of the policy that it is to be protected by. */
  readonly policyName: string;
}

export interface WrittenQuestion {
  readonly place: ItemPlace;
  readonly treatment: Treatment;
  readonly remembered?: RememberedItem;
  /** Undefined: Azure says that it is not there. */
  readonly seen?: SeenItem;
  /** Whether the state holds a machine of this number. */
  readonly machineStands: boolean;
  /** Whether it was proven by an earlier run, after which it is protected: then the state may have lost its item. */
  readonly provenBefore: boolean;
  /** Instant up to which its recovery points are known to be of an earlier machine. */
  readonly earlierPointsUntil?: string;
}

/** The item of a generation whose block is written. */
export interface WrittenItem {
  /** Id to adopt it by. */
  readonly adopt?: string;
  /** `undelete`: the first of two steps; the next run protects it. */
  readonly body: "protect" | "undelete";
  /** To be kept in the ledger: recovery points up to here are of an earlier machine of the same name. */
  readonly earlierPointsUntil?: string;
  readonly findings: readonly Finding[];
}

export function writtenItem(question: WrittenQuestion): WrittenItem {
  const { place, treatment, remembered, seen, machineStands } = question;
  const adopt = remembered === undefined ? seen?.id : undefined;
  const earlierPointsUntil =
    adopt !== undefined && !machineStands
      ? (seen?.lastRecoveryPoint ?? question.earlierPointsUntil)
      : question.earlierPointsUntil;
  const undeletes = seen?.state === "softDeleted" && treatment === "acting";
  // Deleted again before it was resumed: the state has that very body already, and the engine would send nothing.
  const byHand = undeletes && remembered?.state === "stopped";
  return {
    ...(adopt === undefined ? {} : { adopt }),
    body: undeletes ? "undelete" : "protect",
    ...(earlierPointsUntil === undefined ? {} : { earlierPointsUntil }),
    findings: [
      ...drift(question, undeletes && !byHand),
      ...(earlierPointsUntil === undefined ? [] : [ofAnEarlierMachine(place, earlierPointsUntil)]),
    ],
  };
}

function drift({ place, treatment, remembered, seen, provenBefore }: WrittenQuestion, undeletes: boolean): Finding[] {
  const { machine, vaultName } = place;
  if (treatment === "lost") return [];
  const told = (title: string, next: string): Finding[] => [
    readiness("not-protected", "warning", machine, { title, cause: "backup.enabled", next }),
  ];
  if (undeletes)
    return told(
      `the backup of ${machine} was deleted in ${vaultName}; this run takes that back, and does not protect it yet`,
      "run up once more: it resumes the protection (Azure takes the two only one after the other)",
    );
  if (seen?.state === "softDeleted")
    return told(
      `the backup of ${machine} was deleted in ${vaultName} and is gone for good in ${remainingDays(seen)}`,
      `this run does not touch it; take it back by hand: ${undelete(place)}; then ${treatment === "acting" ? "up" : resume(place)}`,
    );
  if (remembered === undefined) {
    // Everybody's experience is that Azure shows a soft-deleted item (azurerm pull request 16443, azure-cli's own tests);
    // no page of Microsoft's promises it. Not shown, it is met as a refusal.
    if (seen === undefined && treatment === "active")
      return told(
        `${machine} is not protected: there is no backup of it in ${vaultName}, and nothing begins on an active server`,
        "nothing, until it is declared passive again: the up after the one that proves it begins then",
      );
    if (seen !== undefined || !provenBefore || treatment !== "acting") return [];
    return [
      readiness("protection-begins", "info", machine, {
        title: `protection of ${machine} begins: Azure shows no backup of it in ${vaultName}`,
        cause: "backup.enabled",
        next: `nothing; should Azure refuse it as soft-deleted: ${undelete(place)}, then up, twice`,
      }),
    ];
  }
  if (seen === undefined)
    return told(`${machine} is not protected: its backup is no longer in ${vaultName}`, lookAgain(place));
  const stopped = seen.state === "stopped" || seen.state === "suspended";
  // The state knows of it where the last run undeleted it: then this one resumes.
  if (!stopped || (remembered.state === "stopped" && treatment === "acting")) return [];
  return told(
    `${machine} is not protected: somebody stopped its backup in ${vaultName}; its recovery points are kept`,
    treatment === "acting" ? lookAgain(place) : `if that is not meant: ${resume(place)}`,
  );
}

function ofAnEarlierMachine({ machine, vaultName }: ItemPlace, until: string): Finding {
  return readiness("earlier-recovery-points", "info", machine, {
    title: `recovery points of ${machine} in ${vaultName} up to ${until} are of an earlier machine of that name`,
    cause: "the same number was used before, in another life of this stack",
    next: "before you restore one of them, read docs/restore.md: it would bring that machine back",
  });
}

export interface RetiredQuestion {
  readonly place: ItemPlace;
  /** Whether the state still holds its guard or its machine: it has not been retired yet. */
  readonly standing: boolean;
  readonly remembered?: RememberedItem;
  readonly seen?: SeenItem;
  /** A machine of its name exists in Azure, although this stack has none of that number. */
  readonly anotherMachine: boolean;
  /** It was declared active once. */
  readonly wasActive: boolean;
}

/** The item of a number whose block is no longer written. */
export interface RetiredItem {
  readonly generation: number;
  /** Id to adopt it by. */
  readonly adopt?: string;
  /** `stop`: stopped with its data kept, now or in an earlier run. `asIs`: only kept in the state. */
  readonly body: "stop" | "asIs";
}

/** Undefined: nothing of it is (any longer) this stack's to look after; what is in the state is dropped and retained. */
export function retiredItem(question: RetiredQuestion): {
  readonly item?: RetiredItem;
  readonly findings: readonly Finding[];
} {
  const { place, standing, remembered, seen, anotherMachine, wasActive } = question;
  const { generation, machine, vaultName } = place;
  const asIs = remembered === undefined ? {} : { item: { generation, body: "asIs" } as const };
  const told = (code: string, severity: Finding["severity"], title: string, next: string): Finding[] => [
    readiness(code, severity, machine, { title, cause: `generations.${generation} was taken out`, next }),
  ];
  if (standing)
    return {
      ...asIs,
      findings:
        remembered === undefined
          ? []
          : told(
              "protection-to-stop",
              "warning",
              `protection of ${machine} is still to be stopped: Azure fails a backup job every night for a machine that is gone`,
              "run up once more after its retirement: it stops the protection, keeps every recovery point, and changes nothing else",
            ),
    };
  if (seen === undefined) return { findings: [] };
  if (seen.state === "softDeleted")
    return {
      ...asIs,
      findings: told(
        "recovery-points-deleted",
        "warning",
        `recovery points of ${machine}, which is retired, were deleted in ${vaultName} and are gone for good in ${remainingDays(seen)}`,
        `nothing, if that is meant; else ${undelete(place)}`,
      ),
    };
  // Somebody's own word in the vault: its points expire by the policy, and a stop would keep them for ever.
  if (seen.state === "suspended") return { ...asIs, findings: [kept(place, wasActive)] };
  if (anotherMachine && seen.state === "protected")
    return {
      ...asIs,
      findings: told(
        "protection-to-stop",
        "warning",
        `protection of ${machine} is not stopped: Azure has a machine of that name again, which is not of this stack`,
        "find out whose it is (docs/restore.md says why a restored server is dangerous); once it is gone, run up",
      ),
    };
  if (remembered?.state === "stopped" && seen.state === "protected")
    return {
      ...asIs,
      findings: told(
        "protection-to-stop",
        "warning",
        `somebody resumed the protection of ${machine}, which is retired and has no machine any more`,
        lookAgain(place),
      ),
    };
  const adopt = remembered === undefined ? { adopt: seen.id } : {};
  return { item: { generation, ...adopt, body: "stop" }, findings: [kept(place, wasActive)] };
}

function kept({ generation, machine, vaultName }: ItemPlace, wasActive: boolean): Finding {
  const restored = wasActive ? "; it was the active server, and a machine restored from them exports" : "";
  return readiness("recovery-points-kept", "info", machine, {
    title: `recovery points of ${machine}, which is retired, are kept in ${vaultName}${restored}`,
    cause: `generations.${generation} was taken out`,
    next: "nothing; this stack never deletes them, and they cost until somebody deletes them in the vault; docs/restore.md before any restore",
  });
}

const of = ({ resourceGroupName, vaultName, machine }: ItemPlace): string =>
  `--resource-group ${resourceGroupName} --vault-name ${vaultName} --container-name ${machine} --item-name ${machine} --backup-management-type AzureIaasVM`;
/** Commands as Azure's own command line is tested with (azure-cli, command_modules/backup/tests). */
export const undelete = (place: ItemPlace): string => `az backup protection undelete ${of(place)} --workload-type VM`;
export const resume = (place: ItemPlace): string =>
  `az backup protection resume ${of(place)} --policy-name ${place.policyName}`;

/** Only what the state says differs: a look of the engine at this one resource, and a run that repairs it. */
const lookAgain = ({ component, generation }: ItemPlace): string =>
  `pulumi refresh --target '**::${protectedItemName(`${component}-backup`, generation)}', then up`;

function remainingDays({ remaining }: SeenItem): string {
  const days = Number(/^(\d+)\./.exec(remaining ?? "")?.[1] ?? Number.NaN);
  if (Number.isNaN(days)) return remaining === undefined ? "at most 14 days (or what the vault keeps)" : "hours";
  return days === 1 ? "a day" : `${days} days`;
}
