import { readFileSync, writeFileSync } from "node:fs";
import { type PostureRule, postureRules, type StackRule, settingTable, stackRules } from "../review/posture";

/** The tables of docs/policy.md, from the tables of the rules. */

const from = "<!-- from the table of rules: npm run document-policy -->";
const to = "<!-- end of the table of rules -->";

export function documented(page: string): string {
  const [before, rest] = [page.slice(0, page.indexOf(from)), page.slice(page.indexOf(to))];
  if (!page.includes(from) || !page.includes(to)) throw new Error(`docs/policy.md lacks "${from}" or "${to}"`);
  return `${before}${from}\n\n${tables()}\n${rest}`;
}

function tables(): string {
  return [
    "### Judged from one resource, before it is made",
    "",
    ...rows(postureRules),
    "",
    "### Judged from the whole stack, after it is built",
    "",
    ...rows(stackRules),
    "",
    "### Settings",
    "",
    "| setting | default | of | meaning |",
    "| --- | --- | --- | --- |",
    ...Object.entries(settingTable).map(([name, row]) => {
      const users = [...postureRules, ...stackRules].filter(({ settings }) =>
        settings?.some((setting) => setting === name),
      );
      const of = users.map(({ code }) => `\`${code}\``).join(", ");
      return `| \`${name}\` | \`${JSON.stringify(row.default)}\` | ${of} | ${cell(row.description)} |`;
    }),
    "",
  ].join("\n");
}

function rows(rules: readonly (PostureRule | StackRule)[]): readonly string[] {
  return [
    "| policy | level | what must not be | what to do | source |",
    "| --- | --- | --- | --- | --- |",
    ...rules.map(
      ({ code, level, sentence, remedy, source }) =>
        `| \`${code}\` | ${level === "must-not" ? "mandatory" : "advisory"} | ${cell(sentence)} | ${cell(remedy)} | ${cell(source)} |`,
    ),
  ];
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

if (require.main === module) {
  const [page = ""] = process.argv.slice(2);
  writeFileSync(page, documented(readFileSync(page, "utf8")));
}
