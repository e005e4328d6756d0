import { isJsonObject } from "../../evidence/json";
import { defaultSettings, type Judged, kindOf, type PostureRule, postureRules } from "../../posture";
import type { Detector, Raised } from "../raised";
import { meantChanges, type ResourceChange } from "../steps";

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

const others = postureRules.filter(({ code }) => !toldElsewhere.has(code));

interface Broken extends Judged {
  readonly rule: PostureRule;
}

/** The rules of the policy pack, one rule in three places: what held before and does not hold afterwards. */
export const postureHazards: Detector = ({ changes }) =>
  changes.flatMap((change) => {
    if ((change.action !== "update" && change.action !== "replace") || meantChanges(change).length === 0) return [];
    const before = new Set(brokenBy(change, "old").map(keyOf));
    const now = brokenBy(change, "new").filter(
      (each) => !before.has(keyOf(each)) && !toldElsewhere.has(each.rule.code),
    );
    return now.map(({ rule, path, why }): Raised => {
      const properties = change.changes.filter((each) => each.path === path || path.startsWith(each.path));
      return { code: "posture-worse", change, what: `${path} ${why} (${rule.code})`, properties };
    });
  });

const keyOf = ({ rule, path }: Broken): string => `${rule.code} ${path}`;

function brokenBy({ type, name, ...states }: ResourceChange, side: "old" | "new"): readonly Broken[] {
  const inputs = states[side]?.inputs;
  const kind = kindOf(type);
  if (!isJsonObject(inputs) || kind === undefined) return [];
  return others
    .filter(({ looksAt }) => looksAt.includes(kind))
    .flatMap((rule) => rule.judge({ type, name, inputs }, defaultSettings).map((judged) => ({ ...judged, rule })))
    .filter(({ answer }) => answer === "bad");
}
