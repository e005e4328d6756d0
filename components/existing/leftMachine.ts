import type { LedgerEntry } from "../memory/ledger";
import { textOf } from "../memory/stackState";
import { generationNames } from "../server/names";
import type { GenerationSettings, Problem, Settings } from "../settings/settings";

/** An interrupted run is gone on with within days. Whatever is older has a life of which this state knows nothing. */
const longestDays = 7;

export interface LeftMachine {
  readonly settings: Settings;
  readonly block: GenerationSettings;
  /** What the ledger has of its generation. */
  readonly entry: LedgerEntry | undefined;
  /** Azure's answer about the machine. */
  readonly answer: Readonly<Record<string, unknown>>;
  readonly today: Date;
}

/**
 * Whether a machine that the state does not hold may be taken up: only one that a run of this very ledger had begun and nothing
 * has been installed on, since the state holds a machine before the first step on it is taken. With a lost state, or one put back
 * from long ago, the same machine may be the active server by now, and the gate stops a server that is not staging.
 */
export function leftMachineProblems({ settings, block, entry, answer, today }: LeftMachine): readonly Problem[] {
  const { generation } = block;
  const { machine } = generationNames(settings.name, generation);
  const madeAt = new Date(textOf(answer.timeCreated) ?? Number.NaN);
  const days = Math.floor((today.getTime() - madeAt.getTime()) / 86_400_000);
  const unknown = whyUnknown();
  if (unknown === undefined) return [];
  return [
    {
      path: `generations.${generation}`,
      problem: `Azure has the machine ${machine} of this stack, and its state does not: ${unknown}. It may be the active server, so nothing of it is touched`,
      write: `the block as it is, once the state is back (npx entra-connect recover; docs/after-an-interruption.md, "The state is lost"). Only where no Entra Connect was ever installed on ${machine} (sign in and look for the service ADSync): delete that machine in Azure, then up`,
    },
  ];

  function whyUnknown(): string | undefined {
    if (entry === undefined) return "no ledger says what became of it";
    if (block.role !== "passive") return `its block says ${block.role}`;
    if (entry.role !== "passive" || entry.wasActive === true || entry.passiveSince !== undefined)
      return `its ledger says that it was ${entry.wasActive === true ? "active" : entry.role} before`;
    if (entry.out === true) return "its ledger says that its block was taken out";
    if (Number.isNaN(days)) return "Azure does not say when it was made";
    if (days > longestDays) return `it was made ${days} days ago, and what became of it since is not known`;
    return undefined;
  }
}
