import type { KeepArchivingAnswer } from "../../scripts/answers";
import { taskResult } from "../../scripts/archiveTask";
import type { Rule } from "./rule";

/** An archive that does not work stops nothing: the server serves without it. It is told until it works. */
export const archiveRules: readonly Rule<KeepArchivingAnswer>[] = [
  {
    code: "archive-task-missing",
    severity: "warning",
    find: ({ machine, answer: { wanted, task } }) =>
      wanted && task === null
        ? {
            title: `the archive's task on ${machine} was registered, and Windows does not have it any more`,
            staging: null,
            cause: "a policy or a person takes scheduled tasks out",
            next: "find out who does (log Microsoft-Windows-TaskScheduler/Operational, where it is enabled), then run pulumi up again: it is registered anew",
          }
        : undefined,
  },
  {
    code: "archive-task-disabled",
    severity: "warning",
    find: ({ machine, answer: { task } }) =>
      task?.state === "Disabled"
        ? {
            title: `the archive's task on ${machine} is disabled: nothing is archived`,
            staging: task.state,
            cause: "somebody or a policy disabled it after it was registered",
            next: "find out who does, then run pulumi up again: it is registered anew",
          }
        : undefined,
  },
  {
    code: "archive-first-run",
    severity: "warning",
    find: ({ machine, answer: { firstRun, collectedAt } }) => {
      if (firstRun === null || firstRun.result === 0) return undefined;
      const { means, next } = taskResult(firstRun.result);
      const why = firstRun.event?.why ?? "";
      return {
        title: `the run of the archive's task on ${machine} that was asked for at ${collectedAt}: ${means}`,
        staging: firstRun.result,
        cause: why === "" ? "the run wrote no event that says why" : why,
        next: `${next === "" ? "" : `${next}; `}pulumi up asks for another run, until one has archived`,
      };
    },
  },
  {
    code: "archive-first-run-notes",
    severity: "info",
    find: ({ machine, answer: { firstRun } }) =>
      firstRun?.result === 0 && (firstRun.event?.why ?? "") !== ""
        ? {
            title: `the first run of the archive's task on ${machine} archived, and has something to say`,
            staging: firstRun.event?.name ?? null,
            cause: firstRun.event?.why ?? "",
            next: "",
          }
        : undefined,
  },
  {
    code: "archive-unsent",
    severity: "warning",
    find: ({ machine, answer: { wanted, kept, waiting } }) =>
      !wanted && waiting > 0
        ? {
            title: `${waiting} collections of ${machine} were never archived; they stay on the server`,
            staging: waiting,
            cause: `the task was taken away before the archive could be reached; left: ${kept.join(", ")}`,
            next: "copy them from there (entra-connect archive add puts them into an archive), or delete the folder by hand",
          }
        : undefined,
  },
  {
    code: "archive-task-changed",
    severity: "info",
    find: ({ machine, answer: { before, changes } }) =>
      before?.task === "another" && changes.length > 0
        ? {
            title: `the archive's task on ${machine} was another than the one that was wanted, and was registered anew`,
            staging: changes,
            cause: "the settings or this release changed it, or somebody did",
            next: "",
          }
        : undefined,
  },
];
