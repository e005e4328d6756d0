import { createServer } from "node:net";

/** Below the ranges from which systems give out ports by themselves (from 32768 on Linux, from 49152 elsewhere). */
export const preferredPort = 22622;

/** The preferred port or one of the 50 after it, the first that is free now; else any free one. */
export async function choosePort(preferred: number): Promise<number> {
  for (let port = preferred; port < preferred + 50 && port <= 65535; port += 1) {
    const free = await tryPort(port);
    if (free !== undefined) return free;
  }
  const any = await tryPort(0);
  if (any === undefined) throw new Error("no free port on 127.0.0.1");
  return any;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(undefined));
    probe.listen(port, "127.0.0.1", () => {
      const address = probe.address();
      const chosen = typeof address === "object" && address !== null ? address.port : undefined;
      probe.close(() => resolve(chosen));
    });
  });
}
