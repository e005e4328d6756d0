import type { PostureResource } from "../resource";
import type { PostureSettings, SettingName } from "../settings";
import type { Kind } from "../types";

/** What a rule found at one place of a resource's inputs. Paths, never values. */
export interface Judged {
  /** `unknown`: whether the rule is broken depends on a value that is not known before the run. */
  readonly answer: "bad" | "unknown";
  readonly path: string;
  /** What is wrong there, as the end of a sentence: `is missing, so that …`. */
  readonly why: string;
}

export interface Framework {
  readonly name: string;
  readonly version: string;
  readonly reference: string;
  readonly specification: string;
}

/**
 * One thing that a Tier 0 machine and what it stands on must (`must-not`) or should (`should`) not look like, judged from
 * one resource alone.
 */
export interface PostureRule {
  /** Stable: the name of the policy, and of the finding. */
  readonly code: string;
  readonly level: "must-not" | "should";
  readonly looksAt: readonly Kind[] | "everything";
  /** What must not be, in one sentence. */
  readonly sentence: string;
  readonly remedy: string;
  /** Where it is written, or whose advice it is. */
  readonly source: string;
  /** A published text that asks for it; only where that text was read. */
  readonly framework?: Framework;
  readonly settings?: readonly SettingName[];
  /** It has to know which values are secrets; without that it is not asked. */
  readonly needsShown?: true;
  judge(resource: PostureResource, settings: PostureSettings): readonly Judged[];
}

export function looksAt(rule: Pick<PostureRule, "looksAt">, kind: Kind | undefined): boolean {
  return rule.looksAt === "everything" || (kind !== undefined && rule.looksAt.includes(kind));
}

export const bad = (path: string, why: string): Judged => ({ answer: "bad", path, why });
export const notKnown = (path: string): Judged => ({
  answer: "unknown",
  path,
  why: "is not known before the run",
});
