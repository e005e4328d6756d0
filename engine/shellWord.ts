/** One word of a command line that somebody copies into a shell: as it is where that is right, else in quotes. */
export function shellWord(value: string, platform: NodeJS.Platform = process.platform): string {
  // cmd knows no other quotes, and a path there has no such character in it.
  if (platform === "win32") return /^[\w./:@\\-]+$/.test(value) ? value : `"${value}"`;
  if (/^[\w./:@-]+$/.test(value)) return value;
  return /[$`"\\!]/.test(value) ? `'${value.replaceAll("'", "'\\''")}'` : `"${value}"`;
}
