import type { Node } from "./languageService";
import {
  compared,
  functions,
  hasTerm,
  member,
  NotInterpreted,
  type Row,
  text,
  textComparisons,
  type Value,
} from "./values";

/**
 * Runs a query over sample rows: exactly the operators that our alerts use, read from the language service's own syntax tree.
 * Whatever else stands in a query is refused by name, so that nothing is concluded from what was not run.
 */

export type Tables = Readonly<Record<string, readonly Row[]>>;

const words = (node: Node): string => node.text ?? node.children.map(words).join("");
const ofKind = (node: Node, kind: string): readonly Node[] =>
  node.children.flatMap((child) => [...(child.kind === kind ? [child] : []), ...ofKind(child, kind)]);

/** Members of a list, without its commas. */
const elements = (list: Node | undefined): readonly Node[] =>
  (list?.children ?? []).flatMap((child) => (child.kind === "SeparatedElement" ? child.children.slice(0, 1) : []));
/** `(a, b)`. */
const inParentheses = (node: Node | undefined): readonly Node[] =>
  elements(node?.children.find(({ kind }) => kind === "List"));

interface Running {
  readonly tables: Tables;
  readonly now: Date;
}

export function run(tree: Node, tables: Tables, now: Date): readonly Row[] {
  const [statement, ...more] = ofKind(tree, "ExpressionStatement");
  const [expression] = statement?.children ?? [];
  if (expression === undefined || more.length > 0) throw new NotInterpreted("not one statement");
  return rowsOf(expression, { tables, now });
}

function rowsOf(node: Node, running: Running): readonly Row[] {
  if (node.kind === "NameReference") {
    const rows = running.tables[words(node)];
    if (rows === undefined) throw new NotInterpreted(`table ${words(node)}`);
    return rows;
  }
  const [left, , operator] = node.children;
  if (node.kind !== "PipeExpression" || left === undefined || operator === undefined)
    throw new NotInterpreted(node.kind);
  return applied(operator, rowsOf(left, running), running.now);
}

function applied(operator: Node, rows: readonly Row[], now: Date): readonly Row[] {
  switch (operator.kind) {
    case "FilterOperator": {
      const condition = operator.children.at(-1);
      if (condition === undefined) throw new NotInterpreted("where without a condition");
      return rows.filter((row) => evaluated(condition, row, now) === true);
    }
    case "ExtendOperator":
      return rows.map((row) => {
        const grown: Record<string, Value> = { ...row };
        for (const named of elements(operator.children.at(-1)))
          grown[nameOf(named)] = evaluated(named.children[2] ?? named, grown, now);
        return grown;
      });
    case "SummarizeOperator":
      return [summarized(operator, rows, now)];
    default:
      throw new NotInterpreted(operator.kind);
  }
}

function nameOf(node: Node): string {
  const [declaration] = node.children;
  if (node.kind !== "SimpleNamedExpression" || declaration === undefined)
    throw new NotInterpreted(`${node.kind} without a name of its own`);
  return words(declaration);
}

/** Without `by`: one row, whatever there is. */
function summarized(operator: Node, rows: readonly Row[], now: Date): Row {
  if (ofKind(operator, "SummarizeByClause").length > 0) throw new NotInterpreted("summarize … by");
  const lists = operator.children.filter(({ kind }) => kind === "List");
  return Object.assign(
    {},
    ...elements(lists.at(-1)).map((aggregate): Row => {
      if (aggregate.kind === "FunctionCallExpression") return newest(aggregate, rows, now);
      const [name, call] = [nameOf(aggregate), aggregate.children[2]];
      if (call?.kind !== "FunctionCallExpression") throw new NotInterpreted(`${words(aggregate)} in summarize`);
      return { [name]: aggregated(call, rows, now) };
    }),
  );
}

