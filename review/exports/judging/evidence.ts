import type { ChangeTable } from "../comparing/changeTable";
import type { Side } from "../comparing/side";

/** What the objects of a file say about the filter csexport was run with. */
export interface FilterSigns {
  readonly objects: number;
  /** Objects without a pending export: `/f:x` writes none of them. */
  readonly idle: number;
  readonly pendingImports: number;
  readonly importErrors: number;
  readonly disconnectors: number;
  readonly failed: number;
}

export function filterSigns(table: ChangeTable): FilterSigns {
  let [idle, pendingImports, importErrors, disconnectors] = [0, 0, 0, 0];
  for (let row = 0; row < table.size; row++) {
    if (table.operation(row) === "none" && !table.sent(row)) idle++;
    if (table.pendingImport(row)) pendingImports++;
    if (table.importError(row)) importErrors++;
    if (table.disconnector(row)) disconnectors++;
  }
  return { objects: table.size, idle, pendingImports, importErrors, disconnectors, failed: table.failed };
}

/** The filter that a file was more likely made with than `/f:x`; undefined where nothing speaks against `/f:x`. */
export function otherFilter(signs: FilterSigns): string | undefined {
  const { objects, idle, pendingImports, importErrors, disconnectors, failed } = signs;
  if (objects === 0 || idle === 0) return undefined;
  if (pendingImports === objects) return "/f:m (pending imports)";
  if (importErrors === objects) return "/f:i (import errors)";
  if (failed === objects) return "/f:e (export errors)";
  if (disconnectors === objects) return "/f:s (disconnectors)";
  return idle === objects ? "another filter than /f:x, or with none" : undefined;
}

export interface FilterFinding {
  readonly side: Side;
  readonly signs: FilterSigns;
  readonly filter: string | undefined;
}

export const filterOf = (side: Side): FilterFinding => {
  const signs = filterSigns(side.last.table);
  return { side, signs, filter: otherFilter(signs) };
};
