/**
 * Fragments and a body become one self-contained text per script. Nothing but that text runs on a server, so its
 * hash in the file name says exactly what ran.
 */
import { createHash } from "node:crypto";
import type { ScriptArguments, ScriptName } from "./arguments";
import { readAsset } from "./assets";
import { refusalTexts } from "./refusals";

export * from "./answers";
export * from "./arguments";
export { refusalLines, refusalTexts, scriptExitCodes } from "./refusals";
export { AnswerProblem, validateAnswer } from "./validate";

export interface AssembledScript {
  readonly name: ScriptName;
  readonly text: string;
  /** SHA-256 of the text, lower-case hexadecimal. */
  readonly hash: string;
}

/** Everything of ours on a server lies below this folder; only SYSTEM and Administrators have access to it. */
export const libraryFolder = "C:\\ProgramData\\pulumi-entra-connect";

const powershell = "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass";

const assembled = new Map<ScriptName, AssembledScript>();

/** The script as it is delivered; reads its arguments from standard input (or, `enable-remote-access`, as parameters). */
export function assembleScript(name: ScriptName): AssembledScript {
  const known = assembled.get(name);
  if (known !== undefined) return known;
  const made = seal(name, composeText(name, readAsset("fragments", "arguments.ps1")));
  assembled.set(name, made);
  return made;
}

/** Where the script lies on the server, as Windows writes it. */
export function scriptPath(name: ScriptName): string {
  return `${libraryFolder}\\scripts\\${name}-${assembleScript(name).hash.slice(0, 12)}.ps1`;
}

/** The same path for `CopyToRemote`, which makes missing folders only for forward slashes (command-provider.md). */
export function deliveryPath(name: ScriptName): string {
  return scriptPath(name).replaceAll("\\", "/");
}

/** The line that runs the delivered script. Arguments go to standard input, as `argumentsText` writes them. */
export function commandLine(name: ScriptName): string {
  return `${powershell} -File ${scriptPath(name)}`;
}

/** Runs whatever script text arrives on standard input. */
export const standardInputCommandLine = `${powershell} -Command "& ([ScriptBlock]::Create([Console]::In.ReadToEnd()))"`;

/** One line of ASCII: Windows PowerShell reads standard input in the console's code page. */
export function argumentsText<Name extends keyof ScriptArguments>(_name: Name, value: ScriptArguments[Name]): string {
  return asciiJson(value);
}

/** A command line and the standard input that carries the whole script with its arguments: nothing need lie on the server. */
export function selfContained<Name extends keyof ScriptArguments>(
  name: Name,
  value: ScriptArguments[Name],
): { readonly commandLine: string; readonly stdin: string } {
  // A single-quoted here-string ends only at a line that starts with '@; one line of JSON starts with { instead.
  const given = `$argumentsText = @'\n${asciiJson(value)}\n'@\n`;
  return { commandLine: standardInputCommandLine, stdin: composeText(name, given) };
}

/** JSON with everything but printable ASCII as \uXXXX. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function seal(name: ScriptName, text: string): AssembledScript {
  return { name, text, hash: createHash("sha256").update(text, "utf8").digest("hex") };
}

function composeText(name: ScriptName, readArguments: string): string {
  const { fragments, parameters, body } = splitBody(readAsset(`${name}.ps1`));
  const texts = JSON.stringify(refusalTexts(name), null, 2);
  return [
    `# entra-connect script: ${name}`,
    "# Assembled by pulumi-entra-connect from small, tested pieces. Do not edit it on the server.",
    ...(parameters === "" ? [] : [parameters]),
    readAsset("fragments", "prologue.ps1"),
    `$scriptName = '${name}'\n`,
    `$refusalTexts = ConvertFrom-Json -InputObject @'\n${texts}\n'@\n`,
    ...(parameters === "" ? [readArguments] : []),
    ...fragments.map((fragment) => readAsset("fragments", `${fragment}.ps1`)),
    body,
    readAsset("fragments", "epilogue.ps1"),
  ]
    .map((part) => part.trimEnd())
    .join("\n\n")
    .concat("\n");
}

/** A body begins with `# fragments: a b c`, and where it takes parameters goes on with `param(` … `)`. */
function splitBody(source: string): { fragments: string[]; parameters: string; body: string } {
  const lines = source.split("\n");
  const fragments = /^# fragments:(.*)$/
    .exec(lines[0] ?? "")?.[1]
    ?.trim()
    .split(/\s+/);
  if (fragments === undefined) throw new Error("A script's first line must be `# fragments: …`.");
  const begin = lines.indexOf("param(");
  if (begin < 0) return { fragments, parameters: "", body: lines.slice(1).join("\n") };
  const end = lines.indexOf(")", begin);
  return {
    fragments,
    parameters: lines.slice(begin, end + 1).join("\n"),
    body: [...lines.slice(1, begin), ...lines.slice(end + 1)].join("\n"),
  };
}
