/** As the scripts write lines: no line break, nothing that a code page could spoil. */
export function toAscii(line: string): string {
  return line.replace(/[\r\n]+/g, " ").replace(/[^\x20-\x7e]/g, "?");
}
