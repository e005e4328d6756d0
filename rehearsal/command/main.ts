#!/usr/bin/env node
import type { LogEntry } from "./engineLog";
import { messageOf } from "./failure";
import { startCommandProvider } from "./provider";

/**
 * The stand-in as a plugin of its own: `main.js [ENGINE-ADDRESS]` prints its port on standard output and serves until
 * it is told to end. Attach works with or without the address.
 */
async function main(): Promise<void> {
  const engine = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  const provider = await startCommandProvider({
    engine,
    unlogged: ({ severity, message, urn }: LogEntry) => {
      console.error(`${severity.toUpperCase()} ${message}${urn === "" ? "" : ` urn=${urn}`}`);
    },
    died: (cause) => {
      console.error(cause.message);
      process.exit(2);
    },
  });
  const end = (): void => {
    void provider.stop().then(() => process.exit(0));
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  if (engine !== undefined) endWithParent(end);
  console.log(provider.port);
}

/** An engine that was killed cannot end its plugins; without it this one has nothing to do. */
function endWithParent(end: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, 2000);
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 4;
});
