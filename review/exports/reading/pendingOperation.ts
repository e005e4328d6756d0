import type { Operation } from "./change";
import { NotAnExport } from "./sink";

const objectLevelOperations: Record<string, Operation> = {
  add: "add",
  modify: "update",
  delete: "delete",
  none: "none",
};

/** What an object may say beside each operation of its delta. */
const fitting: Partial<Record<Operation, readonly Operation[]>> = {
  none: ["none"],
  add: ["add"],
  update: ["update"],
  replace: ["update", "add"],
  delete: ["delete"],
};

interface Said {
  /** By the delta. */
  readonly delta: Operation | undefined;
  readonly deltaSeen: boolean;
  /** By `export-delta-operation`, in its own words. */
  readonly object: string | undefined;
  readonly sent: boolean;
}

export interface PendingOperationSaid {
  readonly operation: Operation;
  /** Only that something changes is known, not what. */
  readonly withoutDetails: boolean;
  /** The two do not go together: the delta is believed, and a person told. */
  readonly contradiction: boolean;
}

/** The delta says it; where it is missing, the operation at object level still says that something is pending. */
export function pendingOperation(dn: string, { delta, deltaSeen, object = "", sent }: Said): PendingOperationSaid {
  const atObject = Object.hasOwn(objectLevelOperations, object) ? objectLevelOperations[object] : undefined;
  if (delta !== undefined) {
    const fits = fitting[delta];
    const contradiction = !sent && atObject !== undefined && fits !== undefined && !fits.includes(atObject);
    return { operation: delta, withoutDetails: false, contradiction };
  }
  if (atObject === undefined && object !== "") {
    throw new NotAnExport(`${dn}: export-delta-operation "${object}" is not one of add, modify, delete, none`);
  }
  if (deltaSeen && atObject === undefined) throw new NotAnExport(`${dn}: its delta has no operation`);
  const operation = atObject === undefined || sent ? "none" : atObject;
  return { operation, withoutDetails: operation !== "none" && !deltaSeen, contradiction: false };
}
