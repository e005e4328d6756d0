/**
 * "Now" for every age and every date that is judged. The rehearsal sets ENTRA_CONNECT_NOW to its world's time, so that a
 * simulated server's proof is as old as the simulation says; nobody else sets it.
 */
export function now(): Date {
  const given = process.env.ENTRA_CONNECT_NOW;
  if (given === undefined || given === "") return new Date();
  const date = new Date(given);
  if (Number.isNaN(date.getTime())) throw new Error(`ENTRA_CONNECT_NOW is "${given}", which is not an instant`);
  return date;
}

/**
 * Waits. In the rehearsal, whose time runs faster, ENTRA_CONNECT_PACE says how many of its seconds pass in a real one.
 */
export async function pause(seconds: number): Promise<void> {
  if (seconds <= 0) return;
  const pace = Number(process.env.ENTRA_CONNECT_PACE ?? "1");
  await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / (pace > 0 ? pace : 1)));
}
