import type { Section } from "../../render/page";
import type { Finding } from "../../verdict";

/** Where something is done, in the order in which a person would go through them. */
const tools: readonly (readonly [string, RegExp])[] = [
  ["Stop and think first", /do not promote|isolate it from the network|treat the server as active/iu],
  ["Evidence", /^(export|give the|copy|count the files|collect|run scripts)|export both servers/iu],
  ["Wizard", /wizard/iu],
  ["Synchronization Rules Editor", /rules editor/iu],
  ["Synchronization Service Manager", /synchronization service manager/iu],
  ["PowerShell", /\b(Get|Set|Repair|Enable|Disable)-ADSync\w+/u],
];

/** Every step of the findings once, by tool, the most severe first: what a person takes to the server. */
export function toDoSection(findings: readonly Finding[]): Section | undefined {
  const steps = new Map<string, Map<string, string[]>>();
  for (const severity of ["blocking", "warning"] as const)
    for (const { next, subject } of findings.filter((finding) => finding.severity === severity)) {
      if (next === "") continue;
      const tool = tools.find(([, words]) => words.test(next))?.[0] ?? "Elsewhere";
      const group = steps.get(tool) ?? new Map<string, string[]>();
      group.set(next, [...(group.get(next) ?? []), subject]);
      steps.set(tool, group);
    }
  if (steps.size === 0) return undefined;
  const order = [...tools.map(([tool]) => tool), "Elsewhere"];
  return {
    id: "to-do",
    title: "To do",
    blocks: order.flatMap((tool) => {
      const group = steps.get(tool);
      if (group === undefined) return [];
      return [
        { kind: "paragraph", text: `${tool}:` },
        { kind: "list", items: [...group].map(([next, subjects]) => `${subjectsOf(subjects)}: ${next}`) },
      ] as const;
    }),
  };
}

function subjectsOf(subjects: readonly string[]): string {
  const unique = [...new Set(subjects)];
  return `${unique.slice(0, 3).join("; ")}${unique.length > 3 ? ` and ${unique.length - 3} more` : ""}`;
}
