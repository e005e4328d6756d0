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
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
}

/** One setting of the schema, at its place: `generations.<N>.connect.version`. */
export interface Row {
  readonly path: string;
  readonly value: string;
  readonly description: string;
  /** What a change does to a running server. */
  readonly change: string;
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  boolean: "true or false",
  object: "block",
  array: "list",
};

function valueText(schema: Schema, required: boolean): string {
  const kind =
    schema.enum !== undefined
      ? schema.enum.map((each) => `\`${String(each)}\``).join(", ")
      : schema.oneOf !== undefined
        ? schema.oneOf
            .flatMap((each) => each.properties?.kind?.const ?? [])
            .map((each) => `kind \`${String(each)}\``)
            .join(" or ")
        : (kinds[schema.type ?? ""] ?? "");
  const range =
    schema.minimum === undefined
      ? ""
      : ` ${schema.minimum}${schema.maximum === undefined ? " or more" : `–${schema.maximum}`}`;
  const shown = schema.default === "" ? '""' : String(schema.default);
  const fallback =
    required || schema.default === undefined || typeof schema.default === "object" ? "" : `; default \`${shown}\``;
  return `${kind}${range}${required ? "; required" : fallback}`;
}

/** A setting and what is below it; `change` of a group is said by its parts. */
function rowsOf(path: string, schema: Schema, required: boolean): readonly Row[] {
  const [, text, change] = /^(.*?)(?: \[([^\]]*)\])?$/s.exec(schema.description ?? "") ?? [];
  const own =
    schema.description === undefined
      ? []
      : [{ path, value: valueText(schema, required), description: text ?? "", change: change ?? "" }];
  const inner =
    schema.items?.properties !== undefined ? { at: `${path}[]`, of: schema.items } : { at: path, of: schema };
  const blocks = Object.values(inner.of.patternProperties ?? {}).flatMap((block) =>
    rowsOf(`${inner.at}.<N>`, block, false),
  );
  const children = [...(inner.of.oneOf ?? []), inner.of].flatMap((branch) =>
    Object.entries(branch.properties ?? {})
      .filter(([, child]) => child.const === undefined)
      .flatMap(([name, child]) => rowsOf(`${inner.at}.${name}`, child, branch.required?.includes(name) ?? false)),
  );
  return [...own, ...blocks, ...children];
}

const root: Schema = settingsSchema;

/** Every setting, by the first part of its place. */
export function settingRows(): ReadonlyMap<string, readonly Row[]> {
  return new Map(
    Object.entries(root.properties ?? {}).map(([name, schema]) => [
      name,
      rowsOf(name, schema, root.required?.includes(name) ?? false),
    ]),
  );
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

export function settingsDocument(): string {
  const sections = [...settingRows()].map(([name, rows]) =>
    [
      `## ${name}`,
      "",
      "| setting | value | meaning | a change |",
      "| --- | --- | --- | --- |",
      ...rows.map((row) => `| \`${row.path}\` | ${cell(row.value)} | ${cell(row.description)} | ${cell(row.change)} |`),
    ].join("\n"),
  );
  return `${[
    "# Settings",
    "",
    "Made from `components/settings/schema.ts` by `npm run document-settings`; a test holds the two together. A commented example is",
    "[Pulumi.prod.yaml](../Pulumi.prod.yaml). All stand in the namespace `entra-connect`, whatever the project is called; `<N>` is the",
    "number of a generation, in quotes. An unknown key is refused there. A larger program may keep the settings in a namespace of its",
    "own, where keys that are not ours are none of our business.",
    "",
    "*A change* says what it does to a running server: **in place**; **rebuild** (refused inside a generation: write another generation",
    "block with the next number, and that server is built beside the old one and proven; take the old block out when you are satisfied);",
    "or **refused**. What a block leaves out comes from what its generation was built with, for a new one from the default, never from",
    "another block. On a generation whose role is `active` nothing changes, whatever the column says.",
    "",
    "Secrets, and nothing else may be secret: `administratorPassword` (12 to 123 characters of three kinds; used when a machine is made;",
    "a later change is ignored, reset it through VMAccess), `sshPrivateKey` and `jumpHostPrivateKey` (a change is in place: the new",
    "public key is put on the server by Run Command). `domainJoinSecrets` holds one text for each generation under its number, what its",
    "server is joined to the domain with ([joining](joining.md)): needed until it is a member, then to be taken out; a change never",
    "joins a server again.",
    "",
    "What Azure would refuse after the network is built, as far as public lists tell, is refused before anything is touched: Windows",
    "time zones (Unicode's list), reserved administrator names, rules for tags and addresses, sizes that lack what is needed.",
    "**Where SSH and remote desktop may come from**: inside one private range (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16) any width;",
    "shared address space (100.64.0.0/10) /16 or narrower; public addresses /24 or narrower; no two that overlap.",
    "",
  ].join("\n")}\n${sections.join("\n\n")}\n`;
}

if (require.main === module) process.stdout.write(settingsDocument());
