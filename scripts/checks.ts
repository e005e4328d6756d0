import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Ajv, Options, ValidateFunction } from "ajv";

/** A schema and how values are checked against it. */
export interface Check {
  /** Also the name of the file that the build leaves for it. */
  readonly name: string;
  readonly schema: object;
  readonly options: Options;
  /** Of ajv-formats. */
  readonly standardFormats?: readonly ("ipv4" | "date")[];
  readonly formats?: Readonly<Record<string, RegExp>>;
}

const load = createRequire(__filename);

/**
 * The check as a function. Making one of a schema costs a tenth of a program's start, so the build makes them beforehand
 * (prepareChecks.ts); where it did not, or of another schema than this, it is made now.
 */
export function functionOf(check: Check, folder = preparedChecks): ValidateFunction {
  const file = join(folder, `${check.name}.js`);
  if (existsSync(file)) {
    const prepared = load(file) as ValidateFunction & { readonly of?: string };
    if (prepared.of === fingerprintOf(check)) return prepared;
  }
  return ajvFor(check).compile(check.schema);
}

/** Where the build leaves its functions: beside the compiled sources, from which this runs, or from the sources below. */
export const preparedChecks = /[\\/]dist[\\/]scripts$/.test(__dirname)
  ? join(__dirname, "..", "checks")
  : join(__dirname, "..", "dist", "checks");

/** Everything of a check that its function depends on. */
export function fingerprintOf({ schema, options, standardFormats = [], formats = {} }: Check): string {
  const ours = Object.entries(formats).map(([name, matches]) => [name, String(matches)]);
  return createHash("sha256")
    .update(JSON.stringify([schema, options, standardFormats, ours]))
    .digest("hex");
}

export function ajvFor({ options, standardFormats = [], formats = {} }: Check, code: Options["code"] = {}): Ajv {
  // Loaded late: a program whose checks are all prepared never needs it.
  const { Ajv } = load("ajv") as typeof import("ajv");
  const ajv = new Ajv({ ...options, code });
  if (standardFormats.length > 0)
    (load("ajv-formats") as typeof import("ajv-formats")).default(ajv, [...standardFormats]);
  for (const [name, matches] of Object.entries(formats)) ajv.addFormat(name, matches);
  return ajv;
}
