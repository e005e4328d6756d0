import { settingsSchema } from "./schema";

/** docs/settings.md, made from the schema: one truth, and a test that holds the document to it. */

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
}

interface Row {
  readonly path: string;
  readonly value: string;
  readonly description: string;
  readonly change: string;
}

function valueText(schema: Schema, required: boolean): string {
  const kind =
    schema.enum !== undefined
      ? schema.enum.map((each) => `\`${String(each)}\``).join(", ")
      : schema.oneOf !== undefined
        ? schema.oneOf
            .flatMap((each) => each.properties?.kind?.const ?? [])
            .map((each) => `kind \`${String(each)}\``)
            .join(" or ")
        : (schema.type ?? "");
  const range =
    schema.minimum === undefined
      ? ""
      : ` ${schema.minimum}${schema.maximum === undefined ? " or more" : `–${schema.maximum}`}`;
  const fallback =
    required || schema.default === undefined || typeof schema.default === "object"
      ? ""
      : `; default \`${String(schema.default)}\``;
  return `${kind}${range}${required ? "; required" : fallback}`;
}

function rowsOf(path: string, schema: Schema, required: boolean): readonly Row[] {
  const [, text, change] = /^(.*?)(?: \[([^\]]*)\])?$/s.exec(schema.description ?? "") ?? [];
  const own =
    schema.properties !== undefined && schema.description === undefined
      ? []
      : [{ path, value: valueText(schema, required), description: text ?? "", change: change ?? "" }];
  const inner =
    schema.items?.properties !== undefined ? { at: `${path}[]`, of: schema.items } : { at: path, of: schema };
  const children = [...(inner.of.oneOf ?? []), inner.of].flatMap((branch) =>
    Object.entries(branch.properties ?? {})
      .filter(([, child]) => child.const === undefined)
      .flatMap(([name, child]) => rowsOf(`${inner.at}.${name}`, child, branch.required?.includes(name) ?? false)),
  );
  return [...own, ...children];
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

export function settingsDocument(): string {
  const root: Schema = settingsSchema;
  const sections = Object.entries(root.properties ?? {}).map(([name, schema]) => {
    const rows = rowsOf(name, schema, root.required?.includes(name) ?? false);
    return [
      `## ${name}`,
      "",
      "| setting | value | meaning | a change |",
      "| --- | --- | --- | --- |",
      ...rows.map((row) => `| \`${row.path}\` | ${cell(row.value)} | ${cell(row.description)} | ${cell(row.change)} |`),
    ].join("\n");
  });
  return `${[
    "# Settings",
    "Made from `components/settings/schema.ts` by `npm run document-settings`; a test holds the two together. A commented example is",
    "[Pulumi.prod.yaml](../Pulumi.prod.yaml). *A change* says what it does to a running server: **in place**, **rebuild** (refused inside a",
    "generation: raise the generation, and a new server is built beside the old one), or **refused**.",
    "",
    "Secrets, and nothing else may be secret: `administratorPassword` (used when a machine is made; a later change is ignored, reset it",
    "through VMAccess), `sshPrivateKey` and `jumpHostPrivateKey` (a change is in place: the new public key is put on the server by Run",
    "Command, and on a server declared active nothing changes).",
    "",
  ].join("\n")}\n${sections.join("\n\n")}\n`;
}

if (require.main === module) process.stdout.write(settingsDocument());
