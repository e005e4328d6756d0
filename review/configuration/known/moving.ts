/** What changes without anybody changing the configuration. `null`: only a document leaves it out, a comparison judges it. */
export type MovingReason = "date" | "import-state" | "counter" | "identifier" | null;

interface Moving {
  readonly names: RegExp;
  readonly reason: MovingReason;
}

const moving: readonly Moving[] = [
  {
    names:
      /^(creation-time|last-modification-time|modified-timestamp|export-date|Microsoft\.Synchronize\.NextStartTime)$/iu,
    reason: "date",
  },
  { names: /^(cookie|water-mark|last-dc)$/iu, reason: "import-state" },
  { names: /^version$/iu, reason: "counter" },
  { names: /^(id|internal-id)$/iu, reason: "identifier" },
  { names: /^(internal-version|format-version|guid|forest-guid)$/iu, reason: null },
];

/** By the last name of a path; undefined for what stays as it is set. */
export function movingAt(name: string): MovingReason | undefined {
  return moving.find(({ names }) => names.test(name))?.reason;
}
