import type { Finding, Severity, Tool } from "../verdict";
import { tools, worstFirst } from "../verdict";
import type { Section } from "./page";

/** What is done where, in the order in which it is done. */
const toolTitles: Record<Tool, string> = {
  evidence: "Evidence: export or collect again",
  directory: "Active Directory, or the directory of the connector",
  wizard: "Microsoft Entra Connect wizard",
  "rules-editor": "Synchronization Rules Editor",
  "service-manager": "Synchronization Service Manager",
  powershell: "PowerShell on the server",
  entra: "Microsoft Entra ID",
  command: "entra-connect",
  program: "The Pulumi program and its settings",
  azure: "Azure",
  other: "Otherwise",
};

const toolOf = ({ tool }: Finding): Tool => tool ?? "other";

interface Task {
  readonly next: string;
  readonly severity: Severity;
  readonly findings: Finding[];
}

/** Everything that is to be done, once, by tool; within a tool the worst first. Undefined where nothing is. */
export function todoSection(findings: readonly Finding[]): Section | undefined {
  const byTool = new Map<Tool, Task[]>();
  for (const finding of worstFirst(findings)) {
    if (finding.next === "" || finding.severity === "info" || finding.accepted !== undefined) continue;
    const tasks = byTool.get(toolOf(finding)) ?? [];
    const known = tasks.find((task) => task.next === finding.next);
    if (known === undefined) tasks.push({ next: finding.next, severity: finding.severity, findings: [finding] });
    else known.findings.push(finding);
    byTool.set(toolOf(finding), tasks);
  }
  if (byTool.size === 0) return undefined;
  let number = 0;
  const sections = tools.flatMap((tool): Section[] => {
    const tasks = byTool.get(tool);
    if (tasks === undefined) return [];
    const start = number + 1;
    number += tasks.length;
    const items = tasks.map((task) => `${task.next} (${reason(task)})`);
    return [{ id: `todo-${tool}`, title: toolTitles[tool], blocks: [{ kind: "list", items, start }] }];
  });
  return { id: "todo", title: "What to do, in this order", blocks: [], sections };
}

const mostNamed = 4;

function reason({ severity, findings }: Task): string {
  const ids = findings.slice(0, mostNamed).map((finding) => finding.id ?? finding.code);
  const more = findings.length > mostNamed ? ` and ${findings.length - mostNamed} more` : "";
  return `${severity === "blocking" ? "blocks: " : "for "}${ids.join(", ")}${more}`;
}
