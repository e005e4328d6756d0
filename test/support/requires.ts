import { existsSync } from "node:fs";

/**
 * Skips the running test by name where something is missing; with REQUIRE_ALL=1 it fails instead.
 * Use in `before` or a test: `requires(this, "the Contoso sample", sampleConfiguration)`.
 */
export function requires(context: Mocha.Context, what: string, present: string | boolean): void {
  const there = typeof present === "string" ? existsSync(present) : present;
  if (there) return;
  if (process.env.REQUIRE_ALL === "1") throw new Error(`REQUIRE_ALL=1, but ${what} is missing here`);
  console.log(`      skipped: ${what} is missing here`);
  context.skip();
}
