import { findNode } from "../../engine/findNode";
import { findPulumi } from "../../engine/findPulumi";
import { silent } from "../../engine/progress";
import { CouldNotRun } from "../../review/verdict";
import { requires } from "./requires";

let known: Promise<boolean> | undefined;

/** Asked once a process: it starts the engine for its version. */
function engineIsThere(): Promise<boolean> {
  known ??= (async () => {
    try {
      await findNode({ progress: silent });
      await findPulumi({ progress: silent, sources: [] });
      return true;
    } catch (error) {
      if (error instanceof CouldNotRun) return false;
      throw error;
    }
  })();
  return known;
}

/**
 * Skips (or with REQUIRE_ALL=1 fails) where the Pulumi engine is not set up; never builds one inside a test.
 * `npm test` and `npm run setup` set it up. Use in `before`: `await requiresEngine(this)`.
 */
export async function requiresEngine(context: Mocha.Context): Promise<void> {
  requires(context, "the Pulumi engine (npm run setup)", await engineIsThere());
}
