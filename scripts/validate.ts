import type { ValidateFunction } from "ajv";
import type { ScriptAnswers } from "./answers";
import type { ScriptName } from "./arguments";
import { readAsset } from "./assets";
import { type Check, functionOf } from "./checks";

/** What a script printed is not the answer it promised, so nothing of it is believed. */
export class AnswerProblem extends Error {
  override readonly name = "AnswerProblem";
}

const validators = new Map<ScriptName, ValidateFunction>();

/**
 * The answer in a script's standard output: its last line, checked against the script's schema.
 * @throws AnswerProblem where there is none, it is not JSON, or it says something else than the schema allows.
 */
export function validateAnswer<Name extends ScriptName>(name: Name, stdout: string): ScriptAnswers[Name] {
  const line = stdout.trimEnd().split(/\r?\n/).at(-1) ?? "";
  if (line === "") {
    throw new AnswerProblem(
      `The script ${name} ended without an answer: its standard output is empty. ` +
        "Run `pulumi up` again; if it stays so, run the script on the server by hand and look at what it prints.",
    );
  }
  const value = parse(name, line);
  const validate = validatorOf(name);
  if (validate(value)) return value as ScriptAnswers[Name];
  const problems = (validate.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message ?? ""}`);
  throw new AnswerProblem(
    `The answer of the script ${name} is not as its schema says, so it is not believed:\n` +
      `${problems.map((problem) => `  ${problem}`).join("\n")}\n` +
      "It may be the answer of another version of this library: run `pulumi up`, which asks again where the script has changed.",
  );
}

function parse(name: ScriptName, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    const shown = line.length > 120 ? `${line.slice(0, 120)}…` : line;
    throw new AnswerProblem(
      `The last line that the script ${name} printed is not JSON: ${shown}\n` +
        "Something else wrote on standard output after it, or the connection was cut. Run `pulumi up` again.",
    );
  }
}

function validatorOf(name: ScriptName): ValidateFunction {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const validate = functionOf(answerCheck(name));
  validators.set(name, validate);
  return validate;
}

export const answerCheck = (name: ScriptName): Check => ({
  name: `${name}.answer`,
  schema: JSON.parse(readAsset(`${name}.answer.schema.json`)) as object,
  options: { allErrors: true, strict: true, allowUnionTypes: true },
});
