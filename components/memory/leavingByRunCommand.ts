import { answerCountsHours, askedByRunCommand, retirementAnswered } from "../guard/byRunCommand";
import { generationNames } from "../server/names";
import type { Problem, Settings } from "../settings/settings";
import { stillCounts } from "../settings/until";
import { block, type Check } from "./question";
import { leaving, type Remembered } from "./remembered";

/**
 * A guard that was asked by Run Command does not ask again. So what it answered must be there, this machine's, and new, before
 * anything is touched; and nothing else leaves in the run that asks.
 */
export const leavingByRunCommand: Check = (question) => {
  const { settings, remembered, today } = question;
  const going = leaving(settings, remembered);
  const back = (generation: number): string =>
    `the block of ${generation} as before, with the exception retireByRunCommand and another reason, and up (its guard is asked again); then take it out within ${answerCountsHours} hours. Where SSH works again: the block without that exception, and up; then take it out, and its guard asks by SSH`;
  const unanswered = going.flatMap((generation): readonly Problem[] => {
    const entry = remembered.ledger?.generations[generation];
    const known = remembered.generations[generation];
    // A retirement that failed behind its guard goes on.
    if (known?.guarded !== true || entry?.role !== "passive") return [];
    const { byRunCommandUntil: until, byRunCommandSince: since } = entry;
    // Of a guard that asks by SSH, and was not to be asked otherwise, the engine waits for the answer.
    if (until === undefined && known.asks !== false) return [];
    const answered = retirementAnswered(known.retirement, {
      name: remembered.ledger?.name ?? settings.name,
      generation,
      vmId: known.vmId,
      now: today,
      since,
    });
    const over = until !== undefined && !stillCounts({ until }, today) ? `that exception ended on ${until}` : undefined;
    const why = over ?? (answered.kind === "objection" ? answered.objection : undefined);
    return why === undefined
      ? []
      : [
          {
            path: block(generation),
            problem: `the guard of generation ${generation} does not ask by SSH any more (retireByRunCommand), and ${why}`,
            write: back(generation),
          },
        ];
  });
  const asking = settings.generations.filter(
    (each) => askedByRunCommand(each, remembered.generations[each.generation]?.vmId, today) !== undefined,
  );
  return [
    ...unanswered,
    ...(going.length === 0
      ? []
      : asking.map(({ generation }) => ({
          path: `${block(generation)}.exceptions`,
          problem: `the guard of generation ${generation} is asked by Run Command in an up of its own, and this one would take out generation ${going.join(" and ")}`,
          write: `the block of ${going.join(" and ")} as before, and up; then take one block out after the other`,
        }))),
  ];
};

/** Machines whose block was taken out and whose guard asks them by SSH. */
export function askedBySshOnLeaving(settings: Settings, remembered: Remembered): readonly string[] {
  return leaving(settings, remembered)
    .filter((generation) => remembered.generations[generation]?.asks === true)
    .map((generation) => generationNames(settings.name, generation).machine);
}
