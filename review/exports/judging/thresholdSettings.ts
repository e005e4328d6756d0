import { readFile } from "node:fs/promises";
import Ajv from "ajv";
import { parse, YAMLParseError } from "yaml";
import { BadInput } from "../../verdict";
import { defaultThresholds, type RiskClass, riskClasses, type Threshold, type Thresholds } from "./thresholds";
import schema from "./thresholds.schema.json";

type Changes = Partial<Record<RiskClass, Partial<Threshold>>>;

/**
 * The defaults, changed by a JSON or YAML file (`{ deletes: { review: 5, block: 50 } }`), changed by single settings
 * (`deletes.block=50`, `updates.review=never`).
 *
 * @throws BadInput with every problem at once
 */
export async function readThresholds(file: string | undefined, settings: readonly string[]): Promise<Thresholds> {
  let result: Thresholds = defaultThresholds;
  if (file !== undefined) result = merged(result, await readFromFile(file));
  for (const setting of settings) result = merged(result, readSetting(setting));
  for (const name of riskClasses) {
    const { review, block } = result[name];
    if (block === "never" || (review !== "never" && review <= block)) continue;
    throw new BadInput(
      `thresholds: ${name}.review (${review}) is above ${name}.block (${block}): write review at most as high as block.`,
    );
  }
  return result;
}

function merged(base: Thresholds, changes: Changes): Thresholds {
  const result: Record<string, Threshold> = { ...base };
  for (const name of riskClasses) result[name] = { ...base[name], ...changes[name] };
  return result as Thresholds;
}

async function readFromFile(file: string): Promise<Changes> {
  let content: unknown;
  try {
    content = parse(await readFile(file, "utf8"));
  } catch (error) {
    const where = error instanceof YAMLParseError ? "is neither JSON nor YAML" : "cannot be read";
    throw new BadInput(`${file}: ${where}: ${(error as Error).message}`);
  }
  return validated(content ?? {}, file);
}

function readSetting(setting: string): Changes {
  const found = /^([A-Za-z]+)\.(review|block)=(\d+|never)$/.exec(setting);
  if (!found) {
    throw new BadInput(
      `--threshold ${setting}: write it as class.review=NUMBER or class.block=NUMBER, or never for the number.`,
    );
  }
  const [, name = "", level = "", value = ""] = found;
  return validated({ [name]: { [level]: value === "never" ? value : Number(value) } }, `--threshold ${setting}`);
}

function validated(content: unknown, where: string): Changes {
  const validate = new Ajv({ allErrors: true, strict: true }).compile<Changes>(schema);
  if (validate(content)) return content;
  const problems = (validate.errors ?? [])
    .filter((problem) => problem.keyword !== "oneOf" && problem.keyword !== "const")
    .map((problem) => {
      const at = problem.instancePath.slice(1).replaceAll("/", ".") || "thresholds";
      const extra = problem.params as { additionalProperty?: string };
      if (problem.instancePath.split("/").length === 3) return `${at} ${problem.message}, or never`;
      if (extra.additionalProperty === undefined) return `${at} ${problem.message}`;
      const known = at === "thresholds" ? riskClasses.join(", ") : "review, block";
      return `${at} has no "${extra.additionalProperty}"; known are ${known}`;
    });
  throw new BadInput(`${where}: ${[...new Set(problems)].join("; ")}.`);
}
