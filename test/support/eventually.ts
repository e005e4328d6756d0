import { setTimeout as pause } from "node:timers/promises";

/** Far more than anything needs on a machine under load: it only ends what would never end. */
const net = 600_000;

/** Waits for what comes by itself, however slow the machine is. `what` says in the failure what never came. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const begun = performance.now();
  while (!(await holds())) {
    if (performance.now() - begun > net) throw new Error(`did not come to pass: ${what}`);
    await pause(5);
  }
}
