import type { RawPreview } from "./rawPreview";

/** Operations that both forms always list; the others are listed only when they are asked for. */
const listed = ["create", "update", "delete", "import"] as const;

/**
 * Why a preview that says nothing about a failure is not the whole of one preview: what is not there cannot be judged,
 * and a page about the rest would be believed. Undefined where it is.
 */
export function gapIn({ steps, changeSummary, form, unreadable = 0 }: RawPreview): string | undefined {
  if (form === "none") return undefined;
  const has = (op: string): number => steps.filter((step) => step.op === op).length;
  const lost: string[] = listed.flatMap((op) => {
    const count = changeSummary[op] ?? 0;
    return count > has(op) ? [`${op}: ${count} counted, ${has(op)} listed`] : [];
  });
  if ((changeSummary.replace ?? 0) > 0 && !steps.some(({ op }) => /replace/u.test(op)))
    lost.push(`replace: ${changeSummary.replace} counted, none listed`);
  const stacks = [...new Set(steps.flatMap(({ urn }) => /^urn:pulumi:([^:]+)::([^:]+)::/u.exec(urn)?.[0] ?? []))];
  const gaps = [
    ...(unreadable > 0
      ? [`${unreadable} lines of the event stream could not be read; what they say is not known`]
      : []),
    ...(lost.length > 0 ? [`steps are missing that the engine counts (${lost.join("; ")}): the preview was cut`] : []),
    ...(stacks.length > 1 ? ["it holds steps of more than one stack; review each preview by itself"] : []),
  ];
  return gaps.length === 0 ? undefined : gaps.join("\n");
}
