import { domainRows } from "./domainRows";
import { machineRows } from "./machineRows";
import { networkRows } from "./networkRows";
import type { Prerequisite } from "./prerequisite";
import { windowsRows } from "./windowsRows";

export interface PrerequisiteGroup {
  readonly title: string;
  readonly rows: readonly Prerequisite[];
}

export const prerequisiteGroups: readonly PrerequisiteGroup[] = [
  { title: "Windows", rows: windowsRows },
  { title: "Machine", rows: machineRows },
  { title: "Domain", rows: domainRows },
  { title: "Network", rows: networkRows },
];

/** *The* table of what is asked of a server before a person is called. */
export const prerequisiteTable: readonly Prerequisite[] = prerequisiteGroups.flatMap(({ rows }) => rows);
