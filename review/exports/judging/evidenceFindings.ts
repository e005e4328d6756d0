import type { Finding } from "../../verdict";
import type { FilterSigns } from "./evidence";
import { evidence, type Judged, numbered, titled } from "./judged";
import { notShown } from "./wording";

export function* evidenceFindings(judged: Judged): Generator<Finding> {
  const { withoutDetails, snapshots } = judged;
  const base = { class: "evidence", subject: judged.connector, active: null, staging: null } as const;
  for (const { side, signs, filter } of judged.filters)
    yield* filterFindings(judged, side.role, side.last.file.path, signs, filter);
  yield* namesFindings(judged);
  if (withoutDetails.objects > 0) {
    yield {
      ...base,
      code: "changes-not-in-file",
      severity: "warning",
      title: titled(
        judged,
        `${numbered(withoutDetails.objects)} ${withoutDetails.objects === 1 ? "is" : "are"} to be exported, but the file does not say what changes`,
      ),
      staging: evidence(judged, withoutDetails, "staging"),
      cause: "csexport was told to leave the deltas out (/o), so there is only the operation of each object.",
      next: 'Export again without /o: csexport "<connector name>" <file.xml> /f:x',
      tool: "evidence",
    };
  }
  if (!judged.hasActive) {
    yield {
      ...base,
      code: "no-active-side",
      severity: "info",
      title: "There is no export of the active server: everything the staging server would do is judged as its own.",
      cause: "Changes that the active server would do as well cannot be told apart.",
      next: "Export the same connector on the active server and give it with --active.",
    };
  }
  if (judged.transient > 0) {
    yield {
      ...base,
      code: "transient",
      severity: "info",
      title: `${numbered(judged.transient)} left out: not pending with the same change in every snapshot.`,
      cause: "They are on their way: exported, changed or taken back between the snapshots.",
      next: "",
    };
  } else if (snapshots.staging < 2 || (judged.hasActive && snapshots.active < 2)) {
    yield {
      ...base,
      code: "single-snapshot",
      severity: "info",
      title: "With one snapshot a side, changes that are only on their way are counted too.",
      cause: "Two exports about an hour apart show what stays.",
      next: "Export again in about an hour and give both files of each side, the older first.",
    };
  }
  if (judged.unnamed.length > 0) {
    yield {
      ...base,
      code: "connector-not-named",
      severity: "warning",
      title: `${judged.unnamed.join(", ")} does not name its connector, the other files do: it may be of another one.`,
      cause: "Objects without ma-name; csexport writes it into every object.",
      next: "Export again with csexport, with the same connector name, and copy the file unchanged.",
    };
  }
  if (!judged.connectorKnown) {
    yield {
      ...base,
      code: "connector-not-named",
      severity: "info",
      title: "The files do not name their connector, so it was not checked that they are of the same one.",
      cause: "Objects without ma-name.",
      next: "Check that every file was exported with the same connector name.",
    };
  }
  yield {
    ...base,
    code: "not-in-such-a-file",
    severity: "info",
    title: "A file of pending exports does not show password hashes, and some other things.",
    cause: notShown.join(" "),
    next: "Check password hash synchronization on its own after a promotion (events 656 and 657).",
  };
}

/** Was the file made with /f:x? Objects without a pending export say no. */
function* filterFindings(
  judged: Judged,
  role: "active" | "staging",
  path: string,
  { objects, idle }: FilterSigns,
  filter: string | undefined,
): Generator<Finding> {
  if (idle === 0) return;
  const base = { class: "evidence", subject: judged.connector, active: null, staging: null } as const;
  const shown = { [role]: { file: path, objects, withoutPendingExport: idle } };
  const all = idle === objects;
  if (filter !== undefined) {
    yield {
      ...base,
      ...shown,
      code: "not-pending-exports",
      severity: "warning",
      title: titled(
        judged,
        `the file of the ${role} server holds ${numbered(objects)}, ${all ? "none" : `${objects - idle}`} with a pending export: it looks like one made with ${filter}`,
      ),
      cause: "csexport /f:x writes only objects with a pending export. What another filter leaves out is missing here.",
      next: 'Export again: csexport "<connector name>" <file.xml> /f:x',
      tool: "evidence",
    };
  } else {
    yield {
      ...base,
      ...shown,
      code: "objects-without-export",
      severity: "info",
      title: titled(
        judged,
        `${numbered(idle)} of ${objects} in the file of the ${role} server ${idle === 1 ? "has" : "have"} no pending export`,
      ),
      cause: "The file was made without a filter; everything pending is in it as well.",
      next: "",
    };
  }
}

/** Objects that cannot be told apart by name, words that contradict each other, and one database on both sides. */
function* namesFindings(judged: Judged): Generator<Finding> {
  const { namesakes, contradictions, repeating, database } = judged;
  const base = { class: "evidence", subject: judged.connector, active: null } as const;
  if (namesakes.objects > 0) {
    yield {
      ...base,
      code: "names-not-unique",
      severity: "warning",
      title: titled(
        judged,
        `${numbered(namesakes.objects)} share a name with another one in the same file: ${namesakes.types()}`,
      ),
      staging: evidence(judged, namesakes, "staging"),
      cause:
        "csexport writes characters outside the code page of the machine as question marks. The objects were kept apart by id, and matched between the servers by anchor.",
      next: "Look at these objects in Synchronization Service Manager: by name they cannot be told apart.",
      tool: "service-manager",
    };
  }
  if (contradictions.objects > 0) {
    yield {
      ...base,
      code: "operations-contradict",
      severity: "warning",
      title: titled(
        judged,
        `${numbered(contradictions.objects)} ${contradictions.objects === 1 ? "says" : "say"} one operation (export-delta-operation) and ${contradictions.objects === 1 ? "its" : "their"} delta another`,
      ),
      staging: evidence(judged, contradictions, "staging"),
      cause: "The delta was believed. Such a file was edited, or comes from a build that this tool does not know.",
      next: "Look at these objects in Synchronization Service Manager, tab Pending Export, before a promotion.",
      tool: "service-manager",
    };
  }
  if (repeating.objects > 0) {
    yield {
      ...base,
      class: "exportErrors",
      code: "export-errors-known",
      severity: "info",
      title: titled(
        judged,
        `${numbered(repeating.objects)} fail on the active server in every cycle and are no new change: ${repeating.types()}`,
      ),
      staging: null,
      active: evidence(judged, repeating, "active"),
      cause: "Their export was tried and refused before (export-errordetail), and is tried again in every cycle.",
      next: "Mend the error named with each object in its directory; a promotion does not change it.",
      tool: "directory",
    };
  }
  if (database === "restored") {
    yield {
      ...base,
      code: "database-restored",
      severity: "warning",
      title: titled(judged, "some objects have the same id on both servers: one database was restored from the other"),
      staging: null,
      cause: "Every database gives its objects ids of its own. Two servers must never use one database.",
      next: "Check that the staging server uses a database of its own, and that its pending exports were computed after the restore.",
      tool: "other",
    };
  }
}
