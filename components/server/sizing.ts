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

/** Memory of the sizes that this library knows, in GiB; undefined for others, which are taken on trust. */
const memory: Readonly<Record<string, number>> = {
  Standard_D2s_v5: 8,
  Standard_D2as_v6: 8,
  Standard_D2s_v6: 8,
  Standard_D4s_v5: 16,
  Standard_D4as_v6: 16,
  Standard_D4s_v6: 16,
  Standard_E2s_v5: 16,
  Standard_D8s_v5: 32,
  Standard_D8as_v6: 32,
  Standard_D8s_v6: 32,
  Standard_E4s_v5: 32,
};

export function memoryOf(size: string): number | undefined {
  return memory[size];
}

/** Families that cannot start a Trusted Launch machine, by the Trusted Launch page: A, Dv2, Dv3, DC, EC, Arm and M. */
export function supportsTrustedLaunch(size: string): boolean {
  const name = size.replace(/^Standard_/, "");
  if (/^(A|DC|EC|M)[0-9]/.test(name)) return false;
  if (/^DS?[0-9]+_v[23]$/.test(name) || /^D[0-9]+s?_v[23]$/.test(name)) return false;
  return !/^[A-Z]+[0-9]+[a-z]*p[a-z]*_v[0-9]+$/.test(name);
}

/** Premium disks need an "s" size; the burstable B sizes have no accelerated networking to rely on. */
export function supportsOurDisksAndNetwork(size: string): boolean {
  const [, family, features] = /^Standard_([A-Z]+)[0-9]+(?:-[0-9]+)?([a-z]*)/.exec(size) ?? [];
  return family !== "B" && (features ?? "").includes("s");
}
