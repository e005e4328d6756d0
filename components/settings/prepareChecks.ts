import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import standaloneCode from "ajv/dist/standalone";
import { scriptNames } from "../../scripts/arguments";
import { ajvFor, type Check, fingerprintOf, preparedChecks } from "../../scripts/checks";
import { answerCheck } from "../../scripts/validate";
import { settingsCheck } from "./shape";

/** The part of the build after the compiler: every check of a program as plain code (scripts/checks.ts). */
export function prepareChecks(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const check of allChecks()) {
    const ajv = ajvFor(check, { source: true });
    const code = standaloneCode(ajv, ajv.compile(check.schema));
    writeFileSync(
      join(folder, `${check.name}.js`),
      `${code}\nmodule.exports.of = ${JSON.stringify(fingerprintOf(check))};\n`,
    );
  }
}

export const allChecks = (): readonly Check[] => [settingsCheck, ...scriptNames.map(answerCheck)];

if (require.main === module) prepareChecks(preparedChecks);
