import { readFileSync } from "node:fs";

/** Processor time of this process's ended children in seconds; undefined where the system does not tell it so (Linux does). */
export function childrensSeconds(): number | undefined {
  try {
    // proc(5): cutime and cstime are the 16th and 17th field, in hundredths; the second, a name, may hold spaces.
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return undefined;
  }
}

/** The most memory that a running process had so far, in MB. */
export function peakMegabytes(pid: number): number {
  try {
    const peak = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round(Number(peak ?? 0) / 1024);
  } catch {
    return 0;
  }
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

export const least = (values: readonly number[]): number => Math.min(...values);
