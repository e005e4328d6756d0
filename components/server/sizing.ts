import {
  hasTemporaryDisk,
  parseSize,
  supportsAcceleratedNetworking,
  supportsPremiumDisks,
  usesNvme,
} from "../../azure/sizes";

/** Microsoft's sizing table (prerequisites page, January 2026) joined with Azure sizes that meet its memory row. */
interface SizingRow {
  /** Largest number of objects in Active Directory that the row is for. */
  readonly upTo: number;
  readonly memoryGiB: number;
  readonly diskGB: number;
  readonly size: string;
  readonly fullSqlRequired: boolean;
}

const table: readonly SizingRow[] = [
  { upTo: 50_000, memoryGiB: 6, diskGB: 70, size: "Standard_D2s_v5", fullSqlRequired: false },
  { upTo: 100_000, memoryGiB: 16, diskGB: 100, size: "Standard_D4s_v5", fullSqlRequired: false },
  { upTo: 300_000, memoryGiB: 32, diskGB: 300, size: "Standard_D8s_v5", fullSqlRequired: true },
  { upTo: 600_000, memoryGiB: 32, diskGB: 450, size: "Standard_D8s_v5", fullSqlRequired: true },
  { upTo: Number.POSITIVE_INFINITY, memoryGiB: 32, diskGB: 500, size: "Standard_D8s_v5", fullSqlRequired: true },
];

/** A Windows Server 2022 or 2025 image with the desktop is about 127 GiB; a smaller disk is rejected by Azure. */
export const imageDiskGB = 127;

export interface Sizing {
  readonly memoryGiB: number;
  readonly diskGB: number;
  readonly size: string;
  readonly fullSqlRequired: boolean;
}

export function sizingFor(synchronizedObjects: number): Sizing {
  const row = table.find((each) => synchronizedObjects <= each.upTo) as SizingRow;
  return { ...row, diskGB: Math.max(row.diskGB, imageDiskGB) };
}

/**
 * Memory in GiB by the rule of the D and E families from version 3 on (4 and 8 GiB for each processor, Dl 2);
 * undefined for others, which are taken on trust.
 */
export function memoryOf(size: string): number | undefined {
  const name = parseSize(size);
  if (name === undefined || name.version < 3) return undefined;
  if (name.family === "D") return name.cpus * (name.features.includes("l") ? 2 : 4);
  return name.family === "E" ? name.cpus * 8 : undefined;
}

/** Premium disks and accelerated networking; on burstable sizes there is none to rely on. */
export function supportsOurDisksAndNetwork(size: string): boolean {
  const burstable = parseSize(size)?.family === "B";
  return supportsPremiumDisks(size) !== false && supportsAcceleratedNetworking(size) && !burstable;
}

/**
 * Why Azure would not resize a machine in place, which only a restart is otherwise; undefined where it would. What
 * cannot be told from the names is left to Azure.
 */
export function resizeProblem(from: string, to: string): string | undefined {
  const [before, after] = [parseSize(from), parseSize(to)];
  if (before === undefined || after === undefined) return undefined;
  if (usesNvme(before) !== usesNvme(after))
    return `Azure does not resize between ${from} and ${to}: a Trusted Launch machine cannot change between SCSI and NVMe disks`;
  if (hasTemporaryDisk(before) !== hasTemporaryDisk(after))
    return `Azure does not resize between ${from} and ${to}: only one of them has a temporary disk`;
  return undefined;
}
