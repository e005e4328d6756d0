import type { PostureResource } from "../resource";
import { defaultSettings, type PostureSettings } from "../settings";
import { kindOf } from "../types";
import { backupRules } from "./backupRules";
import { commandRules } from "./commandRules";
import { machineRules } from "./machineRules";
import { networkRules } from "./networkRules";
import { type Judged, looksAt, type PostureRule } from "./rule";
import { secretRules } from "./secretRules";

/** *The* table of what one resource must not look like: the policy pack, a review and the documentation come from it. */
export const postureRules: readonly PostureRule[] = [
  ...networkRules,
  ...machineRules,
  ...backupRules,
  ...commandRules,
  ...secretRules,
];

export interface PostureFinding extends Judged {
  readonly rule: PostureRule;
}

/** Everything that the rules say of one resource; nothing where it is as it should be, or none of their business. */
export function judgePosture(
  resource: PostureResource,
  settings: PostureSettings = defaultSettings,
): readonly PostureFinding[] {
  const kind = kindOf(resource.type);
  return postureRules
    .filter((rule) => looksAt(rule, kind))
    .flatMap((rule) => rule.judge(resource, settings).map((judged) => ({ ...judged, rule })));
}
