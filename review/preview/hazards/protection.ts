import type { HazardCode } from "../hazardTable";
import type { Detector, Raised } from "../raised";
import type { ResourceKind } from "../resourceKinds";
import { isNoise, meantChanges, type ResourceChange } from "../steps";
import { unknownWord } from "../values";
import { followingMonitoring } from "./monitoring";

/** Kinds of which a deletion (not a retained one: that is only forgotten) is a hazard of its own. */
const deletions: Readonly<Partial<Record<ResourceKind, HazardCode>>> = {
  lock: "lock-removed",
  diagnostics: "diagnostics-weakened",
  logWorkspace: "diagnostics-weakened",
  alert: "alerts-weakened",
  immutability: "immutability-lowered",
  maintenance: "patching-changed",
};

/** Given up by the stack, these stay in Azure and go on. */
const goOnRetained: readonly ResourceKind[] = ["immutability", "lock"];

export const protectionHazards: Detector = (landscape) => {
  const followed = followingMonitoring(landscape);
  return landscape.changes.flatMap((change) => {
    const kind = landscape.kind(change);
    const deletion = kind === undefined ? undefined : deletions[kind];
    return [
      ...(deletion !== undefined &&
      change.action === "delete" &&
      !followed.has(change) &&
      !(kind !== undefined && goOnRetained.includes(kind) && change.retained)
        ? [{ code: deletion, change, what: "deleted" } as const]
        : []),
      ...(kind === "rights" ? rights(change, landscape.ours) : []),
      ...options(change),
    ];
  });
};

/** Rights that come with a stack in which nothing is ours are that stack's own business. */
function rights(change: ResourceChange, ours: boolean): readonly Raised[] {
  const word: Readonly<Partial<Record<ResourceChange["action"], string>>> = {
    create: ours ? "given" : undefined,
    update: "changed",
    replace: "changed",
    delete: "taken",
  };
  const what = word[change.action];
  if (what === undefined || isNoise(change) || (change.action === "update" && meantChanges(change).length === 0))
    return [];
  const properties = meantChanges(change);
  // An identity that an update of its machine makes unknown until then: said, not guessed.
  const unknown =
    change.action !== "delete" && properties.length > 0 && properties.every((each) => each.new === unknownWord);
  return unknown
    ? [{ code: "unknown-value", change, properties }]
    : [{ code: "rights-changed", change, what, properties }];
}

/** The engine's own protection; of what is deleted or made anew it is told by what happens to it. */
function options(change: ResourceChange): readonly Raised[] {
  const { old, new: next } = change;
  if (old === undefined || next === undefined || !change.custom) return [];
  const taken = (["protect", "retainOnDelete"] as const).filter((name) => old[name] === true && next[name] !== true);
  return taken.length === 0 ? [] : [{ code: "protection-removed", change, what: taken.join(" and ") }];
}
