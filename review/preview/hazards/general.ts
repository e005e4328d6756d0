import type { HazardCode } from "../hazardTable";
import { isGuard, isLedger, type Landscape } from "../landscape";
import type { Detector, Raised } from "../raised";
import { isProvider } from "../resourceKinds";
import { isNoise, meantChanges, type ResourceChange } from "../steps";
import { holdsTooDeep } from "../values";
import { counted, listed } from "../wording";

export const engineHazards: Detector = ({ changes, preview, byUrn }) => [
  ...changes.flatMap((change): Raised[] => [...unknownOperation(change), ...halfMade(change), ...notCompared(change)]),
  ...preview.policies.map(({ urn, policy, pack, level, text }): Raised => {
    const code =
      level === "mandatory" ? "policy-mandatory" : level === "remediate" ? "policy-remediated" : "policy-advisory";
    const change = byUrn.get(urn);
    const said = text === "" ? "" : ` (${text.replace(/\s+/gu, " ")})`;
    return { code, ...(change ? { change } : { subject: pack }), what: `${pack} ${policy}${said}` };
  }),
];

function unknownOperation(change: ResourceChange): readonly Raised[] {
  if (change.action !== "unknown") return [];
  return [{ code: "unknown-operation", change, what: change.ops.join(", ") || "nothing that it names" }];
}

/** Of a component there is nothing to be half made. */
function halfMade(change: ResourceChange): readonly Raised[] {
  const { old } = change;
  if (old === undefined || !change.custom) return [];
  const signs = [
    ...(Array.isArray(old.initErrors) && old.initErrors.length > 0 ? ["its creation ended with errors"] : []),
    ...(old.pendingReplacement === true ? ["its replacement is pending"] : []),
    ...(old.taint === true ? ["it is marked to be replaced"] : []),
    ...(old.delete === true ? ["its deletion is pending"] : []),
  ];
  return signs.length === 0 ? [] : [{ code: "half-made", change, what: signs.join(", ") }];
}

function notCompared(change: ResourceChange): readonly Raised[] {
  if (change.action === "nothing") return [];
  const deep = [change.old?.inputs, change.new?.inputs].some((inputs) => inputs !== undefined && holdsTooDeep(inputs));
  return deep ? [{ code: "not-compared", change }] : [];
}

const words: Readonly<Partial<Record<ResourceChange["action"], HazardCode>>> = {
  replace: "resource-replaced",
  delete: "resource-deleted",
  forget: "resource-forgotten",
  import: "resource-imported",
  update: "resource-changed",
  create: "resource-created",
  refresh: "state-refreshed",
};

/**
 * What no other row has judged, one hazard an action: shown and counted. Components, guards and the ledger are the
 * engine's own record; a stack with nothing of ours may create what it likes.
 */
export function generalHazards(landscape: Landscape, judged: ReadonlySet<ResourceChange>): readonly Raised[] {
  const rest = new Map<HazardCode, ResourceChange[]>();
  for (const change of landscape.changes) {
    if (judged.has(change) || isRecord(change) || isNoise(change)) continue;
    const retained = (change.action === "delete" || change.action === "replace") && change.retained;
    const code = retained ? "resource-forgotten" : words[change.action];
    if (code === undefined || (code === "resource-created" && !landscape.ours)) continue;
    rest.set(code, [...(rest.get(code) ?? []), change]);
  }
  return [...rest.entries()].flatMap(([code, changes]): readonly Raised[] => {
    if (changes.length <= (code === "resource-created" ? 1 : mostAlone))
      return changes.map((change) => ({ code, change, what: change.name, properties: meantChanges(change) }));
    const count = counted(changes.length, "resource");
    return [{ code, subject: count, what: `${count}: ${listed(changes.map(({ name }) => name))}` }];
  });
}

/** More of one kind are one hazard, so that what matters is not lost among them. */
const mostAlone = 10;

function isRecord(change: ResourceChange): boolean {
  if (!change.custom || isProvider(change.type)) return true;
  return isGuard(change) || isLedger(change);
}
