/**
 * Fragments and a body become one self-contained text per script. Nothing but that text runs on a server, and it lies
 * on none: it travels with its arguments to the standard input of one constant line.
 */
import type { RemoteScript, RunCommandScript, ScriptArguments, ScriptName } from "./arguments";
import { asciiJson } from "./asciiJson";
import { readAsset } from "./assets";
import { causesOf, secretMasks } from "./causes";
import { type RefusalText, refusalTexts, scriptExitCodes } from "./refusals";

export * from "./answers";
export * from "./archiveTask";
export * from "./arguments";
export { asciiJson } from "./asciiJson";
export { refusalLines, refusalTexts, scriptExitCodes } from "./refusals";
export { AnswerProblem, validateAnswer } from "./validate";

/** Everything of ours on a server lies below this folder; only SYSTEM and Administrators have access to it. */
export const libraryFolder = "C:\\ProgramData\\pulumi-entra-connect";

/**
 * Runs whatever script text arrives on standard input, and gives its exit code, in both shells that sshd may be set to
 * (windows-server.md section 3).
 *
 * cmd.exe hands everything behind `-Command` to PowerShell as one text; each script ends with `exit` itself, so what
 * follows is reached only where it did not arrive whole: no answer must not look like success, the guard's least of all.
 * PowerShell as the shell runs three statements: without the last its own code would be 0 or 1, and a program that did not
 * start would leave no code at all. It leaves its input to the program that it starts, as long as nothing says `$input`.
 */
export const standardInputCommandLine =
  "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass " +
  `-Command "& ([ScriptBlock]::Create([Console]::In.ReadToEnd())); exit ${scriptExitCodes.notArrived}"; ` +
  `if ($null -eq $LASTEXITCODE) { exit ${scriptExitCodes.notArrived} }; exit $LASTEXITCODE`;

/** The one way to run a script on a server: a constant line, and the whole script with its arguments as its input. */
export function selfContained<Name extends RemoteScript>(
  name: Name,
  value: ScriptArguments[Name],
): { readonly commandLine: string; readonly stdin: string } {
  // A single-quoted here-string ends only at a line that starts with '@; one line of JSON starts with { instead.
  const given = `$argumentsText = @'\n${asciiJson(value)}\n'@\n`;
  return { commandLine: standardInputCommandLine, stdin: composeText(name, given) };
}

/** The text of a script that runs by Azure Run Command, which hands over its parameters by name. */
export function runCommandText(name: RunCommandScript): string {
  return composeText(name, "");
}

function composeText(name: ScriptName, given: string): string {
  const source = readAsset(`${name}.ps1`);
  return compose({ name, source, refusals: refusalTexts(name), given, causes: (used) => causesOf(name, used) });
}

export interface Composed {
  readonly name: string;
  /** Body with its line of fragments and its parameters. */
  readonly source: string;
  readonly refusals: Readonly<Record<string, RefusalText>>;
  /** Definitions of its own, before the fragments. */
  readonly given: string;
  /** The tables of known causes, by the fragments that it uses. */
  readonly causes: (fragments: readonly string[]) => Readonly<Record<string, readonly object[]>>;
}

/** Fragments and a body as one self-contained text. */
export function compose({ name, source, refusals, given, causes }: Composed): string {
  const { fragments: asked, parameters, body } = splitBody(source);
  const fragments = [...new Set(asked.flatMap(withNeeded))];
  const texts = JSON.stringify(refusals, null, 2);
  return [
    `# entra-connect script: ${name}`,
    "# Assembled by pulumi-entra-connect from small, tested pieces. Do not edit it on the server.",
    parameters,
    readAsset("fragments", "base.ps1"),
    readAsset("fragments", "prologue.ps1"),
    `$scriptName = '${name}'\n`,
    `$refusalTexts = ConvertFrom-Json -InputObject @'\n${texts}\n'@\n`,
    ...tableTexts(causes(fragments), fragments),
    given,
    ...fragments.map((fragment) => readAsset("fragments", `${fragment}.ps1`)),
    body,
    readAsset("fragments", "epilogue.ps1"),
  ]
    .filter((part) => part !== "")
    .map((part) => part.trimEnd())
    .join("\n\n")
    .concat("\n");
}

/** What the collector has too stands in a fragment of its own. */
const needed: Readonly<Record<string, readonly string[] | undefined>> = {
  archiveTask: ["taskRemoval"],
  connect: ["place"],
  joining: ["instants"],
  lock: ["mutex", "progress"],
  machine: ["identity"],
  staging: ["masks"],
  trace: ["masks"],
  runs: ["instants"],
};

const withNeeded = (fragment: string): readonly string[] => [...(needed[fragment] ?? []), fragment];

/** The tables that fragments and script look things up in. */
function tableTexts(causes: Readonly<Record<string, readonly object[]>>, fragments: readonly string[]): string[] {
  const embedded = (variable: string, value: unknown) =>
    `$${variable} = ConvertFrom-Json -InputObject @'\n${JSON.stringify(value, null, 2)}\n'@\n`;
  return [
    ...(Object.keys(causes).length > 0 ? [embedded("causes", causes)] : []),
    ...(fragments.includes("masks")
      ? [
          embedded(
            "masks",
            secretMasks().map(({ pattern, by }) => ({ pattern, by })),
          ),
        ]
      : []),
  ];
}

/** A body begins with `# fragments: a b c`, and where it takes parameters goes on with `param(` … `)`. */
function splitBody(source: string): { fragments: string[]; parameters: string; body: string } {
  const lines = source.split("\n");
  const fragments = /^# fragments:(.*)$/
    .exec(lines[0] ?? "")?.[1]
    ?.trim()
    .split(/\s+/);
  if (fragments === undefined) throw new Error("A script's first line must be `# fragments: …`.");
  const parameters = lines.indexOf("param(");
  const begin = lines[parameters - 1] === "[CmdletBinding()]" ? parameters - 1 : parameters;
  if (parameters < 0) return { fragments, parameters: "", body: lines.slice(1).join("\n") };
  const end = lines.indexOf(")", begin);
  return {
    fragments,
    parameters: lines.slice(begin, end + 1).join("\n"),
    body: [...lines.slice(1, begin), ...lines.slice(end + 1)].join("\n"),
  };
}
