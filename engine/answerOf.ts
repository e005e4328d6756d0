import { statSync } from "node:fs";

/** What programs answered, for as long as they are the same files. */
const answered = new Map<string, string>();

/** What a program says of itself, asked once a process as long as it is the same file: one process may open many sessions. */
export async function answerOf(
  path: string,
  ask: (path: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const { mtimeMs, size, ino } = statSync(path);
  const key = [path, mtimeMs, size, ino].join("|");
  const answer = answered.get(key) ?? (await ask(path));
  if (answer !== undefined) answered.set(key, answer);
  return answer;
}
