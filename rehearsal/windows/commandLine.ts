import { standardInputCommandLine } from "../../scripts/assemble";

/** What a command line that arrives over SSH asks for. cmd.exe is the shell; only our two forms are simulated. */
export type Request =
  | { readonly kind: "file"; readonly windowsPath: string }
  | { readonly kind: "standard-input" }
  | { readonly kind: "unknown"; readonly firstWord: string };

const fileForm =
  /^powershell(?:\.exe)? -NoProfile -NonInteractive -ExecutionPolicy Bypass -File (C:[\\/][\w .\\/()-]+\.ps1)$/i;

export function readCommandLine(commandLine: string): Request {
  if (commandLine === standardInputCommandLine) return { kind: "standard-input" };
  const windowsPath = fileForm.exec(commandLine)?.[1];
  if (windowsPath !== undefined) return { kind: "file", windowsPath };
  return { kind: "unknown", firstWord: commandLine.trim().split(/\s+/)[0] ?? "" };
}

/** As cmd.exe says it. */
export function notRecognised(firstWord: string): string {
  return `'${firstWord}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n`;
}

/** As powershell.exe ends where the file of -File is missing: -196608, unsigned. */
export const missingFileExitCode = 0xfffd0000;

export function missingFile(windowsPath: string): string {
  return (
    `The argument '${windowsPath}' to the -File parameter does not exist. ` +
    "Provide the path to an existing '.ps1' file as an argument to the -File parameter.\r\n"
  );
}

const firstLine = /^# entra-connect script: ([a-z-]+)\r?$/m;

/** Name of the script that a text is, by its first line. */
export function scriptNameIn(text: string): string | undefined {
  const line = text.slice(0, 200);
  const match = firstLine.exec(line);
  return match?.index === 0 ? match[1] : undefined;
}
