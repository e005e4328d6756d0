import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import ts from "typescript";
import { scriptNames, validateAnswer } from "../../scripts/assemble";
import { healthyServer } from "../support/healthyServer";
import { repositoryRoot } from "../support/repository";

interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema | boolean>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

const simple: Readonly<Record<string, string>> = {
  integer: "number",
  number: "number",
  string: "string",
  null: "null",
};

/** The schema as a TypeScript type. What it says beyond types (patterns, lengths) is left out. */
function typeOf(schema: Schema): string {
  const literals = schema.enum ?? ("const" in schema ? [schema.const] : undefined);
  if (literals !== undefined) return literals.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" | ");
  if (schema.type === "array") return `readonly (${typeOf(schema.items ?? {})})[]`;
  if (schema.type === "object") return objectType(schema);
  return simple[String(schema.type)] ?? String(schema.type);
}

/** Alternatives repeat the outcome, and forbid or demand what is declared above them. */
function objectType({ properties = {}, required = [], additionalProperties, oneOf }: Schema): string {
  if (typeof additionalProperties === "object") return `Readonly<Record<string, ${typeOf(additionalProperties)}>>`;
  const members = (names: readonly string[], more: Readonly<Record<string, Schema | boolean>>) =>
    names.flatMap((name) => {
      const own = more[name] ?? properties[name];
      const schema = own === true ? properties[name] : own;
      return typeof schema === "object" ? [`readonly ${name}: ${typeOf(schema)}`] : [];
    });
  const all = Object.keys(properties);
  if (oneOf === undefined) {
    assert.deepEqual([...required].sort(), all.sort(), "an answer has no optional parts");
    return `{ ${members(required, {}).join("; ")} }`;
  }
  const common = members(required, {}).filter((member) => !/^readonly outcome:/.test(member));
  return oneOf
    .map((each) => `{ ${[...common, ...members(each.required ?? [], each.properties ?? {})].join("; ")} }`)
    .join(" | ");
}

const schemaOf = (name: string): Schema =>
  JSON.parse(readFileSync(join(repositoryRoot, "scripts", `${name}.answer.schema.json`), "utf8"));

describe("scripts: the answers' types and their schemas", () => {
  const problems = new Map<string, string>();
  before(() => {
    // Exact: neither says anything that the other does not, readonly apart.
    const lines = [
      'import type { ScriptAnswers } from "../scripts/answers";',
      "type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;",
      ...scriptNames.map(
        (name) =>
          `export const ${name.replaceAll("-", "_")}: Same<ScriptAnswers["${name}"], ${typeOf(schemaOf(name))}> = true;`,
      ),
    ];
    const file = join(repositoryRoot, "test", "answers-of-schemas.ts");
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
    };
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (name, target) =>
      name === file ? ts.createSourceFile(name, lines.join("\n"), target) : read(name, target);
    const known = host.fileExists.bind(host);
    host.fileExists = (name) => name === file || known(name);
    const program = ts.createProgram([file], options, host);
    for (const { start, file: at, messageText } of ts.getPreEmitDiagnostics(program)) {
      const line = at === undefined || start === undefined ? -1 : at.getLineAndCharacterOfPosition(start).line;
      const name = at?.fileName === file ? (scriptNames[line - 2] ?? "program") : "program";
      problems.set(name, ts.flattenDiagnosticMessageText(messageText, "\n"));
    }
  });

  for (const name of scriptNames)
    it(`${name}: the type and the schema say the same`, () => {
      assert.equal(problems.get("program"), undefined);
      assert.equal(problems.get(name), undefined);
    });

  for (const name of scriptNames)
    it(`${name}: a healthy server's answer is believed, and nothing of it may be missing`, () => {
      const answer: Readonly<Record<string, unknown>> = { ...healthyServer[name] };
      assert.deepEqual(validateAnswer(name, JSON.stringify(answer)), answer);
      for (const key of Object.keys(answer))
        assert.throws(() => validateAnswer(name, JSON.stringify({ ...answer, [key]: undefined })), key);
    });
});
