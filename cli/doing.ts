/** How long a command may be silent. */
const quietMilliseconds = 1000;

/** Says on standard error what is being done, once a command takes longer than a second. */
export function doing(
  write: (line: string) => unknown = (line) => process.stderr.write(line),
  now: () => number = Date.now,
): (what: string) => void {
  const started = now();
  return (what) => {
    if (now() - started > quietMilliseconds) write(`entra-connect: ${what}\n`);
  };
}
