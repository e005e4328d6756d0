import { headlineOf } from "../render/headline";
import type { Block, Page, Section } from "../render/page";
import type { Step } from "./observed";
import type { RecoveryReport, RecoverySummary } from "./plan";

export function recoveryPage({ verdict, findings, summary }: RecoveryReport): Page {
  return {
    title: `After an interruption: ${summary.project}/${summary.stack}`,
    subtitle: summary.backend.url,
    verdict,
    headline: headlineOf(findings, "Nothing is left of an interrupted run."),
    sections: [
      ...(summary.done.length === 0 ? [] : [section("done", "Done", [{ kind: "list", items: summary.done }])]),
      section("findings", "What was found", [
        findings.length === 0 ? { kind: "paragraph", text: "Nothing." } : { kind: "findings", findings },
      ]),
      section("states", "The state, and older ones", [statesTable(summary)]),
      ...(summary.pending.length === 0 ? [] : [section("pending", "In flight when it ended", [pendingTable(summary)])]),
      section("next", "What comes next", [
        ...(summary.steps.length === 0 ? [] : [{ kind: "list", items: summary.steps.map(stepText) } satisfies Block]),
        {
          kind: "paragraph",
          text:
            summary.steps.length > 0
              ? "Nothing of this was done yet."
              : verdict === "blocked"
                ? "Nothing that recover can settle: what stands above comes first, then look again."
                : "Nothing is left for recover to do.",
        },
        { kind: "code", text: summary.next },
      ]),
    ],
  };
}

/** One step, as it will be done. */
function stepText(step: Step): string {
  switch (step.kind) {
    case "remove-lock":
      return `take away the lock of the dead process ${step.lock.pid}: ${step.lock.file}`;
    case "set-aside":
      return `put the cut side file aside: ${step.file}`;
    case "restore":
      return `keep the cut state beside itself and put ${step.from} in its place`;
    case "clear-pending":
      return `take ${step.urns.length} pending ${step.urns.length === 1 ? "entry" : "entries"} of creations out of the state (a refresh of the stack itself alone, which asks no provider and changes no resource)`;
    case "look":
      return `ask Azure whether ${step.urns.length} ${step.urns.length === 1 ? "resource that was being deleted is" : "resources that were being deleted are"} still there, and take what is gone out of the state (a refresh of exactly those)`;
  }
}

function statesTable({ state, backups }: RecoverySummary): Block {
  const cells = (resources: number | null, writtenAt: string | null) => [
    resources === null ? "cannot be read" : String(resources),
    writtenAt ?? "–",
  ];
  return {
    kind: "table",
    columns: [{ title: "File" }, { title: "What it is" }, { title: "Resources", align: "right" }, { title: "Written" }],
    rows: [
      [
        state.file,
        state.problem === null ? "the state" : `the state: ${state.problem}`,
        ...cells(state.resources, state.writtenAt),
      ],
      ...backups.map(({ file, origin, resources, writtenAt }) => [file, origin, ...cells(resources, writtenAt)]),
    ],
  };
}

function pendingTable({ pending }: RecoverySummary): Block {
  return {
    kind: "table",
    columns: [
      { title: "Interrupted" },
      { title: "Resource" },
      { title: "What may have happened" },
      { title: "The next up" },
    ],
    rows: pending.map(({ operation, name, may, up }) => [operation, name, may, up]),
  };
}

const section = (id: string, title: string, blocks: readonly Block[]): Section => ({ id, title, blocks });
