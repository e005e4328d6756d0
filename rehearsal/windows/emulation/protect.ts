/** Mirrors scripts/fragments/protect.ps1: what icacls is told. */
import type { Session } from "./session";

export async function setAccess(session: Session, path: string, entries: readonly string[]): Promise<void> {
  await session.edit((world) => {
    for (const entry of entries) {
      // A reset takes every entry away; the owner stays.
      const kept = (known: string) => (entry.startsWith("/reset") ? known.startsWith("/setowner") : known !== entry);
      world.accessControl[path] = [...(world.accessControl[path] ?? []).filter(kept), entry];
    }
  });
}

export async function protectFolder(session: Session, path: string): Promise<void> {
  await setAccess(session, path, [
    "/setowner *S-1-5-32-544 /T /C /Q",
    "/reset /Q",
    "/inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F /Q",
  ]);
  await setAccess(session, `${path}\\*`, ["/reset /T /C /Q"]);
}
