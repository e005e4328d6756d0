/** In which program sshd starts what arrives: `DefaultShell` below `HKLM:\SOFTWARE\OpenSSH` (windows-server.md section 3). */
export type Shell = "cmd" | "powershell" | "other";

export const shellKey = "HKLM:\\SOFTWARE\\OpenSSH";

/** sshd goes by the path: cmd where nothing is set; with case, so PowerShell 7's folder is another shell to it. */
export function shellOf(defaultShell: string | number | undefined): Shell {
  if (defaultShell === undefined || /system32\\cmd/i.test(String(defaultShell))) return "cmd";
  return String(defaultShell).includes("powershell") ? "powershell" : "other";
}

/** What a command line that arrives over SSH asks for. Only programs of our form are simulated. */
export type Request =
  | {
      readonly kind: "standard-input";
      /** How it ends where the text ends without `exit`, is empty, or cannot be read. */
      readonly codeAtEnd: number;
      /** What the shell makes of the script's exit code. */
      readonly codeSeen: (code: number) => number;
    }
  | { readonly kind: "unknown"; readonly firstWord: string };

const program = "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command ";
const runsItsInput = "& ([ScriptBlock]::Create([Console]::In.ReadToEnd()))";

/**
 * cmd.exe hands everything behind `-Command` to PowerShell, which joins it to one text. PowerShell as the shell runs
 * statements: its own exit code is only 0 or 1 by the last one, unless that says `exit` with a code.
 */
export function readCommandLine(commandLine: string, shell: Shell = "cmd"): Request {
  const unknown = { kind: "unknown", firstWord: commandLine.trim().split(/\s+/)[0] ?? "" } as const;
  const [, inner = "", rest = ""] = /^"([^"$`]*)"(.*)$/.exec(commandLine.slice(program.length)) ?? [];
  const statements = (text: string) =>
    text
      .split(";")
      .map((each) => each.trim())
      .filter((each) => each !== "");
  const [first, ...after] = statements(shell === "cmd" ? inner + rest : inner);
  if (shell === "other" || !commandLine.startsWith(program) || first !== runsItsInput) return unknown;
  const codeAtEnd = Number(after.map((each) => /^exit (\d+)$/.exec(each)?.[1]).find((code) => code !== undefined) ?? 0);
  const passes = shell === "cmd" || statements(rest).at(-1) === "exit $LASTEXITCODE";
  return { kind: "standard-input", codeAtEnd, codeSeen: (code) => (passes || code === 0 ? code : 1) };
}

/** As the shell says it; cmd.exe ends with 1 then, and PowerShell does. */
export function notRecognised(firstWord: string, shell: Shell = "cmd"): string {
  return shell === "cmd"
    ? `'${firstWord}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n`
    : `${firstWord} : The term '${firstWord}' is not recognized as the name of a cmdlet, function, script file, or operable program.\r\n`;
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
