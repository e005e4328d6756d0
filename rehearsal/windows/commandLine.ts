import { standardInputCommandLine } from "../../scripts/assemble";

/** What a command line that arrives over SSH asks for. cmd.exe is the shell; only our one form is simulated. */
export type Request = { readonly kind: "standard-input" } | { readonly kind: "unknown"; readonly firstWord: string };

export function readCommandLine(commandLine: string): Request {
  if (commandLine === standardInputCommandLine) return { kind: "standard-input" };
  return { kind: "unknown", firstWord: commandLine.trim().split(/\s+/)[0] ?? "" };
}

/** As cmd.exe says it. */
export function notRecognised(firstWord: string): string {
  return `'${firstWord}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n`;
}

/** What PowerShell makes of the words behind a script's name. */
export interface GivenWords {
  readonly named: Readonly<Record<string, string>>;
  /** Words that belong to no name: PowerShell gives them to parameters by position. */
  readonly unnamed: readonly string[];
}

/**
 * Azure joins the parameters of a run command to an unquoted command line, which cmd.exe and PowerShell take apart
 * again (windows-server.md section 5): a space splits a value, a bare `&` ends the line, `^` protects what follows.
 */
export function handOver(parameters: readonly { readonly name: string; readonly value: string }[]): GivenWords {
  const line = parameters.map(({ name, value }) => `-${name} ${value}`).join(" ");
  const [kept = ""] = /^(?:\^[\s\S]|[^&^])*/.exec(line) ?? [];
  const words = kept
    .replace(/\^([\s\S])/g, "$1")
    .split(/\s+/)
    .filter((word) => word !== "");
  const named: Record<string, string> = {};
  const unnamed: string[] = [];
  let name: string | undefined;
  for (const word of words) {
    const next = /^-([A-Za-z]\w*)$/.exec(word)?.[1];
    if (next === undefined && name !== undefined) named[name] = word;
    else if (next === undefined) unnamed.push(word);
    name = next;
  }
  return { named, unnamed };
}

const firstLine = /^# entra-connect script: ([a-z-]+)\r?$/m;

/** Name of the script that a text is, by its first line. */
export function scriptNameIn(text: string): string | undefined {
  const line = text.slice(0, 200);
  const match = firstLine.exec(line);
  return match?.index === 0 ? match[1] : undefined;
}
