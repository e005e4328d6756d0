import { visible, withoutCommands } from "../../review/render";

/**
 * One line for a person, on standard error or output. Names in an archive come from whoever can add to it, and a pipeline
 * or a terminal reads what is printed: nothing of it is a command there, and it stays one line.
 */
const lineOf = (text: string): string => `${withoutCommands(visible(text).replaceAll("\n", " "))}\n`;

export const tell = (text: string): unknown => process.stderr.write(lineOf(`entra-connect: ${text}`));

export const answer = (text: string): unknown => process.stdout.write(lineOf(text));
