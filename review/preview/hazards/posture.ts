import { isJsonObject } from "../../evidence/json";
import { judgePosture, type PostureFinding } from "../../posture";
import type { Detector, Raised } from "../raised";
import type { ResourceChange } from "../steps";

/** Rules of which rows of their own tell more, with old and new value. */
const toldElsewhere: ReadonlySet<string> = new Set([
  "management-from-internet",
  "public-address",
  "trusted-launch-off",
  "encryption-at-host-off",
  "vault-soft-delete-off",
  "backup-retention-short",
  "backup-stopped",
  "key-vault-purge-possible",
  "inline-secret",
  "secret-in-plain-text",
]);

/** The rules of the policy pack, one rule in three places: what held before and does not hold afterwards. */
export const postureHazards: Detector = ({ changes }) =>
  changes.flatMap((change) => {
    if (change.action !== "update" && change.action !== "replace") return [];
    const before = new Set(brokenBy(change, "old").map(keyOf));
    const now = brokenBy(change, "new").filter(
      (each) => !before.has(keyOf(each)) && !toldElsewhere.has(each.rule.code),
    );
    return now.map(({ rule, path, why }): Raised => {
      const properties = change.changes.filter((each) => each.path === path || path.startsWith(each.path));
      return { code: "posture-worse", change, what: `${path} ${why} (${rule.code})`, properties };
    });
  });

const keyOf = ({ rule, path }: PostureFinding): string => `${rule.code} ${path}`;

function brokenBy({ type, name, ...states }: ResourceChange, side: "old" | "new"): readonly PostureFinding[] {
  const inputs = states[side]?.inputs;
  if (!isJsonObject(inputs)) return [];
  return judgePosture({ type, name, inputs }).filter(({ answer }) => answer === "bad");
}
