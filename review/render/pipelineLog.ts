/**
 * What is printed in a pipeline is read by it: GitHub runs a line that begins with `::` (blanks before it do not count) and
 * both run `##[…]` and `##vso[…]` wherever they stand. Names come from whoever can write to a directory or a program, so
 * that none of ours may be a command (actions/runner `ActionCommand.cs`, Azure Pipelines "Logging commands").
 */
export function withoutCommands(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gmu, "$1: ").replace(inAnyLine, "# #$1[");
}

/** The same value to whoever reads the JSON. */
export const jsonWithoutCommands = (json: string): string => json.replace(inAnyLine, "#\\u0023$1[");

/** The same page to whoever looks at it. */
export const htmlWithoutCommands = (html: string): string =>
  html.replace(/^([^\S\n]*):(?=:)/gmu, "$1&#58;").replace(inAnyLine, "#&#35;$1[");

const inAnyLine = /##([a-z]*)\[/giu;
