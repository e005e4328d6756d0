/** Names of our scripts as they show on the wire (docs/architecture.md, "Scripts"). */

const fileForm = /([A-Za-z][A-Za-z0-9-]*)-[0-9a-f]{12}\.ps1(?=["'\s]|$)/i;
const firstLineForm = /^\uFEFF?# entra-connect script: ([A-Za-z][A-Za-z0-9-]*)\s*$/;

/** `prerequisites` from `… -File C:\…\prerequisites-0123456789ab.ps1`. */
export function scriptInCommandLine(commandLine: string): string | undefined {
  return fileForm.exec(commandLine)?.[1]?.toLowerCase();
}

/** `retire` from a text that begins with `# entra-connect script: retire`. */
export function scriptInText(text: Buffer): string | undefined {
  const [firstLine = ""] = text.subarray(0, 200).toString("utf8").split(/\r?\n/, 1);
  return firstLineForm.exec(firstLine)?.[1]?.toLowerCase();
}