function aggregated(call: Node, rows: readonly Row[], now: Date): Value {
  const [name, list] = call.children;
  const given = inParentheses(list);
  const of = (): readonly Value[] =>
    rows.map((row) => evaluated(given[0] ?? call, row, now)).filter((value) => value !== null);
  switch (words(name ?? call)) {
    case "count":
      return rows.length;
    case "dcount":
      return new Set(of().map(text)).size;
    case "avg": {
      const numbers = of().map(Number);
      // Of nothing there is no average: Kusto says NaN, and a comparison with that is false.
      return numbers.length === 0 ? Number.NaN : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
    }
    default:
      throw new NotInterpreted(`${words(name ?? call)}()`);
  }
}

/** `arg_max(TimeGenerated, …)`: of the row with the greatest, those columns; of no row, nulls. */
function newest(call: Node, rows: readonly Row[], now: Date): Row {
  const [name, list] = call.children;
  if (words(name ?? call) !== "arg_max") throw new NotInterpreted(`${words(name ?? call)}() without a name`);
  const [by, ...columns] = inParentheses(list);
  if (by === undefined) throw new NotInterpreted("arg_max()");
  const greatest = rows.reduce<Row | undefined>((best, row) => {
    if (best === undefined) return row;
    return Number(evaluated(by, row, now)) > Number(evaluated(by, best, now)) ? row : best;
  }, undefined);
  return Object.fromEntries(
    [by, ...columns].map((column) => [words(column), greatest === undefined ? null : evaluated(column, greatest, now)]),
  );
}

function evaluated(node: Node, row: Row, now: Date): Value {
  const [first, second, third] = node.children;
  const value = (of: Node | undefined): Value => {
    if (of === undefined) throw new NotInterpreted(`part of ${node.kind}`);
    return evaluated(of, row, now);
  };
  switch (node.kind) {
    case "NameReference": {
      const name = words(node);
      const found = row[name];
      if (found === undefined) throw new NotInterpreted(`column ${name} is not in the sample row`);
      return found;
    }
    case "StringLiteralExpression":
      return literal(words(node));
    case "LongLiteralExpression":
      return Number(words(node));
    case "BooleanLiteralExpression":
      return words(node) === "true";
    case "TimespanLiteralExpression": {
      const [, days] = /^(\d+)d$/.exec(words(node)) ?? [];
      if (days === undefined) throw new NotInterpreted(`timespan ${words(node)}`);
      return Number(days) * 86_400_000;
    }
    case "ParenthesizedExpression":
      return value(second);
    case "AndExpression":
      return value(first) === true && value(third) === true;
    case "OrExpression":
      return value(first) === true || value(third) === true;
    case "AddExpression": {
      const [instant, span] = [value(first), value(third)];
      if (!(instant instanceof Date) || typeof span !== "number")
        throw new NotInterpreted("+ of other than a time and a span");
      return new Date(instant.getTime() + span);
    }
    case "PathExpression":
      return memberOf(value(first), third);
    case "FunctionCallExpression": {
      const called = functions[words(first ?? node)];
      if (called === undefined) throw new NotInterpreted(`${words(first ?? node)}()`);
      return called(now, ...inParentheses(second).map(value));
    }
    case "InExpression":
      return inParentheses(third).some((each) => compared("EqualExpression", value(first), value(each)));
    case "HasAnyExpression":
      return inParentheses(third).some((each) => hasTerm(value(first), value(each)));
    case "BetweenExpression": {
      const [, from, , to] = third?.children ?? [];
      const tested = Number(value(first));
      return tested >= Number(value(from)) && tested <= Number(value(to));
    }
    default: {
      const textual = textComparisons[node.kind];
      if (textual !== undefined) return textual(value(first), value(third));
      return compared(node.kind, value(first), value(third));
    }
  }
}

function memberOf(value: Value, name: Node | undefined): Value {
  if (name?.kind !== "NameReference") throw new NotInterpreted(`a member that is ${name?.kind}`);
  return member(value, words(name));
}

/** In double or in single quotes. */
function literal(written: string): string {
  if (written.startsWith('"')) return JSON.parse(written) as string;
  if (!/^'[^'\\]*'$/.test(written)) throw new NotInterpreted(`the text ${written}`);
  return written.slice(1, -1);
}
