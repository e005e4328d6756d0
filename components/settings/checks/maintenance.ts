import { parseRecurrence, recurrenceForms } from "../../maintenance/recurrence";
import { firstOverlap, minutesOf } from "../../maintenance/windows";
import { type Check, problem } from "../context";
import type { Problem, WindowSettings } from "../settings";
import { timeZoneProblem } from "./timeZones";

/** Guest scope: "a minimum of 1 hour and 30 minutes", "the upper maintenance window is 3 hours and 55 minutes". */
const [shortest, longest] = ["01:30", "03:55"] as const;
/** "avoid creating schedules … between 23:45 to 00:00": it may not trigger, or shut the machine down (the same page). */
const lastStart = "23:44";

function windowProblems(path: string, window: WindowSettings): readonly Problem[] {
  return [
    ...(parseRecurrence(window.every) === undefined
      ? [problem(`${path}.every`, `"${window.every}" is no recurrence of Azure's that is taken here`, recurrenceForms)]
      : []),
    ...timeZoneProblem(`${path}.timeZone`, window.timeZone),
  ];
}

function ownProblems({ start, duration }: WindowSettings): readonly Problem[] {
  const path = "maintenance.window";
  const length = minutesOf(duration);
  return [
    ...(length < minutesOf(shortest) || length > minutesOf(longest)
      ? [problem(`${path}.duration`, `is ${duration}; Azure allows ${shortest} to ${longest}`, `"03:00", for example`)]
      : []),
    ...(start > lastStart
      ? [
          problem(
            `${path}.start`,
            `is ${start}; Azure warns of schedules that begin between 23:45 and midnight, which may not run`,
            `"23:30" or "00:00"`,
          ),
        ]
      : []),
  ];
}

function declaredProblems({ duration }: WindowSettings): readonly Problem[] {
  const length = minutesOf(duration);
  return length > 0 && length <= 24 * 60
    ? []
    : [problem("maintenance.activeServerWindow.duration", `is ${duration}`, `"00:30" to "24:00"`)];
}

const when = (instant: Date): string => instant.toISOString().slice(0, 16).replace("T", " ");

export const maintenanceWindows: Check = {
  concern: "maintenance windows are Azure's, and the passive servers' never meets the active server's",
  runs: "always",
  judge: ({ maintenance: { window, activeServerWindow }, generations }, { today }) => {
    const problems = [
      ...(window === undefined ? [] : [...windowProblems("maintenance.window", window), ...ownProblems(window)]),
      ...(activeServerWindow === undefined
        ? []
        : [
            ...windowProblems("maintenance.activeServerWindow", activeServerWindow),
            ...declaredProblems(activeServerWindow),
          ]),
    ];
    if (problems.length > 0 || window === undefined || activeServerWindow === undefined) return problems;
    // An active generation has a window of its own, which the settings do not change; what was declared is of a server before it.
    if (generations.some(({ role }) => role === "active")) return [];
    const overlap = firstOverlap(window, activeServerWindow, today);
    if (overlap === undefined) return [];
    return [
      problem(
        "maintenance.window",
        `meets maintenance.activeServerWindow, first on ${when(overlap.from)} to ${when(overlap.to)} UTC: one bad patch, or a restart that takes long, would stop both servers`,
        "other days, best some days before the active server's: what a patch breaks is then seen on the passive one first",
      ),
    ];
  },
};

export const locksOfOurOwn: Check = {
  concern: "a lock is set on what is ours alone",
  runs: "always",
  judge: ({ locks, backup }) =>
    locks.backup && (backup.vaultId !== undefined || !backup.enabled)
      ? [
          problem(
            "locks.backup",
            backup.enabled
              ? "is for a vault of our own, but backup.vaultId names somebody else's"
              : "is for the backup, which backup.enabled switches off",
            backup.enabled ? "nothing; whoever owns that vault locks it" : "nothing",
          ),
        ]
      : [],
};
