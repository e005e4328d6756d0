import { memoryOf, resizeProblem } from "../server/sizing";
import type { Built } from "../settings/built";
import type { GenerationSettings } from "../settings/settings";

/** What a changed size or disk of an existing machine is: Azure grows both in place and shrinks neither disk nor promise. */
export type Change = "same" | "grows" | "shrinks" | "unknown";

export interface Growth {
  readonly size: Change;
  readonly osDiskSizeGB: Change;
}

export function growth(before: Built, now: Pick<GenerationSettings, "size" | "osDiskSizeGB">): Growth {
  return { size: sizeChange(before.size, now.size), osDiskSizeGB: change(before.osDiskSizeGB, now.osDiskSizeGB) };
}

function change(before: number | undefined, now: number): Change {
  if (before === undefined || before === now) return "same";
  return now > before ? "grows" : "shrinks";
}

/** Sizes are compared by the memory that is known of them; what Azure does not resize at all needs a new machine. */
function sizeChange(before: string | undefined, now: string): Change {
  if (before === undefined || before === now) return "same";
  const [was, is] = [memoryOf(before), memoryOf(now)];
  if (was === undefined || is === undefined || resizeProblem(before, now) !== undefined) return "unknown";
  return is >= was ? "grows" : "shrinks";
}
