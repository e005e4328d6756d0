import { coerce, type SemVer } from "semver";

/** The Pulumi CLI that everything here was measured and tested with; what is downloaded or built. */
export const testedPulumi = "3.259.0";

/**
 * The oldest CLI that is used. Equal to the tested one: what the library relies on (order of deletions, guards, options
 * sent to the language host) was measured on it, and on nothing older.
 */
export const oldestPulumi = "3.259.0";

/** The oldest Node that the Pulumi SDK runs on (its package's `engines`), and the release line that is fetched. */
export const oldestProgramNode = 22;
export const fetchedNode = 24;

/** The plain version in what a program told about itself; undefined where there is none. */
export function versionIn(text: string): SemVer | undefined {
  return coerce(text.trim()) ?? undefined;
}
