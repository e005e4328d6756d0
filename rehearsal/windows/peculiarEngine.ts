/** Peculiarities of the synchronization engine. Each is a mark in the world: most come before Entra Connect is there. */

import type { Peculiarity } from "./peculiarity";
import type { Peculiarities } from "./serverWorld";

function marked<Name extends keyof Peculiarities>(name: Name, value: NonNullable<Peculiarities[Name]>) {
  return {
    on: ({ world }) => {
      world.peculiarities[name] = value;
    },
    off: ({ world }) => {
      delete world.peculiarities[name];
    },
  } satisfies Pick<Peculiarity, "on" | "off">;
}

export const enginePeculiarities = {
  "localdb-near-10gb": {
    says: "LocalDB has 9.2 GB of the 10 GB that it can have",
    source: "field-reports F20",
    ...marked("databaseUsedMB", 9420),
  },
  "edited-engine-config": {
    says: "somebody has edited miiserver.exe.config by hand",
    source: "field-reports F19",
    ...marked("engineConfigEdited", true),
  },
  "certificate-ends-soon": {
    says: "the certificate of the application was made 81 days ago, and nothing has renewed it",
    source: "field-reports F7",
    ...marked("certificateAgeDays", 81),
  },
  "event-log-empty": {
    says: "the event log has been cleared: it says nothing of certificates",
    source: "what Get-WinEvent does where it finds nothing",
    ...marked("eventLogCleared", true),
  },
  "day-first-dates": {
    says: "Windows writes dates day first, and the run history gives them as such text",
    source: "field-reports, dates of other regions",
    ...marked("dayFirstDates", true),
  },
  "long-first-synchronization": {
    says: "a full import of Active Directory takes three hours",
    source: "field-reports F28",
    ...marked("importMinutes", 180),
  },
  "run-in-progress": {
    says: "somebody's full synchronization runs when the first script looks, and ends 40 minutes later",
    source: "field-reports F28",
    ...marked("foreignRun", { minutes: 40 }),
  },
  "archive-task-removed": {
    says: "a policy takes scheduled tasks out that it does not know, once they have run",
    source: "hardening baselines of servers; issue 13, faults",
    ...marked("tasksTakenOut", true),
  },
  "archive-script-changed": {
    says: "somebody has changed the script of the archive's task on the server",
    source: "issue 13, faults: its hash stands in the task",
    ...marked("archiveScriptChanged", true),
  },
} as const satisfies Readonly<Record<string, Peculiarity>>;
