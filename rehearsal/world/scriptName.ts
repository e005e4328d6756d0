const firstLineForm = /^\uFEFF?# entra-connect script: ([A-Za-z][A-Za-z0-9-]*)\s*$/;

/** Name of one of our scripts as it shows on the wire: `retire` from a text that begins with `# entra-connect script: retire`. */
export function scriptInText(text: Buffer): string | undefined {
  const [firstLine = ""] = text.subarray(0, 200).toString("utf8").split(/\r?\n/, 1);
  return firstLineForm.exec(firstLine)?.[1]?.toLowerCase();
}
