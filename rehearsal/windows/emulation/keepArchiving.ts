/** Mirrors scripts/keep-archiving.ps1. */
import type { Said, Session } from "./session";
export async function keepArchiving(_session: Session): Promise<Said<"keep-archiving">> {
  throw new Error("TODO");
}
