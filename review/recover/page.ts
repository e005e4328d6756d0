import type { Page, Section } from "../render/page";
import type { RecoverPlan, Step } from "./plan";

const words: Readonly<Record<Step["kind"], string>> = {
  clearLock: "the lock of the dead engine is taken away (pulumi cancel)",
  sideFiles: "the empty file beside the state is moved aside",
  restore: "the newest copy takes the place of the cut state, which is kept beside it",
  settle: "entries of creates that were cut off are taken out of the state (pulumi stack export and import)",
};

/** @param done what was done of the plan; undefined where it was only shown */
export function recoverPage(plan: RecoverPlan, command: string, done: readonly Step["kind"][] | undefined): Page {
  const { summary } = plan;
  return {
    title: `After an interruption: ${summary.stack}`,
    subtitle: summary.backend,
    verdict: plan.verdict,
    headline: headlineOf(plan, command, done),
    sections: [
      { id: "findings", title: "What is the case", blocks: [{ kind: "findings", findings: plan.findings }] },
      ...inFlight(plan),
      ...copies(plan),
      ...steps(plan, done),
    ],
  };
}

function headlineOf({ steps, verdict }: RecoverPlan, command: string, done: readonly string[] | undefined): string {
  if (done !== undefined && done.length > 0) return "Done what is listed below; pulumi up is yours to run.";
  if (steps.length > 0) return `Nothing was changed. To do it: ${command} --yes`;
  return verdict === "blocked"
    ? "Nothing was changed, and nothing can be done from here."
    : "Nothing was changed: nothing is to be done.";
}

function inFlight({ summary }: RecoverPlan): readonly Section[] {
  if (summary.inFlight.length === 0) return [];
  return [
    {
      id: "in-flight",
      title: "In flight when the run ended",
      blocks: [
        {
          kind: "table",
          columns: [
            { title: "What" },
            { title: "Was" },
            { title: "What may have come of it" },
            { title: "The next up" },
          ],
          rows: summary.inFlight.map(({ name, type, operation, may, up }) => [
            `${type.split(":").at(-1) ?? type} ${name}`,
            operation,
            may,
            up,
          ]),
        },
      ],
    },
  ];
}

function copies({ summary }: RecoverPlan): readonly Section[] {
  if (summary.restore === null && summary.state.readable) return [];
  const row = (path: string, readable: boolean, resources: number, writtenAt: string): readonly string[] => [
    path,
    readable ? String(resources) : "cannot be read",
    writtenAt,
  ];
  return [
    {
      id: "copies",
      title: "The state and its copies",
      blocks: [
        {
          kind: "table",
          columns: [{ title: "File" }, { title: "Resources", align: "right" }, { title: "Written" }],
          rows: [
            row(summary.state.path, summary.state.readable, summary.state.resources, summary.state.writtenAt),
            ...summary.copies.map(({ path, readable, resources, writtenAt }) =>
              row(path, readable, resources, writtenAt),
            ),
          ],
        },
      ],
    },
  ];
}

function steps(plan: RecoverPlan, done: readonly Step["kind"][] | undefined): readonly Section[] {
  const shown = done ?? plan.steps.map(({ kind }) => kind);
  if (shown.length === 0) return [];
  return [
    {
      id: "steps",
      title: done === undefined ? "What --yes does" : "Done",
      blocks: [{ kind: "list", items: shown.map((kind) => words[kind]), start: 1 }],
    },
  ];
}
