/** One resource of which a policy is not asked until a day. */
export interface Exception {
  /** Logical name or URN; `*` stands for any characters. */
  readonly resource: string;
  readonly reason: string;
  /** The last day, in UTC: `2026-12-31`. */
  readonly until: string;
}

export const exceptionSchema = {
  type: "array",
  description: "Resources of which this policy is not asked until a day. After that day they are violations again.",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["resource", "reason", "until"],
    properties: {
      resource: {
        type: "string",
        // Not everything at once: who wants that switches the policy off, and says so.
        pattern: "[^*]",
        description: "Logical name or URN of the resource; * stands for any characters.",
      },
      reason: { type: "string", pattern: "\\S.{4,}", description: "Why it is so for now." },
      until: {
        type: "string",
        pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        description: "The last day, in UTC, for example 2026-12-31.",
      },
    },
  },
} as const;

export type Standing =
  | { readonly kind: "none" }
  | { readonly kind: "holds"; readonly exception: Exception }
  | { readonly kind: "ended"; readonly exception: Exception };

/** What the exceptions say of one resource today. One that holds wins over one that has ended. */
export function standingOf(
  exceptions: readonly Exception[],
  { name, urn }: { readonly name: string; readonly urn: string },
  now: Date,
): Standing {
  const fitting = exceptions.filter(({ resource }) => fits(resource, name) || fits(resource, urn));
  const today = now.toISOString().slice(0, 10);
  const [first] = fitting;
  const holding = fitting.find(({ until }) => isDay(until) && until >= today);
  if (holding !== undefined) return { kind: "holds", exception: holding };
  return first === undefined ? { kind: "none" } : { kind: "ended", exception: first };
}

/** 2026-02-31 is no day: an exception until then has ended. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

function fits(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(text);
}
