/** Long lists as an answer tells them (`fragments/listing.ps1`): how many, a hash that stands for all, the first names. */
import { createHash } from "node:crypto";
import type { Listing } from "./answers";

/** As names are compared: letter case (of A to Z) and blanks at commas mean nothing. */
export function plainName(name: string): string {
  return name
    .replace(/\s*(?<!\\),\s*/g, ",")
    .trim()
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The whole list, whatever its length. */
export function listingOf(names: readonly string[]): Listing {
  const sorted = names
    .map((name) => ({ name, plain: plainName(name) }))
    .sort((one, other) => (one.plain < other.plain ? -1 : one.plain > other.plain ? 1 : 0));
  return {
    count: names.length,
    sha256: createHash("sha256")
      .update(sorted.map(({ plain }) => plain).join("\n"))
      .digest("hex"),
    names: sorted.map(({ name }) => name),
  };
}
