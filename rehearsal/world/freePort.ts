import { createHash } from "node:crypto";
import { createServer } from "node:net";

/** Below the ranges from which systems give out ports by themselves (from 32768 on Linux, from 49152 elsewhere). */
const firstPort = 20000;
const ports = 12000;

/** Different folders prefer different ports, so that worlds made one after the other can be open side by side. */
export function preferredPortOf(folder: string): number {
  return firstPort + (createHash("sha256").update(folder).digest().readUInt32BE(0) % ports);
}

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
