/** Why two servers differ: the kind of cause of a finding of a comparison. */
export const classes = ["expected", "build-difference", "known-import-gap", "your-change", "unexplained"] as const;
export type DifferenceClass = (typeof classes)[number];
