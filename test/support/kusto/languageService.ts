import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createContext, runInContext } from "node:vm";

/**
 * Microsoft's own language service for Kusto (@kusto/language-service-next), which analyses and does not run: facts/monitoring.md 8.
 * It is translated from C#, wants a browser's globals, and stands in a context of its own so that no other test sees those.
 */

interface Diagnostic {
  readonly Severity: string;
  readonly Message: string;
}
interface List<T> {
  readonly Count: number;
  getItem(index: number): T;
}
interface SyntaxNode {
  readonly Kind: number;
  readonly ChildCount: number;
  readonly Text?: string;
  GetChild(index: number): SyntaxNode | null;
}
interface KustoCode {
  readonly Syntax: SyntaxNode;
  GetDiagnostics(): List<Diagnostic>;
}
interface Globals {
  WithDatabase(database: object): Globals;
}
interface Service {
  readonly Kusto: {
    readonly Language: {
      readonly KustoCode: { ParseAndAnalyze(query: string, globals: Globals): KustoCode };
      readonly GlobalState: { readonly Default: Globals };
      readonly Syntax: { readonly SyntaxKind: object };
      readonly Symbols: {
        readonly TableSymbol: { From(schema: string): { WithName(name: string): object } };
        readonly DatabaseSymbol: { readonly $ctor1: new (name: string, tables: readonly object[]) => object };
      };
    };
  };
  readonly System: { readonly Enum: { toString(type: object, value: number): string } };
}

let loaded: Service | undefined;

function service(): Service {
  if (loaded !== undefined) return loaded;
  const folder = dirname(require.resolve("@kusto/language-service-next/package.json"));
  const context = createContext({ console, setTimeout, clearTimeout, addEventListener: () => undefined });
  runInContext("globalThis.window = globalThis; globalThis.self = globalThis;", context);
  for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"])
    runInContext(readFileSync(join(folder, file), "utf8"), context, { filename: file });
  loaded = context as unknown as Service;
  return loaded;
}

/** A node of the syntax tree by names: what stands in it and what it is made of, without what was left out. */
export interface Node {
  readonly kind: string;
  readonly text?: string;
  readonly children: readonly Node[];
}

/** Columns and their types, by table. */
export type TableSchemas = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What is wrong with a query in the service's own words, and its tree. */
export function analysed(
  query: string,
  tables: TableSchemas,
): { readonly problems: readonly string[]; readonly tree: Node } {
  const { Kusto, System } = service();
  const { KustoCode, GlobalState, Symbols, Syntax } = Kusto.Language;
  const symbols = Object.entries(tables).map(([name, columns]) =>
    Symbols.TableSymbol.From(
      `(${Object.entries(columns)
        .map(([column, type]) => `${column}: ${type}`)
        .join(", ")})`,
    ).WithName(name),
  );
  const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1("workspace", symbols));
  const code = KustoCode.ParseAndAnalyze(query, globals);
  const diagnostics = code.GetDiagnostics();
  const problems = Array.from({ length: diagnostics.Count }, (_, index) => diagnostics.getItem(index).Message);
  const nodeOf = (node: SyntaxNode): Node => ({
    kind: System.Enum.toString(Syntax.SyntaxKind, node.Kind),
    ...(node.ChildCount === 0 && node.Text !== undefined ? { text: node.Text } : {}),
    children: Array.from({ length: node.ChildCount }, (_, index) => node.GetChild(index)).flatMap((child) =>
      child === null || child === undefined ? [] : [nodeOf(child)],
    ),
  });
  return { problems, tree: nodeOf(code.Syntax) };
}
