import { compareRaw } from "../judging/compareRaw";
import type { Comparison } from "../judging/comparison";
import type { DirectorySchema, SchemaEntry } from "../model";

/** How many names a title or value lists before it says how many more there are. */
const listed = 200;

interface SchemaDifferences {
  readonly onlyActive: string[];
  readonly onlyStaging: string[];
  readonly changed: { name: string; active: string; staging: string }[];
}

/** Compares two schemas by kind and name: the metaverse's, or what a connector knows of its directory. */
export function compareSchema(
  comparison: Comparison,
  kind: "metaverse" | "directory" | "entra",
  subject: string,
  active: DirectorySchema,
  staging: DirectorySchema,
): void {
  compareRaw(comparison, { subject, where: `${subject} schema` }, active.rest, staging.rest);
  const found = differencesOf(active, staging);
  const report = (
    code: string,
    title: string,
    here: readonly string[] | null,
    there: readonly string[] | null,
  ): void => {
    // The schema of a forest does not depend on the build that reads it.
    const build = comparison.buildsDiffer && kind !== "directory";
    comparison.add({
      code,
      severity: build ? "info" : "warning",
      class: build ? "build-difference" : "unexplained",
      subject,
      title,
      active: here,
      staging: there,
      cause: build
        ? `Builds bring different schemas (${comparison.versions}).`
        : kind === "metaverse"
          ? "The metaverse schema was extended on one server only (a directory extension or a custom attribute)."
          : "Each server keeps the directory's schema as it was when it last read it: one of them has read it before a change.",
      next: build
        ? ""
        : kind === "metaverse"
          ? "Set up the same directory extensions on both servers, in the wizard."
          : "Refresh the directory schema in the wizard of the server that lacks the members.",
    });
  };
  const { onlyActive, onlyStaging, changed } = found;
  if (onlyActive.length > 0)
    report(
      "schema-missing-on-staging",
      `Only the active server's schema has ${count(onlyActive)}.`,
      shortened(onlyActive),
      null,
    );
  if (onlyStaging.length > 0)
    report(
      "schema-only-on-staging",
      `Only the staging server's schema has ${count(onlyStaging)}.`,
      null,
      shortened(onlyStaging),
    );
  if (changed.length > 0)
    report(
      "schema-differs",
      `${changed.length === 1 ? "One schema member is" : `${changed.length} schema members are`} defined differently: ${changed
        .slice(0, 3)
        .map((entry) => entry.name)
        .join(", ")}${changed.length > 3 ? "…" : ""}.`,
      shortened(changed.map((entry) => `${entry.name}: ${entry.active}`)),
      shortened(changed.map((entry) => `${entry.name}: ${entry.staging}`)),
    );
}

function differencesOf(active: DirectorySchema, staging: DirectorySchema): SchemaDifferences {
  const result: SchemaDifferences = { onlyActive: [], onlyStaging: [], changed: [] };
  if (active === staging) return result;
  const there = new Map(staging.entries.map((entry) => [keyOf(entry), entry]));
  for (const entry of active.entries) {
    const other = there.get(keyOf(entry));
    there.delete(keyOf(entry));
    if (other === undefined) result.onlyActive.push(keyOf(entry));
    else if (!entry.looksLike(other)) compareEntries(entry, other, result);
  }
  result.onlyStaging.push(...there.keys());
  return result;
}

function compareEntries(active: SchemaEntry, staging: SchemaEntry, result: SchemaDifferences): void {
  const name = keyOf(active);
  for (const [property, value] of active.properties) {
    const other = staging.properties.get(property);
    if (other === undefined) result.onlyActive.push(`${name}: ${property}`);
    else if (other !== value) result.changed.push({ name: `${name}: ${property}`, active: value, staging: other });
  }
  for (const property of staging.properties.keys())
    if (!active.properties.has(property)) result.onlyStaging.push(`${name}: ${property}`);
}

function keyOf(entry: SchemaEntry): string {
  return `${entry.kind} ${entry.name}`;
}

function count(names: readonly string[]): string {
  const first = names.slice(0, 3).join(", ");
  return names.length <= 3 ? first : `${first} and ${names.length - 3} more`;
}

function shortened(names: readonly string[]): readonly string[] {
  return names.length <= listed ? names : [...names.slice(0, listed), `… and ${names.length - listed} more`];
}
