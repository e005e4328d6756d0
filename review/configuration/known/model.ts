import type { Severity } from "../../verdict";
import type { DifferenceClass } from "../classes";

/** Where a setting is kept. */
export type Place = "global" | "connector" | "partition" | "settings-file";

/**
 * When two values are equal. `text`: letter by letter. `name`: whatever the case. `list`: the same members in any order
 * and case. `per-server`: each server has its own, a difference is expected. `outside-world`: it names the forest, domain
 * or tenant, so another value is another one, identifiers included. `own`: must differ. `metadata`: says who, when, where.
 */
export type Equality = "text" | "name" | "list" | "per-server" | "outside-world" | "own" | "metadata";

export interface KnownSetting {
  /** As it is called in an export or settings file, for people; `*` stands for more. */
  readonly name: string;
  readonly pattern: RegExp;
  readonly equality: Equality;
  readonly class: DifferenceClass;
  readonly severity: Severity;
  /** What a difference means, one sentence. */
  readonly means: string;
  /** Where only the staging server has a value: what else that means. */
  readonly onlyStaging?: { readonly severity: Severity; readonly means: string };
  readonly onlyActive?: { readonly severity: Severity; readonly means: string };
  readonly cause: string;
  readonly next: string;
  /** Default: by the place. */
  readonly code?: string;
  /** Builds have it or not, or set it: no finding to act on where the builds differ. */
  readonly byBuild?: true;
  /** Only this part of a value counts. */
  readonly significant?: (value: string) => string;
}
