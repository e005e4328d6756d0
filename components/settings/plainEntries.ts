import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as yaml from "yaml";

/**
 * Entries of an object of secrets that are plain texts all the same. The engine calls the whole object secret as soon as one
 * of its entries is; only the file tells which are not.
 */
export function plainEntries(entries: unknown): readonly string[] {
  if (typeof entries !== "object" || entries === null || "secure" in entries) return [];
  return Object.entries(entries).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && "secure" in value ? [] : [name],
  );
}

/**
 * The same of the stack's own file in the project's folder. Nothing where there is no such file (another folder for
 * configurations, a service that keeps them): then the engine's word is all there is.
 *
 * @param key with its namespace
 */
export function plainEntriesInFile(folder: string, stack: string, key: string): readonly string[] {
  const file = ["yaml", "yml"].map((ending) => join(folder, `Pulumi.${stack}.${ending}`)).find(existsSync);
  if (file === undefined) return [];
  // Loaded by whoever has such secrets alone, and not at every preview.
  const { parse } = require("yaml") as typeof yaml;
  try {
    return plainEntries(partOf(partOf(parse(readFileSync(file, "utf8")), "config"), key));
  } catch {
    // The engine has read it, so it can; what it took it for we do not know.
    return [];
  }
}

const partOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
