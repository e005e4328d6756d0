import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** Mocha's own report, and its counts written to the file of `--reporter-option counts=FILE` for `npm test`'s last line. */
export = class CountedSpec extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file: unknown = options.reporterOptions?.counts;
    if (typeof file !== "string") return;
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
};
