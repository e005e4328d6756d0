import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import Mocha from "mocha";
import { repositoryRoot } from "./repository";

/**
 * Mocha's own report, and its counts written to the file of `--reporter-option counts=FILE` for `npm test`: the last
 * line's, and how long each test file took, hooks included, in milliseconds.
 */
export = class CountedSpec extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file: unknown = options.reporterOptions?.counts;
    if (typeof file !== "string") return;
    const { EVENT_HOOK_END, EVENT_RUN_END, EVENT_TEST_END } = Mocha.Runner.constants;
    const took = new Map<string, number>();
    const add = ({ file: of, duration }: Mocha.Runnable): void => {
      if (of === undefined) return;
      const name = relative(repositoryRoot, of).replaceAll("\\", "/");
      took.set(name, (took.get(name) ?? 0) + (duration ?? 0));
    };
    runner.on(EVENT_TEST_END, add);
    runner.on(EVENT_HOOK_END, add);
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const counts = { passed: passes, failed: failures, skipped: pending };
      writeFileSync(file, JSON.stringify({ ...counts, took: Object.fromEntries(took) }));
    });
  }
};
