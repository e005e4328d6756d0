import type { ServerWorld } from "./serverWorld";

type Anchor = ServerWorld["clock"];

/** What the machine's clock shows now. */
export function simulatedNow(clock: Anchor, realNow = Date.now()): Date {
  const passed = Math.max(0, realNow - Date.parse(clock.realStart));
  return new Date(Date.parse(clock.simulatedStart) + passed * clock.scale);
}

/** UTC without fractions, as the scripts write instants. */
export function instantText(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}
