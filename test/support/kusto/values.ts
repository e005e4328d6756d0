/** Values as Kusto has them, and the few functions of it that our queries use. Anything else is refused. */

export type Value = string | number | boolean | Date | null | Dynamic;
/** A dynamic value: JSON. */
export interface Dynamic {
  readonly json: unknown;
}
export type Row = Readonly<Record<string, Value>>;

export class NotInterpreted extends Error {}

const isDynamic = (value: Value): value is Dynamic =>
  typeof value === "object" && value !== null && !(value instanceof Date);

/** `Health.staging.scheduler`: a member of JSON, null where there is none. */
export function member(value: Value, name: string): Value {
  if (value === null) return null;
  if (!isDynamic(value)) throw new NotInterpreted(`.${name} of what is no dynamic value`);
  const { json } = value;
  if (typeof json !== "object" || json === null || Array.isArray(json)) return null;
  const found = (json as Readonly<Record<string, unknown>>)[name];
  return found === undefined || found === null ? null : { json: found };
}

/** A JSON text becomes that JSON; another text a dynamic text, as Kusto has it. */
function parseJson(value: Value): Value {
  if (value === null) return null;
  if (typeof value !== "string") throw new NotInterpreted("parse_json of what is no text");
  try {
    return { json: JSON.parse(value) as unknown };
  } catch {
    return { json: value };
  }
}

/** Kusto has no null text: it is the empty one. */
export function text(value: Value): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (!isDynamic(value)) return String(value);
  return typeof value.json === "object" ? JSON.stringify(value.json) : String(value.json);
}

function boolean(value: Value): Value {
  if (value === null || typeof value === "boolean") return value;
  const said = text(value).toLowerCase();
  return said === "true" || said === "1" ? true : said === "false" || said === "0" ? false : null;
}

function real(value: Value): Value {
  if (value === null || typeof value === "number") return value;
  const said = text(value);
  return said.trim() === "" || Number.isNaN(Number(said)) ? null : Number(said);
}

function datetime(value: Value): Value {
  if (value === null || value instanceof Date) return value;
  const instant = Date.parse(text(value));
  return Number.isNaN(instant) ? null : new Date(instant);
}

/** Scalar functions by name. */
export const functions: Readonly<Record<string, (now: Date, ...given: readonly Value[]) => Value>> = {
  not: (_, value = null) => (value === null ? null : value !== true),
  now: (now) => now,
  parse_json: (_, value = null) => parseJson(value),
  tostring: (_, value = null) => text(value),
  tobool: (_, value = null) => boolean(value),
  todouble: (_, value = null) => real(value),
  todatetime: (_, value = null) => datetime(value),
  isnotempty: (_, value = null) => text(value) !== "",
};

/** Terms are runs of letters and digits; `has` wants a whole one (or several in a row). */
const boundary = "(?<![\\p{L}\\p{N}])";
const boundaryEnd = "(?![\\p{L}\\p{N}])";
const escaped = (part: string): string => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
export const hasTerm = (whole: Value, part: Value): boolean =>
  new RegExp(`${boundary}${escaped(text(part))}${boundaryEnd}`, "iu").test(text(whole));

const lower = (value: Value): string => text(value).toLowerCase();

/** Comparisons of texts by the kind of node; null is the empty text. */
export const textComparisons: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  EqualTildeExpression: (left, right) => lower(left) === lower(right),
  StartsWithExpression: (left, right) => lower(left).startsWith(lower(right)),
  ContainsExpression: (left, right) => lower(left).includes(lower(right)),
  NotContainsExpression: (left, right) => !lower(left).includes(lower(right)),
  HasExpression: hasTerm,
};

/** Comparisons by order; with null nothing is true but an inequality, and of texts there is no null. */
export function compared(kind: string, left: Value, right: Value): boolean {
  const bothTexts = typeof left === "string" || typeof right === "string";
  if (!bothTexts && (left === null || right === null)) return kind === "NotEqualExpression";
  if ((left !== null && isDynamic(left)) || (right !== null && isDynamic(right)))
    throw new NotInterpreted("a comparison with a dynamic value; Kusto wants it converted");
  const [a, b] = bothTexts ? [text(left), text(right)] : [Number(left), Number(right)];
  switch (kind) {
    case "EqualExpression":
      return a === b;
    case "NotEqualExpression":
      return a !== b;
    case "LessThanExpression":
      return a < b;
    case "GreaterThanExpression":
      return a > b;
    default:
      throw new NotInterpreted(kind);
  }
}
