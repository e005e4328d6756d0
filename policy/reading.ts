import { unknownValue } from "../review/posture";

/**
 * A policy's arguments as plain values. `@pulumi/policy` throws where something unknown is read, and with that one value
 * the whole policy would be silent; here each unknown becomes a marker, and the rest can be judged.
 */
export function plainValues(value: unknown): unknown {
  if (Array.isArray(value)) {
    const length = Number(orUnknown(() => value.length));
    return Array.from({ length }, (_, index) => orUnknown(() => plainValues(value[index])));
  }
  if (typeof value !== "object" || value === null) return value;
  return plainRecord(value);
}

export function plainRecord(value: object): Record<string, unknown> {
  const source = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.keys(source).map((key) => [key, orUnknown(() => plainValues(source[key]))]));
}

/** The error's class is exported from the types of `@pulumi/policy` only as internal; its name is its contract. */
function orUnknown(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "unknownTypeSentinel" in error) return unknownValue;
    throw error;
  }
}
