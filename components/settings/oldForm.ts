import type { Problem } from "./settings";

/** Settings of an earlier release: what they are called now, from the user's own values. */
export interface Renewed {
  readonly settings: unknown;
  readonly problems: readonly Problem[];
}

export function renewed(written: unknown): Renewed {
  return { settings: written, problems: [] };
}
